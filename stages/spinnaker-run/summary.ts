/** A target's outcome as Markdown. Text only. */

import { percent } from '../../src/base/text.ts';
import type { SystemResult } from '../../src/spinnaker/compare/side-by-side.ts';
import { markdownTable } from './markdown.ts';
import type { Outcome } from './outcome.ts';

const names: Readonly<Record<string, string>> = {
  trained: 'trained model, 32-bit floats',
  float64: '64-bit floats',
  float64TwoSteps: '64-bit floats, latency of two steps',
  integers: "the board's integers, simulated",
  integersReadout: "the same, named by the readout's own cells",
  integersFromRest: "the board's integers, every trial from rest",
  firmwareReadout: "the board's program, named by the readout's own cells",
  boardReadout: "the board, named by the readout's own cells",
  nest: 'NEST (latency of two steps)',
  brian2: 'Brian2',
  firmware: "the board's program, emulated",
  board: 'the board',
  loihi: "Loihi's integers, simulated",
};

function accuracies(systems: Readonly<Record<string, SystemResult>>): string {
  const head = [
    'simulator',
    'correct',
    'accuracy',
    'same answer',
    'right only in the trained model',
    'right only here',
  ];
  const rows = Object.entries(systems).map(([name, s]) => [
    names[name] ?? name,
    `${s.correct}`,
    percent(s.accuracy),
    percent(s.sameClass),
    `${s.onlyTrainedRight}`,
    `${s.onlyHereRight}`,
  ]);
  return markdownTable(head, rows);
}

function distances(systems: Readonly<Record<string, SystemResult>>): string {
  const head = [
    'simulator',
    'population',
    'spikes, trained',
    'spikes, here',
    'same cell and step',
    'Σ\\|count difference\\| / spike',
    'r of counts',
    'first difference (step)',
    'van Rossum',
    'SPIKE-distance',
    'SPIKE-synchronization',
  ];
  const rows = Object.entries(systems).flatMap(([name, s]) =>
    (s.populations ?? []).map((p) => [
      names[name] ?? name,
      p.population,
      `${p.spikesReference}`,
      `${p.spikes}`,
      `${p.equal}`,
      p.countDistance.toFixed(4),
      p.countCorrelation === null ? '–' : p.countCorrelation.toFixed(4),
      p.firstDifference < 0 ? '–' : `${p.firstDifference}`,
      p.vanRossum.toFixed(3),
      p.spikeDistance.toFixed(4),
      p.spikeSynchronization.toFixed(4),
    ]),
  );
  return markdownTable(head, rows);
}

/** Headlines, then what the target has: the simulators side by side (accuracy; distances to the trained model by population), the board's load. */
export function summaryOf(target: string, outcome: Outcome): string {
  const lines = outcome.headlines.map(({ label, value }) => `- ${label}: ${value}`);
  const { systems, details } = outcome;
  const tables = systems === undefined ? '' : `\n${accuracies(systems)}\n${distances(systems)}`;
  return `# spinnaker-run, target ${target}\n\n${lines.join('\n')}\n${tables}${details === undefined ? '' : `\n${details}`}`;
}
