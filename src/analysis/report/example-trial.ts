/** One test trial to show: which, and its spikes by population. Knows no drawing. */
import type { SpikeEvents } from '../../odour/odour-task.ts';
import { type Evaluation, mainReadout } from '../evaluation/evaluation.ts';

export interface ExampleTrial {
  readonly odour: number;
  readonly predicted: number;
  readonly onMs: number;
  readonly input: SpikeEvents;
  /** [T, N] */
  readonly spikes: Uint8Array;
  /** A trial without odour beside it. */
  readonly rest: { readonly input: SpikeEvents; readonly spikes: Uint8Array };
}

/** How long the odour of the example is on, as near as there is one among the right answers. */
const WANTED_MS = 250;

/** Records the rightly named trial whose odour is on for nearest to 250 ms, so that its end shows (any trial where none is right). */
export function exampleTrial(
  evaluation: Evaluation,
  blank: SpikeEvents,
  record: (events: SpikeEvents) => Uint8Array,
): ExampleTrial {
  const { test, task, trained } = evaluation;
  const { correct, predicted } = mainReadout(trained).scored.classification;
  const all = Array.from(test.labels, (_, b) => b);
  const right = all.filter((b) => correct[b] === 1);
  const distance = (b: number) => Math.abs(test.onSteps[b]! * task.dtMs - WANTED_MS);
  const chosen = (right.length > 0 ? right : all).reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const input = test.events[chosen]!;
  return {
    odour: test.labels[chosen]!,
    predicted: predicted[chosen]!,
    onMs: test.onSteps[chosen]! * task.dtMs,
    input,
    spikes: record(input),
    rest: { input: blank, spikes: record(blank) },
  };
}
