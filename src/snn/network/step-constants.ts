/** PyNN cell parameters → the constants of one step, as SpiNNaker computes them. Knows no network and no gradients. */
import { exp } from '../../base/exp.ts';
import type { CellParameters, StepConstants } from './network.ts';

/**
 * One value a cell of every constant that the cell equations use, rounded to f32 once, [N] each:
 * a = e^(−dt/tauM), b = e^(−dt/tauSyn), k = (tauM/cm)(1 − a)·(tauSyn/dt)(1 − b) mV/nA, drive = (1 − a)(vRest + (tauM/cm)·iOffset) mV.
 * Own exp, so the bits are the same on every machine. Pinned by test/snn/step-constants.test.ts.
 */
export function stepConstants(cells: CellParameters, dtMs: number): StepConstants {
  if (!(dtMs > 0)) throw new RangeError(`stepConstants: dtMs is ${dtMs}, want > 0`);
  const n = cells.tauMMs.length;
  const names = ['a', 'bE', 'bI', 'kE', 'kI', 'drive'] as const;
  const out = Object.fromEntries(names.map((name) => [name, new Float32Array(n)])) as Record<
    (typeof names)[number],
    Float32Array
  >;
  for (let i = 0; i < n; i++) {
    const constants = cellStepConstants(
      {
        tauMMs: cells.tauMMs[i]!,
        cmNf: cells.cmNf[i]!,
        vRestMv: cells.vRestMv[i]!,
        iOffsetNa: cells.iOffsetNa[i]!,
        tauSynEMs: cells.tauSynEMs[i]!,
        tauSynIMs: cells.tauSynIMs[i]!,
      },
      dtMs,
    );
    for (const name of names) out[name][i] = constants[name];
  }
  return out;
}

/** The parameters of one cell that shape its step. */
export interface CellConstantsInput {
  readonly tauMMs: number;
  readonly cmNf: number;
  readonly vRestMv: number;
  readonly iOffsetNa: number;
  readonly tauSynEMs: number;
  readonly tauSynIMs: number;
}

export type CellStepConstants = { readonly [K in keyof StepConstants]: number };

/** The constants of one cell in f64; throws RangeError on a time constant or capacitance that is not positive. */
export function cellStepConstants(cell: CellConstantsInput, dtMs: number): CellStepConstants {
  for (const name of ['tauMMs', 'cmNf', 'tauSynEMs', 'tauSynIMs'] as const) {
    if (!(cell[name] > 0)) throw new RangeError(`stepConstants: ${name} is ${cell[name]}, want > 0`);
  }
  const a = decay(cell.tauMMs, dtMs);
  const membrane = membraneFactor(cell.tauMMs, cell.cmNf, dtMs);
  return {
    a,
    bE: decay(cell.tauSynEMs, dtMs),
    bI: decay(cell.tauSynIMs, dtMs),
    kE: inputFactor(membrane, cell.tauSynEMs, dtMs),
    kI: inputFactor(membrane, cell.tauSynIMs, dtMs),
    drive: (1 - a) * cell.vRestMv + membrane * cell.iOffsetNa,
  };
}

/** (tauM/cm)(1 − a): mV that 1 nA adds in one step. */
export function membraneFactor(tauMMs: number, cmNf: number, dtMs: number): number {
  return (tauMMs / cmNf) * (1 - decay(tauMMs, dtMs));
}

/** k = membrane·(tauSyn/dt)(1 − b): mV in the step in which 1 nA arrives at a synapse. */
export function inputFactor(membrane: number, tauSynMs: number, dtMs: number): number {
  return membrane * (tauSynMs / dtMs) * (1 - decay(tauSynMs, dtMs));
}

/** Cells share few time constants: each exponential is computed once. Cleared when it grows, results do not depend on it. */
const known = new Map<number, number>();

/** e^(−dt/tau). */
export function decay(tauMs: number, dtMs: number): number {
  const x = -dtMs / tauMs;
  const found = known.get(x);
  if (found !== undefined) return found;
  if (known.size > 20000) known.clear();
  const value = exp(x);
  known.set(x, value);
  return value;
}
