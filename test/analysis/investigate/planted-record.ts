/** Records whose counts are given by a rule, for analyses with a known answer. The same arguments are the same record. */
import type { ActivityRecord } from '../../../src/analysis/record/activity-record.ts';

export interface Planted {
  readonly odours: number;
  readonly trials?: number;
  readonly blanks?: number;
  /** Cells of each population; the first is the input. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Spikes of cell i of a population in a trial of an odour (`odours`: without). */
  readonly count: (population: string, cell: number, odour: number, trial: number) => number;
  /** Steps of these spikes; by default spread over the trial. */
  readonly step?: (spike: number, count: number) => number;
  readonly type?: (population: string, cell: number) => string;
}

const STEPS = 200;

export function plantedRecord(planted: Planted): ActivityRecord {
  const { odours, trials = 4, blanks = 6, sizes, count, type = (name) => `${name}-0` } = planted;
  const step = planted.step ?? ((spike, n) => Math.floor(((spike + 0.5) * STEPS) / n));
  const names = Object.keys(sizes);
  let end = 0;
  const populations = names.map((name) => {
    const offset = end;
    end += sizes[name]!;
    return { name, offset, size: sizes[name]! };
  });
  const shown = Array.from({ length: odours + 1 }, (_, c) =>
    Array.from({ length: c < odours ? trials : blanks }, (_, k) => [c, k] as const),
  ).flat();
  const cellAt = Array.from({ length: end }, (_, i) => populations.find(({ offset, size }) => i < offset + size)!);
  const counts = Uint16Array.from(
    shown.flatMap(([c, k]) => cellAt.map((own, i) => count(own.name, i - own.offset, c, k))),
  );
  const inputSize = sizes[names[0]!]!;
  const [cellPtr, trial, steps] = [[0], [] as number[], [] as number[]];
  for (let i = inputSize; i < end; i++) {
    for (let b = 0; b < shown.length; b++) {
      const n = counts[b * end + i]!;
      for (let s = 0; s < n; s++) {
        trial.push(b);
        steps.push(step(s, n));
      }
    }
    cellPtr.push(steps.length);
  }
  const types = cellAt.map((own, i) => type(own.name, i - own.offset));
  const typeNames = [...new Set(types)];
  const row = (c: number) => Array.from({ length: inputSize }, (_, i) => count(names[0]!, i, c, 0) / STEPS);
  return {
    odours: Array.from({ length: odours }, (_, c) => ({ key: `ODOUR-${c}`, name: `odour ${c}` })),
    ...{ steps: STEPS, dtMs: 1, binMs: 50, inputSize, populations, typeNames, counts },
    typeIdx: Int32Array.from(types, (name) => typeNames.indexOf(name)),
    trials: {
      odour: Int32Array.from(shown, ([c]) => c),
      number: Int32Array.from(shown, ([, k]) => k),
      onSteps: Int32Array.from(shown, ([c]) => (c < odours ? STEPS : 0)),
    },
    spikes: { cellPtr: Int32Array.from(cellPtr), trial: Uint16Array.from(trial), step: Uint16Array.from(steps) },
    drive: Float32Array.from(Array.from({ length: odours }, (_, c) => row(c)).flat()),
    driveTypes: Array.from({ length: inputSize }, (_, i) => `ORN_${i}`),
    provenance: {},
  };
}
