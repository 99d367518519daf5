/** Thresholds and offset currents such that the untrained rates, with odours and at rest, lie near their targets. Knows no gradients and no files. */
import { exp, log } from '../../base/exp.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Model, SpikingNetwork, Topology } from '../network/network.ts';
import { kernelParametersOf, spikeCounts, type TrialSource } from '../network/simulate.ts';
import { withParameters } from '../network/with-parameters.ts';
import { thresholdFloors } from '../parameters/jump-bound.ts';

export interface HomeostasisOptions {
  /** Target rate of every type of a population, Hz; other populations keep their thresholds. */
  readonly targetRateHz: Readonly<Record<string, number>>;
  /** Rounds of forward runs. */
  readonly rounds: number;
  /** No threshold of a type falls below this, mV above rest. */
  readonly leastThresholdMv: number;
  readonly jumpBound: number;
  /** What holds at rest; left out: nothing. */
  readonly rest?: RestTargets;
  readonly onRound?: (round: number) => void;
}

/** Rates in trials without odour. */
export interface RestTargets {
  readonly source: TrialSource;
  /** Most that a single cell of a population fires: faster ones get thresholds of their own. Hz */
  readonly mostHz: Readonly<Record<string, number>>;
  /** Mean rate of every type of a population, held by an offset current that only excites. Hz */
  readonly targetHz: Readonly<Record<string, number>>;
}

/** Exponent of the update and its largest log step a round; offset of a round over threshold; largest offset over threshold. Free parameters. */
const UPDATE = { exponent: 0.4, largest: 0.5, rateFloorHz: 0.1, offset: 0.15, mostOffset: 0.7 };

/**
 * Raises or lowers each type's threshold by (rate/target)^0.4 a round, rates being means over the driven cells of the type; cells
 * without a path from the input count in no mean. A cell's threshold is its type's, or its jump floor where that is higher. Where something
 * holds at rest, cells that are too fast there raise their own thresholds, by the same rule, and types that are too slow get an offset current.
 * Returns the network with those values; the kernel holds the parameters of the last run. Deterministic. cost: rounds forward passes.
 */
export function calibrateThresholds(
  kernel: Kernel,
  model: Typed,
  source: TrialSource,
  options: HomeostasisOptions,
): SpikingNetwork {
  const { topology, cells } = model.network;
  const driven = drivenCells(topology);
  const targets = targetOfCells(topology, options.targetRateHz);
  const state: Calibration = {
    logThreshold: new Float64Array(model.typeNames.length),
    logOwn: new Float64Array(topology.size),
    offset: new Float64Array(model.typeNames.length),
    floors: thresholdFloors(model.network, options.jumpBound),
  };
  cells.vThreshMv.forEach((v, i) => {
    state.logThreshold[model.typeIdx[i]!] = log(v - cells.vRestMv[i]!);
  });
  const least = log(options.leastThresholdMv);
  let network = applied(model, state);
  for (let round = 0; round < options.rounds; round++) {
    kernel.setParameters(kernelParametersOf(network));
    const rates = ratesByType(model, spikeCounts(kernel, source), driven);
    if (options.rest !== undefined) updateRest(state, model, options.rest, kernel, driven);
    updateThresholds(state.logThreshold, rates, typeTargets(model, targets), least);
    network = applied(model, state);
    options.onRound?.(round);
  }
  return network;
}

/** What a round moves: log thresholds over rest by type, each cell's own addition to it, and offsets over threshold by type. */
interface Calibration {
  readonly logThreshold: Float64Array;
  readonly logOwn: Float64Array;
  readonly offset: Float64Array;
  /** [N] mV, see thresholdFloors. */
  readonly floors: Float64Array;
}

type Typed = Pick<Model, 'network' | 'typeNames' | 'typeIdx' | 'steps'>;

function applied(model: Pick<Model, 'network' | 'typeIdx'>, state: Calibration): SpikingNetwork {
  const { vRestMv, iOffsetNa, tauMMs, cmNf } = model.network.cells;
  const typeOf = (i: number) => model.typeIdx[i]!;
  const own = vRestMv.map((_, i) => exp(state.logThreshold[typeOf(i)]! + state.logOwn[i]!));
  return withParameters(model.network, {
    cells: {
      vThreshMv: vRestMv.map((rest, i) => Math.max(rest + own[i]!, state.floors[i]!)),
      iOffsetNa: iOffsetNa.map((na, i) => na + (state.offset[typeOf(i)]! * own[i]! * cmNf[i]!) / tauMMs[i]!),
    },
  });
}

