/** What is committed of a firmware run: constants and traces as digests, and a few cells in the clear for finding a fault. */
import { digestOf } from '../../src/base/digest.ts';
import type { BoardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import type { FirmwareTrace } from './firmware-case.ts';

export const goldenPath = 'test/golden/spinnaker/firmware.json';
export const goldenSeeds = [1, 2, 3, 4, 5, 6] as const;

export type CellConstants = Pick<
  BoardCells,
  'resistance' | 'expTc' | 'refractorySteps' | 'decayE' | 'initE' | 'decayI' | 'initI'
>;

export interface FirmwareGolden {
  readonly seed: number;
  readonly spikeCount: number;
  readonly constants: Readonly<Record<string, string>>;
  readonly trace: Readonly<Record<string, string>>;
  /** V, currents, refractory counter and spike of the first 4 cells in ticks 0 … 39, [tick][quantity][cell]. */
  readonly start: readonly (readonly (readonly number[])[])[];
}

const constantNames = ['resistance', 'expTc', 'refractorySteps', 'decayE', 'initE', 'decayI', 'initI'] as const;
const traceNames = ['v', 'currentE', 'currentI', 'refractory', 'spikes'] as const;

function digestOfWords(values: ArrayLike<number>): string {
  return digestOf(new Uint8Array(Int32Array.from(values, (x) => x | 0).buffer));
}

/** The committed summary of one case. */
export function summaryOf(seed: number, size: number, constants: CellConstants, trace: FirmwareTrace): FirmwareGolden {
  return {
    seed,
    spikeCount: trace.spikes.reduce((sum, s) => sum + s, 0),
    constants: Object.fromEntries(constantNames.map((name) => [name, digestOfWords(constants[name])])),
    trace: Object.fromEntries(traceNames.map((name) => [name, digestOfWords(trace[name])])),
    start: Array.from({ length: 40 }, (_, t) =>
      traceNames.map((name) => [...trace[name].subarray(t * size, t * size + 4)]),
    ),
  };
}
