/** How strongly each odour drives the input cells of a population, so that answers can be counted where there is something to answer. Knows no spikes. */
import type { OdourTask } from '../../odour/odour-task.ts';
import type { Topology } from '../../snn/network/network.ts';

/** 192 Hz at response 1: the rate of the recipe (Nanami 2024, doi:10.3389/fnins.2024.1384336). */
const HZ_AT_ONE = 192;

/**
 * [C, n] mean response of a cell's input cells, weighted by synapses: Σ syn·response / Σ syn, response = (p_on − p_off)/(0.192·dt); NaN
 * where a cell has no input cell. cost: O(C · edges from input cells).
 */
export function inputResponse(task: OdourTask, topology: Topology, offset: number, size: number): Float64Array {
  const classes = task.odours.length;
  const sums = new Float64Array(classes * size);
  const synapses = new Float64Array(size);
  const scale = (HZ_AT_ONE * task.dtMs) / 1000;
  for (let i = 0; i < topology.inputSize; i++) {
    for (let e = topology.rowPtr[i]!; e < topology.rowPtr[i + 1]!; e++) {
      const cell = topology.colIdx[e]! - offset;
      if (cell < 0 || cell >= size) continue;
      const count = topology.synCount[e]!;
      synapses[cell]! += count;
      for (let c = 0; c < classes; c++) {
        const excess = task.onProbability[c * task.inputSize + i]! - task.offProbability[i]!;
        sums[c * size + cell]! += (count * excess) / scale;
      }
    }
  }
  return sums.map((sum, k) => sum / synapses[k % size]!);
}

export interface AnswersByInput {
  /** Response from which a pair counts as driven. */
  readonly least: number;
  readonly pairs: number;
  /** Share of the pairs that the cells answer; NaN without pairs. */
  readonly share: number;
}

/** Answers [C, N] among the pairs (odour, cell) whose response [C, n] is above `least`. */
export function answersByInput(
  table: Uint8Array,
  cells: number,
  offset: number,
  response: Float64Array,
  odours: number,
  least: number,
): AnswersByInput {
  const size = response.length / odours;
  let pairs = 0;
  let answers = 0;
  for (let c = 0; c < odours; c++) {
    for (let i = 0; i < size; i++) {
      if (!(response[c * size + i]! > least)) continue;
      pairs++;
      answers += table[c * cells + offset + i]!;
    }
  }
  return { least, pairs, share: answers / pairs };
}
