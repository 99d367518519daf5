/** What the readout's own cells on the board say, beside the host's readout of the same spikes: counts and headlines. Runs nothing. */
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import { classesOfVoltages, equalVoltages, namedClass } from '../../src/spinnaker/compare/accuracy.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import type { Headline } from '../../src/stage.ts';
import type { ExportedProject } from './project.ts';

/** The board's own decisions, and those of the host's readout from the board's spikes. */
export interface OwnReadout {
  readonly trials: number;
  readonly correct: number;
  readonly correctByHost: number;
  readonly sameAsHost: number;
}

/** From voltages [B][C] of the readout's cells and the classes [B] that the host names. */
export function ownReadoutOf(
  odours: ArrayLike<number>,
  voltages: readonly Int32Array[],
  host: ArrayLike<number>,
): OwnReadout {
  const classes = classesOfVoltages(voltages);
  const count = (holds: (b: number) => boolean) => Array.from(classes).filter((_, b) => holds(b)).length;
  return {
    trials: classes.length,
    correct: count((b) => classes[b] === odours[b]),
    correctByHost: count((b) => host[b] === odours[b]),
    sameAsHost: count((b) => classes[b] === host[b]),
  };
}

/** `95.6 %, the host's readout of its spikes 95.0 %; the same answer in 179 of 180 trials`. */
export function ownReadoutHeadline({ trials, correct, correctByHost, sameAsHost }: OwnReadout): Headline {
  return {
    label: "accuracy by the board's own readout",
    value: `${percent(correct / trials)}, by the host's readout of its spikes ${percent(correctByHost / trials)}; the same answer in ${sameAsHost} of ${trials} trials`,
  };
}

/** What a target's first exported trials say of the readout's cells; nothing where the host reads out. */
export interface ReadoutResult {
  readonly headlines: readonly Headline[];
  readonly report: { readonly ownReadout?: OwnReadout & { readonly voltages: number; readonly voltagesEqual: number } };
  /** Voltages that are not the predicted ones, and how many are, in words. */
  readonly different: number;
  readonly text: string;
}

/** Compares voltages of a target with the predicted ones; throws UserError where a target has given none. */
export function readoutHeadlines(
  { readout, model, trials }: ExportedProject,
  where: string,
  voltages: readonly Int32Array[] | null,
  spikes: readonly Raster[],
): ReadoutResult {
  if (readout === null) return { headlines: [], report: {}, different: 0, text: 'none' };
  if (voltages?.length !== spikes.length)
    throw userError(
      `spinnaker-run: ${spikes.length} trials ${where} came with voltages of the readout's cells in ${voltages?.length ?? 0}`,
      'was the project exported by another release? export it again',
    );
  const { equal, of } = equalVoltages(readout.expected.slice(0, spikes.length), voltages);
  const host = spikes.map((raster) => namedClass(model, raster));
  const odours = trials.map((trial) => trial.odour);
  const own = ownReadoutOf(odours, voltages, host);
  const text = `${equal} of ${of}`;
  return {
    headlines: [{ label: `voltages of the readout equal ${where}`, value: text }, ownReadoutHeadline(own)],
    report: { ownReadout: { ...own, voltages: of, voltagesEqual: equal } },
    different: of - equal,
    text,
  };
}
