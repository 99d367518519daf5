/**
 * Time and energy of a trial on a board, from what sPyNNaker's own energy report assumes (release 7.4.1: spinn_machine's version_spin1, version_3,
 * version_5): a board draws its idle power, each core in use 34 mW more for as long as the run lasts, each packet costs 1 nJ in each router. An
 * estimate: nothing here was measured on a board, and neither mapping nor loading is in it. Knows no placement.
 */

/** W of a board that does nothing. */
const idleW: Readonly<Record<number, number>> = { 3: 3.56, 5: 26.84 };
const activeCoreW = 0.034;
/** 40 bits at 25 pJ. */
const packetJ = 1e-9;

export interface RunParts {
  /** 3 (4 chips) or 5 (48 chips). */
  readonly version: number;
  /** Cores and chips in use. */
  readonly cores: number;
  readonly chips: number;
  /** Ticks that a trial runs, and how much slower than real time a tick of dtMs is. */
  readonly ticks: number;
  readonly dtMs: number;
  readonly timeScaleFactor: number;
  /** Spikes of a trial, those of the input among them. */
  readonly spikes: number;
}

export interface RunEstimate {
  readonly secondsPerTrial: number;
  readonly boardJ: number;
  readonly coresJ: number;
  /** An upper bound: every packet through every chip in use. */
  readonly packetsJ: number;
  readonly joulesPerTrial: number;
}

/** Throws RangeError for a version of board that has no published power. */
export function runEstimate(parts: RunParts): RunEstimate {
  const idle = idleW[parts.version];
  if (idle === undefined)
    throw new RangeError(`run estimate: no power is known of a board of version ${parts.version}`);
  const secondsPerTrial = (parts.ticks * parts.dtMs * parts.timeScaleFactor) / 1000;
  const boardJ = idle * secondsPerTrial;
  const coresJ = parts.cores * activeCoreW * secondsPerTrial;
  const packetsJ = parts.spikes * parts.chips * packetJ;
  return { secondsPerTrial, boardJ, coresJ, packetsJ, joulesPerTrial: boardJ + coresJ + packetsJ };
}
