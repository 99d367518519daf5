/**
 * The published leaky integrate-and-fire model of the fly's whole brain (Shiu et al. 2024, doi:10.1038/s41586-024-07763-9), event by event.
 * Knows no training and no kernel: this model has delays, resets its current and is run at 0.1 ms.
 *
 * dv/dt = (v0 − v + g)/tauM, dg/dt = −g/tauSyn, both still while refractory, when what arrives is lost; v > threshold: v = v0, g = 0, refractory.
 * A spike adds its weight to g of its targets after the delay. Within a step: v and g move, spikes, arrivals, resets.
 */

/** Connections by presynaptic cell; weights in mV that a spike adds to g. */
export interface BrainNetwork {
  /** [N + 1] */
  readonly rowPtr: ArrayLike<number>;
  /** [E] */
  readonly colIdx: ArrayLike<number>;
  /** [E] mV, negative where the cell inhibits. */
  readonly weightMv: ArrayLike<number>;
}

/** Cells lifted from outside: a jump of v, in the step given, at the place of arrivals. Driven cells are never refractory. */
export interface BrainDrive {
  readonly cells: Iterable<number>;
  /** Cells that are lifted in a step, one entry a jump. */
  readonly jumpsAt: (step: number) => Iterable<number>;
  readonly jumpMv: number;
}

/** All in ms and mV over rest. */
export interface BrainConstants {
  readonly dtMs: number;
  readonly tauMMs: number;
  readonly tauSynMs: number;
  readonly thresholdMv: number;
  readonly refractorySteps: number;
  readonly delaySteps: number;
}

/** The published values at 0.1 ms. */
export const publishedBrain: BrainConstants = {
  ...{ dtMs: 0.1, tauMMs: 20, tauSynMs: 5, thresholdMv: 7, refractorySteps: 22, delaySteps: 18 },
};

/** Every spike, steps ascending, cells ascending within a step. */
export interface BrainSpikes {
  readonly step: Int32Array;
  readonly cell: Int32Array;
  /** Synaptic events delivered. */
  readonly events: number;
}

/** A cell whose v and peak of g's effect stay this far below threshold, mV, cannot spike by rounding. */
const SAFETY_MV = 1e-6;
/** Steps whose decay is tabulated; after so many a cell is advanced in pieces. */
const TABLE = 4096;

/** Closed form of n steps: v ← v·vDecay[n] + g·coupling[n], g ← g·gDecay[n]. */
interface Decays {
  readonly v: Float64Array;
  readonly g: Float64Array;
  readonly coupling: Float64Array;
  /** Most that a unit of g still lifts v. */
  readonly peak: number;
}

function decaysOf({ dtMs, tauMMs, tauSynMs }: BrainConstants): Decays {
  const factor = tauSynMs / (tauSynMs - tauMMs);
  const v = Float64Array.from({ length: TABLE }, (_, n) => Math.exp((-n * dtMs) / tauMMs));
  const g = Float64Array.from({ length: TABLE }, (_, n) => Math.exp((-n * dtMs) / tauSynMs));
  const coupling = v.map((decay, n) => factor * (g[n]! - decay));
  return { v, g, coupling, peak: coupling.reduce((most, x) => Math.max(most, x), 0) };
}

/** State at work; v and g of cell i hold after step `since[i]`; it is refractory before step `ready[i]`. */
class Brain {
  readonly decays: Decays;
  readonly v: Float64Array;
  readonly g: Float64Array;
  readonly since: Int32Array;
  readonly ready: Int32Array;
  /** Cells that may spike before their next arrival: only these are looked at in every step. */
  readonly hot: number[] = [];
  readonly isHot: Uint8Array;
  private readonly constants: BrainConstants;

  constructor(size: number, constants: BrainConstants) {
    this.constants = constants;
    this.decays = decaysOf(constants);
    this.v = new Float64Array(size);
    this.g = new Float64Array(size);
    this.since = new Int32Array(size);
    this.ready = new Int32Array(size);
    this.isHot = new Uint8Array(size);
  }

