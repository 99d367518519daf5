/** Spikes that each group of input cells gave in each trial, while the odour was on and in all. Knows no network. */
import type { SpikeEvents } from '../../odour/odour-task.ts';
import type { InputGroups } from './input-groups.ts';

export interface InputCounts {
  readonly trials: number;
  /** [B, G] */
  readonly whileOn: Float64Array;
  readonly total: Float64Array;
  /** [B] steps for which the odour was on. */
  readonly onSteps: Int32Array;
}

/** A collector of trials in order; cost: O(spikes) a trial. */
export class InputCounter {
  private readonly groups: InputGroups;
  private readonly counts: { whileOn: Float64Array; total: Float64Array; onSteps: Int32Array };
  private next = 0;

  constructor(groups: InputGroups, trials: number) {
    this.groups = groups;
    this.counts = {
      whileOn: new Float64Array(trials * groups.count),
      total: new Float64Array(trials * groups.count),
      onSteps: new Int32Array(trials),
    };
  }

  /** Throws RangeError when there were more trials than announced. */
  add(events: SpikeEvents, onSteps: number): void {
    const { groups, counts } = this;
    if (this.next >= counts.onSteps.length) throw new RangeError(`InputCounter: more than ${this.next} trials`);
    const row = this.next * groups.count;
    const onEnd = events.stepPtr[Math.min(onSteps, events.stepPtr.length - 1)]!;
    for (let e = 0; e < events.cell.length; e++) {
      const at = row + groups.groupIdx[events.cell[e]!]!;
      counts.total[at]!++;
      if (e < onEnd) counts.whileOn[at]!++;
    }
    counts.onSteps[this.next++] = onSteps;
  }

  result(): InputCounts {
    return { trials: this.next, ...this.counts };
  }
}
