/** Thresholds per cell type such that untrained rates lie near their targets. Knows no gradients and no files. */
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
  readonly onRound?: (round: number) => void;
}

/** Exponent of the update and its largest log step a round. Free parameters. */
const UPDATE = { exponent: 0.4, largest: 0.5, rateFloorHz: 0.1 };

/**
 * Raises or lowers each type's threshold by (rate/target)^0.4 a round, rates being means over the driven cells of the type; cells
 * without a path from the input count in no mean. A cell's threshold is its type's, or its jump floor where that is higher.
 * Returns the network with those thresholds; the kernel holds the parameters of the last run. Deterministic. cost: rounds forward passes.
 */
export function calibrateThresholds(
  kernel: Kernel,
  model: Pick<Model, 'network' | 'typeNames' | 'typeIdx' | 'steps'>,
  source: TrialSource,
  options: HomeostasisOptions,
): SpikingNetwork {
  const { topology, cells } = model.network;
  const driven = drivenCells(topology);
  const targets = targetOfCells(topology, options.targetRateHz);
  const logThreshold = new Float64Array(model.typeNames.length);
  cells.vThreshMv.forEach((v, i) => {
    logThreshold[model.typeIdx[i]!] = log(v - cells.vRestMv[i]!);
  });
  const floors = thresholdFloors(model.network, options.jumpBound);
  const least = log(options.leastThresholdMv);
  let network = applied(model, logThreshold, floors);
  for (let round = 0; round < options.rounds; round++) {
    kernel.setParameters(kernelParametersOf(network));
    const rates = ratesByType(model, spikeCounts(kernel, source), driven);
    updateThresholds(logThreshold, rates, typeTargets(model, targets), least);
    network = applied(model, logThreshold, floors);
    options.onRound?.(round);
  }
  return network;
}

function applied(
  model: Pick<Model, 'network' | 'typeIdx'>,
  logThreshold: Float64Array,
  floors: Float64Array,
): SpikingNetwork {
  const { vRestMv } = model.network.cells;
  const vThreshMv = vRestMv.map((rest, i) => Math.max(rest + exp(logThreshold[model.typeIdx[i]!]!), floors[i]!));
  return withParameters(model.network, { cells: { vThreshMv } });
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
function ratesByType(
  model: Pick<Model, 'network' | 'typeNames' | 'typeIdx' | 'steps'>,
  counts: Float32Array,
  driven: Uint8Array,
): Float64Array {
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
