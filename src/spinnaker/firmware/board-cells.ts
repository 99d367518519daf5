/**
 * IF_curr_exp cells as a board core holds them: parameters in s1615 → the constants that the firmware derives at start. Knows no synapse.
 *   R = tauM/cm · expTc = e^(−dt/tauM) · decay = e^(−dt/tauSyn) · init = tauSyn/dt·(1 − decay) · refractory steps = ⌈tauRefrac/dt⌉
 * dt is one step of 1 ms. Source: IF_curr_exp.aplx, sPyNNaker 7.4.1. Pinned by test/spinnaker/firmware.test.ts.
 */
import { expS1615, expU032 } from './firmware-exp.ts';
import { divideS1615, s1615One } from './fixed-point.ts';

/** What the host sends, s1615 bits, [N] each. */
export interface BoardCellParameters {
  readonly vInit: Int32Array;
  readonly vRest: Int32Array;
  readonly cm: Int32Array;
  readonly tauM: Int32Array;
  readonly iOffset: Int32Array;
  readonly vReset: Int32Array;
  readonly tauRefrac: Int32Array;
  readonly vThresh: Int32Array;
  readonly tauSynE: Int32Array;
  readonly tauSynI: Int32Array;
}

/** What the core computes with, [N] each: s1615 in Int32Array, u032 as whole numbers in Uint32Array. */
export interface BoardCells {
  readonly size: number;
  readonly vInit: Int32Array;
  readonly vRest: Int32Array;
  readonly vReset: Int32Array;
  readonly vThresh: Int32Array;
  readonly iOffset: Int32Array;
  readonly resistance: Int32Array;
  readonly expTc: Int32Array;
  readonly refractorySteps: Int32Array;
  readonly decayE: Uint32Array;
  readonly initE: Uint32Array;
  readonly decayI: Uint32Array;
  readonly initI: Uint32Array;
}

interface SynapseConstants {
  readonly decay: number;
  readonly init: number;
}

/** −dt/tau, or a RangeError that says which cell has no such constant. */
function minusStepOver(tau: number, name: string, cell: number): number {
  if (tau <= 0) throw new RangeError(`${name}[${cell}] is ${tau / s1615One} ms on the board, want > 0`);
  return -divideS1615(s1615One, tau);
}

function synapseConstants(tau: number, name: string, cell: number): SynapseConstants {
  const decay = expU032(minusStepOver(tau, name, cell));
  const product = BigInt(divideS1615(tau, s1615One)) * BigInt(0xffffffff - decay);
  return { decay, init: Number(BigInt.asUintN(32, product >> 15n)) };
}

/** Same argument, same result: cells of one type share their constants, and BigInt is slow. */
function memoized<T>(compute: (tau: number, cell: number) => T): (tau: number, cell: number) => T {
  const known = new Map<number, T>();
  return (tau, cell) => {
    let value = known.get(tau);
    if (value === undefined) {
      value = compute(tau, cell);
      known.set(tau, value);
    }
    return value;
  };
}

function resistances(p: BoardCellParameters): Int32Array {
  return p.tauM.map((tauM, i) => {
    if (p.cm[i]! === 0) throw new RangeError(`cm[${i}] is 0 on the board (below 2^-15 nF)`);
    return divideS1615(tauM, p.cm[i]!);
  });
}

/** Constants of all cells. cost: a few µs a distinct time constant. Throws RangeError naming parameter and cell. */
export function boardCells(p: BoardCellParameters): BoardCells {
  const size = p.vInit.length;
  const membrane = memoized((tau, i) => expS1615(minusStepOver(tau, 'tauM', i)));
  const synE = memoized((tau, i) => synapseConstants(tau, 'tauSynE', i));
  const synI = memoized((tau, i) => synapseConstants(tau, 'tauSynI', i));
  const each = (tau: Int32Array, value: (tau: number, i: number) => number) => Uint32Array.from(tau, value);
  return {
    size,
    vInit: p.vInit,
    vRest: p.vRest,
    vReset: p.vReset,
    vThresh: p.vThresh,
    iOffset: p.iOffset,
    resistance: resistances(p),
    expTc: p.tauM.map(membrane),
    refractorySteps: p.tauRefrac.map((tau) => Math.ceil(divideS1615(tau, s1615One) / s1615One)),
    decayE: each(p.tauSynE, (tau, i) => synE(tau, i).decay),
    initE: each(p.tauSynE, (tau, i) => synE(tau, i).init),
    decayI: each(p.tauSynI, (tau, i) => synI(tau, i).decay),
    initI: each(p.tauSynI, (tau, i) => synI(tau, i).init),
  };
}
