/**
 * The colour of a spike: the tick of the core that sent it, mod 16, from which a receiver tells how late it is. Knows no cells.
 * A reset of the host's puts time back to 0 but not a core's colour, so that after T ticks its spikes look (16 − T mod 16) mod 16 ticks late,
 * and a synapse with a delay of no more than that is skipped. Runs of whole 16 ticks keep the two together.
 * Source: IF_curr_exp.aplx, sPyNNaker 7.4.1. Pinned by test/spinnaker/colour.test.ts and, by the firmware itself, test/spinnaker/whole-firmware.test.ts.
 */

/** Ticks after which a colour comes again (4 bits). */
export const colours = 16;

/** Ticks to run for `steps` steps of a trial, so that the next trial after a reset loses no spike; what comes after `steps` is cut off. */
export function ticksFor(steps: number): number {
  return Math.ceil(steps / colours) * colours;
}

/** How late, in ticks, a core's spikes look whose colour is `ticks` ticks ahead of time. */
export function lateness(ticks: number): number {
  return (colours - (ticks % colours)) % colours;
}
