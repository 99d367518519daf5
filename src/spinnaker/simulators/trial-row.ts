/**
 * Trials on the simulated board, one or several in a run, each cut out of it, with the scores that the readout's cells hold at its end. Knows no
 * files. Trials of one run follow each other with silence between; nothing is reset, so that each starts from what the ones before it left. The
 * readout's cells go on adding: what they held at the start of a trial is taken off, as much as is left of it. Pinned by test/spinnaker/trial-row.test.ts.
 */
import { ticksFor } from '../firmware/colour.ts';
import type { BoardRun, InputSpikes, IntegerSimulator } from './integer-simulator.ts';
import type { Raster } from './raster.ts';

/** How trials follow each other. */
export interface Timetable {
  /** Of a trial. */
  readonly steps: number;
  /** Of a run; the rest of a run is cut off. */
  readonly trialsPerRun: number;
  /** From the first step of a trial to the first of the next. */
  readonly periodTicks: number;
}

/** Which cells of a network are its readout's, and how they are read. */
export interface ReadoutCells {
  readonly offset: number;
  readonly size: number;
  /** V at the beginning of this tick of a trial is read. */
  readonly tick: number;
  /** Share that is left at that tick of what currents were at the trial's first tick. */
  readonly left: number;
  /** [C] s1615 bits of V without any current. */
  readonly rest: Int32Array;
}

export interface TrialRun {
  readonly spikes: Raster;
  /** [P] additions to full ring buffers from this trial's first tick to the next one's. */
  readonly saturations: Int32Array;
  /** [C] s1615 bits: scores of the classes; absent where the readout has no cells. */
  readonly voltages?: Int32Array;
}

export interface RowRun {
  readonly trials: readonly TrialRun[];
  readonly whole: BoardRun;
}

/** Ticks that a board runs for so many trials of one run: until the last has been read, and whole 16. */
export function rowTicks(table: Timetable, trials: number, cells: Pick<ReadoutCells, 'tick'> | null): number {
  return ticksFor((trials - 1) * table.periodTicks + (cells === null ? table.steps : cells.tick + 1));
}

/** Numbers of `count` trials, by run. */
export function rowsOf(count: number, { trialsPerRun }: Pick<Timetable, 'trialsPerRun'>): number[][] {
  return Array.from({ length: Math.ceil(count / trialsPerRun) }, (_, row) =>
    Array.from({ length: Math.min(trialsPerRun, count - row * trialsPerRun) }, (_, k) => row * trialsPerRun + k),
  );
}

/** The input of a run: of each trial, then silence. */
export function rowInput(inputs: readonly InputSpikes[], { steps, periodTicks }: Timetable): InputSpikes {
  const stepPtr = new Int32Array((inputs.length - 1) * periodTicks + steps + 1);
  const cell = new Int32Array(inputs.reduce((sum, input) => sum + input.cell.length, 0));
  let at = 0;
  inputs.forEach((input, k) => {
    const begin = k * periodTicks;
    cell.set(input.cell, at);
    for (let t = begin + 1; t < Math.min(begin + periodTicks + 1, stepPtr.length); t++)
      stepPtr[t] = at + input.stepPtr[Math.min(t - begin, steps)]!;
    at += input.cell.length;
  });
  return { stepPtr, cell };
}

/** Spikes of `steps` steps from `begin` on. */
function cutOut({ stepPtr, cell }: Raster, begin: number, steps: number): Raster {
  const first = stepPtr[begin]!;
  return {
    stepPtr: stepPtr.slice(begin, begin + steps + 1).map((at) => at - first),
    cell: cell.slice(first, stepPtr[begin + steps]!),
  };
}

/** V at a trial's end without what is left of V at its start, [C]; halves are rounded up, as readout.py does. */
function scoreOf(begin: Int32Array, end: Int32Array, { rest, left }: ReadoutCells): Int32Array {
  return end.map((v, c) => v - Math.floor((begin[c]! - rest[c]!) * left + 0.5));
}

/** Runs trials in one run from rest. cost: of their steps and gaps; with a readout two copies of all states a trial. */
export function runRow(
  simulator: IntegerSimulator,
  inputs: readonly InputSpikes[],
  table: Timetable,
  cells: ReadoutCells | null,
  options: { readonly peaks?: boolean } = {},
): RowRun {
  const { steps, periodTicks } = table;
  const voltages: Int32Array[] = [];
  const before: Int32Array[] = [];
  let begin = new Int32Array(0);
  const whole = simulator.run(rowInput(inputs, table), {
    ...options,
    ticks: (inputs.length - 1) * periodTicks + (cells?.tick ?? steps),
    watch: (tick, board, saturations) => {
      const within = tick % periodTicks;
      if (within === 0) before.push(saturations.slice());
      if (cells === null || (within !== 0 && within !== cells.tick - 1)) return;
      const v = board.states().v.slice(cells.offset, cells.offset + cells.size);
      if (within === 0) begin = v;
      else voltages.push(scoreOf(begin, v, cells));
    },
  });
  const trials = inputs.map((_, k): TrialRun => {
    const until = before[k + 1] ?? whole.saturations;
    const saturations = until.map((count, p) => count - before[k]![p]!);
    const spikes = cutOut(whole.spikes, k * periodTicks, steps);
    return cells === null ? { spikes, saturations } : { spikes, saturations, voltages: voltages[k]! };
  });
  return { trials, whole };
}

/** All trials, run after run. `progress` is told of trials done. */
export function runRows(
  simulator: IntegerSimulator,
  inputs: readonly InputSpikes[],
  table: Timetable,
  cells: ReadoutCells | null,
  progress: (done: number) => void = () => undefined,
): TrialRun[] {
  return rowsOf(inputs.length, table).flatMap((row) => {
    const { trials } = runRow(
      simulator,
      row.map((k) => inputs[k]!),
      table,
      cells,
    );
    progress(row[row.length - 1]! + 1);
    return trials;
  });
}
