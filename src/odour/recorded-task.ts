/**
 * Recorded responses of receptor neurons → an odour task without DoOR: the cells of a recorded glomerulus fire at the baseline plus gain · ΔF/F
 * while the odour is on, all others at the baseline. Sizes, baseline, trials and seed are those of another task, whose mean drive it can take
 * over on the recorded cells, so that a network sees as much input as it is used to. Knows no files and no network.
 * Pinned by test/odour/recorded-task.test.ts.
 */
import { mean } from '../base/numbers.ts';
import type { Population } from '../connectome/pathway.ts';
import { glomerulusOfType } from './door/glomeruli.ts';
import type { Odour, OdourTask } from './odour-task.ts';

/** What was recorded: one pattern an odour. */
export interface RecordedPatterns {
  readonly odours: readonly Odour[];
  readonly glomeruli: readonly string[];
  /** [odours, glomeruli] ΔF/F; NaN: not recorded, which counts as no response. */
  readonly response: Float64Array;
}

/** Mean over odours and the cells heard of what an odour adds to the chance of a spike; of the odours with these keys. */
function meanDrive(task: OdourTask, keys: readonly string[], heard: readonly number[]): number {
  const rows = task.odours.flatMap(({ key }, c) => (keys.includes(key) ? [c] : []));
  return mean(
    rows.map((c) => {
      const row = task.onProbability.subarray(c * task.inputSize, (c + 1) * task.inputSize);
      return mean(heard.map((i) => row[i]! - task.offProbability[i]!));
    }),
  );
}

/** [odours, cells] ΔF/F of each cell's glomerulus, at least 0. */
function responsesOfCells(recorded: RecordedPatterns, population: Population): Float64Array {
  const { odours, glomeruli, response } = recorded;
  const column = population.types.map((type) => glomeruli.indexOf(glomerulusOfType(type)));
  return Float64Array.from({ length: odours.length * population.size }, (_, k) => {
    const at = column[population.typeIdx[k % population.size]!]!;
    const value = at < 0 ? 0 : response[Math.floor(k / population.size) * glomeruli.length + at]!;
    return Number.isNaN(value) ? 0 : Math.max(0, value);
  });
}

/**
 * The task. `gainHz`: Hz at ΔF/F = 1; null: so that the mean drive is that of the task's own odours of the same keys.
 * Throws RangeError where no glomerulus is one of the population's, or where the other task shares no odour to take the drive from.
 */
export function makeRecordedTask(
  recorded: RecordedPatterns,
  population: Population,
  like: OdourTask,
  gainHz: number | null,
): { readonly task: OdourTask; readonly gainHz: number; readonly cells: number } {
  const response = responsesOfCells(recorded, population);
  const names = population.types.map(glomerulusOfType);
  if (!recorded.glomeruli.some((name) => names.includes(name))) {
    throw new RangeError(
      `recorded task: none of the glomeruli ${recorded.glomeruli.join(', ')} has a type in ${population.name}`,
    );
  }
  const perHz = like.dtMs / 1000;
  const heard = Array.from({ length: population.size }, (_, i) => i).filter((i) =>
    recorded.glomeruli.includes(names[population.typeIdx[i]!]!),
  );
  const keys = recorded.odours.map(({ key }) => key);
  const own = mean(recorded.odours.map((_, c) => mean(heard.map((i) => response[c * population.size + i]!))));
  const wanted = gainHz ?? meanDrive(like, keys, heard) / own / perHz;
  if (!Number.isFinite(wanted)) {
    throw new RangeError('recorded task: the other task has none of the recorded odours; give a gain in Hz');
  }
  const onProbability = Float32Array.from(response, (value, k) =>
    Math.min(0.999, like.offProbability[k % population.size]! + perHz * wanted * value),
  );
  return {
    task: {
      ...like,
      odours: recorded.odours,
      onProbability,
      provenance: { gainHz: wanted, glomeruli: recorded.glomeruli },
    },
    gainHz: wanted,
    cells: heard.length,
  };
}
