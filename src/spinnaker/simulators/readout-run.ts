/** A trial on the simulated board with the voltages that its readout's cells hold at the end. Knows no files and no classes' names. */
import type { BoardRun, BoardRunOptions, InputSpikes, IntegerSimulator } from './integer-simulator.ts';

/** Which cells of a network are its readout's, and when their voltages are the logits. */
export interface ReadoutCells {
  readonly offset: number;
  readonly size: number;
  /** V at the beginning of this tick is read. */
  readonly tick: number;
}

export interface ReadoutRun extends BoardRun {
  /** [C] s1615 bits. */
  readonly voltages: Int32Array;
}

/** Runs a trial until its readout's tick; spikes after the trial's steps are cut off. cost: of `run`, and a copy of all states. */
export function runWithReadout(
  simulator: IntegerSimulator,
  input: InputSpikes,
  { offset, size, tick }: ReadoutCells,
  options: Pick<BoardRunOptions, 'peaks'> = {},
): ReadoutRun {
  let voltages = new Int32Array(size);
  const run = simulator.run(input, {
    ...options,
    ticks: tick,
    watch: (t, cells) => {
      if (t === tick - 1) voltages = cells.states().v.slice(offset, offset + size);
    },
  });
  return { ...run, voltages };
}
