/** Input cells that fire alike for every odour, taken together: their summed counts tell as much as the cells do. Knows no network. */
import type { OdourTask } from '../../odour/odour-task.ts';

export interface InputGroups {
  readonly count: number;
  /** [nIn] the group of each cell, numbered by first appearance. */
  readonly groupIdx: Int32Array;
  /** [G] cells in each group. */
  readonly size: Int32Array;
  /** [C, G] probability of a spike in one step while the odour is on, and [G] otherwise. */
  readonly onProbability: Float64Array;
  readonly offProbability: Float64Array;
}

/** The groups of a task. cost: O(C·nIn). */
export function inputGroups(task: OdourTask): InputGroups {
  const { inputSize, odours, onProbability, offProbability } = task;
  const classes = odours.length;
  const members: number[] = [];
  const size: number[] = [];
  const groupIdx = new Int32Array(inputSize);
  const byKey = new Map<string, number>();
  const column = new Float32Array(classes + 1);
  for (let i = 0; i < inputSize; i++) {
    for (let c = 0; c < classes; c++) column[c] = onProbability[c * inputSize + i]!;
    column[classes] = offProbability[i]!;
    const key = column.join();
    const group = byKey.get(key) ?? members.push(i) - 1;
    byKey.set(key, group);
    groupIdx[i] = group;
    size[group] = (size[group] ?? 0) + 1;
  }
  const count = members.length;
  const on = new Float64Array(classes * count);
  for (let c = 0; c < classes; c++) {
    for (let g = 0; g < count; g++) on[c * count + g] = onProbability[c * inputSize + members[g]!]!;
  }
  const off = Float64Array.from(members, (i) => offProbability[i]!);
  return { count, groupIdx, size: Int32Array.from(size), onProbability: on, offProbability: off };
}
