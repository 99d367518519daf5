/**
 * DoOR's tables and the input population → the odour task: p = dt·(baseline + max(0, gain · response)) while the odour is on, the
 * drive divided by its presynaptic inhibition where that is asked for.
 * Refuses (or drops, when told) odours without input and odours with identical input. Knows no files, no network.
 * Source of the rates: Nanami et al. 2024, doi:10.3389/fnins.2024.1384336. Pinned by test/odour/make-odour-task.test.ts.
 */
import type { Population } from '../connectome/pathway.ts';
import { chooseOdours } from './choose-odours.ts';
import { identicalOdours, silentOdours } from './difficulty.ts';
import type { DoorTables } from './door/door-tables.ts';
import type { OdourTask } from './odour-task.ts';
import type { DroppedOdours, OdourTaskRules } from './odour-task-rules.ts';
import { type OrnInput, ornInput } from './orn-input.ts';
import { inhibited, type LateralWiring, presynapticInhibition } from './presynaptic.ts';
import { type OdourTaskReport, reportOf } from './task-report.ts';

function checkRules(rules: OdourTaskRules): void {
  const { durationMs, steps, dtMs, rateHz } = rules;
  if (!(durationMs.min >= 0 && durationMs.min <= durationMs.max && durationMs.max <= steps * dtMs)) {
    throw new RangeError(
      `odour task: durationMs ${durationMs.min} … ${durationMs.max} does not fit 0 … ${steps * dtMs} ms`,
    );
  }
  const most = 0.001 * dtMs * (rateHz.baseline + rateHz.gain);
  if (!(rateHz.baseline >= 0 && rateHz.gain >= 0 && most <= 1)) {
    throw new RangeError(
      `odour task: rates ${rateHz.baseline} + ${rateHz.gain} Hz are not a probability per step of ${dtMs} ms`,
    );
  }
}

/** Rate above the baseline of each cell for each odour, in Hz. */
function driveHz(input: OrnInput, gain: number): Float32Array {
  return Float32Array.from(input.response, (response) => Math.max(0, gain * response));
}

/** Which rows of the chosen odours stay; throws RangeError where the rules refuse. */
function sift(names: readonly string[], drive: Float32Array, nIn: number, rules: OdourTaskRules): DroppedOdours {
  const silent = silentOdours(drive, nIn);
  const identical = identicalOdours(drive, nIn);
  const list = (rows: readonly number[]) => rows.map((row) => names[row]).join(', ');
  if (silent.length > 0 && rules.silentOdours === 'refuse') {
    throw new RangeError(
      `odour task: ${silent.length} odours drive no input cell: ${list(silent)}; drop them (odours.silentOdours: drop) or choose another rule`,
    );
  }
  if (identical.length > 0 && rules.identicalOdours === 'refuse') {
    throw new RangeError(
      `odour task: odours with identical input: ${identical.map(list).join('; ')}; keep one of each (odours.identicalOdours: drop)`,
    );
  }
  return { silent, identical };
}

function kept(count: number, dropped: DroppedOdours): number[] {
  const gone = new Set([...dropped.silent, ...dropped.identical.flatMap((group) => group.slice(1))]);
  return Array.from({ length: count }, (_, row) => row).filter((row) => !gone.has(row));
}

function rowsOf(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, k) => {
    picked.set(values.subarray(row * width, (row + 1) * width), k * width);
  });
  return picked;
}

/** The drive after presynaptic inhibition, and how strong that is for each odour and type; as it was where none is asked for. */
function afterInhibition(
  drive: Float32Array,
  population: Population,
  { presynaptic }: OdourTaskRules,
  wiring: LateralWiring | undefined,
): { readonly drive: Float32Array; readonly inhibition?: Float64Array } {
  if (presynaptic.strength === 0) return { drive };
  if (wiring === undefined) throw new RangeError('odour task: presynaptic inhibition needs the wiring of its loop');
  const inhibition = presynapticInhibition(wiring, population, drive);
  return { drive: inhibited(drive, inhibition, population, presynaptic.strength), inhibition };
}

/** The task and the report of every choice. `wiring`: of presynaptic inhibition. Throws RangeError that names the odours, types or rules in question. */
export function makeOdourTask(
  door: DoorTables,
  population: Population,
  rules: OdourTaskRules,
  seed: number,
  wiring?: LateralWiring,
): { readonly task: OdourTask; readonly report: OdourTaskReport } {
  checkRules(rules);
  if (population.size === 0) {
    throw new RangeError(
      `odour task: population ${population.name} has no cell, so every odour is silent; see the pathway's report`,
    );
  }
  const chosen = chooseOdours(door, rules.odours);
  const input = ornInput(door, population, chosen, rules.input, seed);
  const names = chosen.map((odour) => door.odours[odour]!.name);
  const allDrive = driveHz(input, rules.rateHz.gain);
  const dropped = sift(names, allDrive, population.size, rules);
  const rows = kept(chosen.length, dropped);
  if (rows.length < 2) throw new RangeError(`odour task: ${rows.length} odours are left, a task needs two`);
  const { drive, inhibition } = afterInhibition(rowsOf(allDrive, population.size, rows), population, rules, wiring);
  const perHz = 0.001 * rules.dtMs;
  const report = reportOf({ door, population, rules, names, rows, dropped, input, drive, inhibition });
  const task: OdourTask = {
    odours: rows.map((row) => door.odours[chosen[row]!]!),
    population: population.name,
    inputSize: population.size,
    steps: rules.steps,
    dtMs: rules.dtMs,
    durationMs: rules.durationMs,
    onProbability: drive.map((hz) => perHz * (rules.rateHz.baseline + hz)),
    offProbability: new Float32Array(population.size).fill(perHz * rules.rateHz.baseline),
    seed,
    trials: rules.trials,
    provenance: {
      rules: { odours: rules.odours, input: rules.input, rateHz: rules.rateHz, presynaptic: rules.presynaptic },
      counts: report.odours.counts,
    },
  };
  return { task, report };
}