  /** Moves v and g of a cell to the end of step t; a refractory one stays. */
  advance(i: number, t: number): void {
    const { v, g, coupling } = this.decays;
    for (let left = t - this.since[i]!; left > 0; ) {
      const n = Math.min(left, TABLE - 1);
      this.v[i] = this.v[i]! * v[n]! + this.g[i]! * coupling[n]!;
      this.g[i]! *= g[n]!;
      this.since[i]! += n;
      left -= n;
    }
  }

  couldSpike(i: number): boolean {
    const lift = this.g[i]! > 0 ? this.g[i]! * this.decays.peak : 0;
    return this.v[i]! + lift > this.constants.thresholdMv - SAFETY_MV;
  }

  heat(i: number): void {
    if (this.isHot[i] === 1 || !this.couldSpike(i)) return;
    this.isHot[i] = 1;
    this.hot.push(i);
  }

  /** Advances hot cells to the end of step t; those that spike, ascending. Cells that cooled leave the list. */
  spikesAt(t: number): number[] {
    const spikes: number[] = [];
    let kept = 0;
    for (const i of this.hot) {
      this.advance(i, t);
      if (t >= this.ready[i]! && this.v[i]! > this.constants.thresholdMv) spikes.push(i);
      if (this.couldSpike(i)) this.hot[kept++] = i;
      else this.isHot[i] = 0;
    }
    this.hot.length = kept;
    return spikes.sort((x, y) => x - y);
  }

  reset(i: number, t: number, refractorySteps: number): void {
    this.v[i] = 0;
    this.g[i] = 0;
    this.ready[i] = t + Math.max(1, refractorySteps);
    this.since[i] = this.ready[i]! - 1;
  }
}

/**
 * Runs steps 1 … T from rest. A cell is advanced in closed form when something arrives, and step by step only while its v and g could
 * take it over the threshold: equal to stepping every cell but for rounding in f64. Deterministic.
 * cost: events + spikes + steps of hot cells. Pinned by test/snn/brain/brain-simulation.test.ts against Brian2.
 */
export function simulateBrain(
  network: BrainNetwork,
  drive: BrainDrive,
  steps: number,
  constants: BrainConstants = publishedBrain,
): BrainSpikes {
  const size = network.rowPtr.length - 1;
  const brain = new Brain(size, constants);
  const driven = new Uint8Array(size);
  for (const i of drive.cells) driven[i] = 1;
  const [step, cell]: [number[], number[]] = [[], []];
  const arriving: number[][] = Array.from({ length: constants.delaySteps + 1 }, () => []);
  let events = 0;
  for (let t = 1; t <= steps; t++) {
    const spikes = brain.spikesAt(t);
    arriving[t % arriving.length] = spikes;
    for (const i of spikes) {
      step.push(t);
      cell.push(i);
    }
    events += deliver(brain, network, arriving[(t + 1) % arriving.length]!, t);
    for (const i of drive.jumpsAt(t)) {
      if (t < brain.ready[i]!) continue;
      brain.advance(i, t);
      brain.v[i]! += drive.jumpMv;
      brain.heat(i);
    }
    for (const i of spikes) brain.reset(i, t, driven[i] === 1 ? 0 : constants.refractorySteps);
  }
  return { step: Int32Array.from(step), cell: Int32Array.from(cell), events };
}

function deliver(
  brain: Brain,
  { rowPtr, colIdx, weightMv }: BrainNetwork,
  spikes: readonly number[],
  t: number,
): number {
  let events = 0;
  for (const pre of spikes) {
    const end = rowPtr[pre + 1]!;
    for (let e = rowPtr[pre]!; e < end; e++) {
      const i = colIdx[e]!;
      if (t < brain.ready[i]!) continue;
      brain.advance(i, t);
      brain.g[i]! += weightMv[e]!;
      if (weightMv[e]! > 0) brain.heat(i);
    }
    events += end - rowPtr[pre]!;
  }
  return events;
}