function updateRest(
  { logOwn, offset }: Calibration,
  model: Typed,
  { source, mostHz, targetHz }: RestTargets,
  kernel: Kernel,
  driven: Uint8Array,
): void {
  const { topology } = model.network;
  const counts = spikeCounts(kernel, source);
  const most = targetOfCells(topology, mostHz);
  cellRates(model, counts).forEach((rate, i) => {
    if (rate > most[i]!) logOwn[i]! += Math.min(UPDATE.largest, UPDATE.exponent * log(rate / most[i]!));
  });
  const rates = ratesByType(model, counts, driven);
  typeTargets(model, targetOfCells(topology, targetHz)).forEach((target, type) => {
    if (Number.isNaN(rates[type]!) || Number.isNaN(target)) return;
    const step = log((target + UPDATE.rateFloorHz) / (rates[type]! + UPDATE.rateFloorHz));
    const moved = offset[type]! + UPDATE.offset * Math.max(-1, Math.min(1, step));
    offset[type] = Math.max(0, Math.min(UPDATE.mostOffset, moved));
  });
}

/** [N] mean rate of each cell over trials of counts [B, N], Hz. */
function cellRates(model: Typed, counts: Float32Array): Float64Array {
  const { size } = model.network.topology;
  const rates = new Float64Array(size);
  const seconds = ((counts.length / size) * model.steps * model.network.dtMs) / 1000;
  counts.forEach((count, at) => {
    rates[at % size]! += count / seconds;
  });
  return rates;
}

function updateThresholds(logThreshold: Float64Array, rates: Float64Array, targets: Float64Array, least: number): void {
  const { exponent, largest, rateFloorHz } = UPDATE;
  logThreshold.forEach((value, type) => {
    if (Number.isNaN(rates[type]!) || Number.isNaN(targets[type]!)) return;
    const step = exponent * log((rates[type]! + rateFloorHz) / (targets[type]! + rateFloorHz));
    logThreshold[type] = Math.max(least, value + Math.max(-largest, Math.min(largest, step)));
  });
}

/** [types] mean rate over driven cells and trials, Hz; NaN for a type without a driven cell. */
function ratesByType(model: Typed, counts: Float32Array, driven: Uint8Array): Float64Array {
  const sum = new Float64Array(model.typeNames.length);
  const seen = new Float64Array(model.typeNames.length);
  const n = driven.length;
  for (let at = 0; at < counts.length; at++) {
    const cell = at % n;
    if (driven[cell] === 0) continue;
    sum[model.typeIdx[cell]!]! += counts[at]!;
    seen[model.typeIdx[cell]!]! += 1;
  }
  const seconds = (model.steps * model.network.dtMs) / 1000;
  return sum.map((s, type) => (seen[type] === 0 ? Number.NaN : s / seen[type]! / seconds));
}

function targetOfCells(topology: Topology, targetRateHz: Readonly<Record<string, number>>): Float64Array {
  const targets = new Float64Array(topology.size).fill(Number.NaN);
  for (const { name, offset, size } of topology.populations) {
    targets.fill(targetRateHz[name] ?? Number.NaN, offset, offset + size);
  }
  return targets;
}

function typeTargets(model: Pick<Model, 'typeNames' | 'typeIdx'>, targets: Float64Array): Float64Array {
  const out = new Float64Array(model.typeNames.length).fill(Number.NaN);
  targets.forEach((target, i) => {
    out[model.typeIdx[i]!] = target;
  });
  return out;
}

/** [N] 1 for cells that a chain of excitatory synapses, each onto another population, joins to the input. cost: O(N + E). */
export function drivenCells(topology: Topology): Uint8Array {
  const populationOfCell = new Int32Array(topology.size);
  topology.populations.forEach(({ offset, size }, p) => {
    populationOfCell.fill(p, offset, offset + size);
  });
  const driven = new Uint8Array(topology.size);
  const waiting = Array.from({ length: topology.inputSize }, (_, row) => row);
  for (let next = 0; next < waiting.length; next++) {
    const row = waiting[next]!;
    const population = row < topology.inputSize ? -1 : populationOfCell[row - topology.inputSize]!;
    for (let e = topology.rowPtr[row]!; e < topology.rowPtr[row + 1]!; e++) {
      const cell = topology.colIdx[e]!;
      if (topology.receptor[e] === 1 || driven[cell] === 1 || populationOfCell[cell] === population) continue;
      driven[cell] = 1;
      waiting.push(topology.inputSize + cell);
    }
  }
  return driven;
}
