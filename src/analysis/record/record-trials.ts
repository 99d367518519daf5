/** Runs a model through trials of a task → an activity record. Knows no files. */
import { type Pathway, type Population, populationOf } from '../../connectome/pathway.ts';
import { drawTrial, durationSteps } from '../../odour/draw-trial.ts';
import type { OdourTask, Trial } from '../../odour/odour-task.ts';
import type { Kernel } from '../../snn/kernel/kernel.ts';
import type { Model } from '../../snn/network/network.ts';
import type { ActivityRecord, RecordedPopulation, RecordedSpikes, RecordedTrials } from './activity-record.ts';

/** Which trials: held out, by number within the test split; beyond the task's own number they are further ones that nothing else draws. */
export interface RecordPlan {
  /** Classes. */
  readonly odours: readonly number[];
  /** Trials an odour. */
  readonly trials: number;
  readonly blanks: number;
  readonly binMs: number;
}

/** The trials of a plan: by odour, then by number, those without odour last. */
export function plannedTrials(task: OdourTask, plan: RecordPlan): Trial[] {
  const numbered = (odour: number, count: number) =>
    Array.from({ length: count }, (_, trial): Trial => ({ split: 'test', odour, trial }));
  return [
    ...plan.odours.flatMap((odour) => numbered(odour, plan.trials)),
    ...numbered(task.odours.length, plan.blanks),
  ];
}

/** Spikes as they come, trial by trial, and put by cell in the end. */
class SpikeCollector {
  private readonly cells: Uint32Array[] = [];
  private readonly steps: Uint16Array[] = [];
  private readonly size: number;
  private readonly perCell: Int32Array;

  constructor(size: number) {
    this.size = size;
    this.perCell = new Int32Array(size);
  }

  /** Spikes [T, N] of the next trial; adds its counts to `counts`. */
  add(spikes: Uint8Array, counts: Uint16Array): void {
    const cells: number[] = [];
    const steps: number[] = [];
    for (let at = spikes.indexOf(1); at >= 0; at = spikes.indexOf(1, at + 1)) {
      const cell = at % this.size;
      cells.push(cell);
      steps.push(Math.floor(at / this.size));
      counts[cell]! += 1;
      this.perCell[cell]! += 1;
    }
    this.cells.push(Uint32Array.from(cells));
    this.steps.push(Uint16Array.from(steps));
  }

  byCell(): RecordedSpikes {
    const cellPtr = new Int32Array(this.size + 1);
    this.perCell.forEach((count, i) => {
      cellPtr[i + 1] = cellPtr[i]! + count;
    });
    const next = cellPtr.slice(0, this.size);
    const [trial, step] = [new Uint16Array(cellPtr[this.size]!), new Uint16Array(cellPtr[this.size]!)];
    this.cells.forEach((cells, b) => {
      cells.forEach((cell, k) => {
        const at = next[cell]!++;
        trial[at] = b;
        step[at] = this.steps[b]![k]!;
      });
    });
    return { cellPtr, trial, step };
  }
}

/** [C, types] mean over each type's cells of what the odour adds to the chance of a spike. */
function driveOf(task: OdourTask, input: Population): Float32Array {
  const types = input.types.length;
  const sums = new Float64Array(task.odours.length * types);
  const cells = new Int32Array(types);
  for (const type of input.typeIdx) cells[type]! += 1;
  task.onProbability.forEach((p, k) => {
    const [odour, cell] = [Math.floor(k / task.inputSize), k % task.inputSize];
    const type = input.typeIdx[cell]!;
    sums[odour * types + type]! += (p - task.offProbability[cell]!) / cells[type]!;
  });
  return Float32Array.from(sums);
}

function slicesOf(model: Model, input: Population): RecordedPopulation[] {
  const hidden = model.network.topology.populations.map(({ name, offset, size }) => ({
    name,
    offset: offset + input.size,
    size,
  }));
  return [{ name: input.name, offset: 0, size: input.size }, ...hidden];
}

/**
 * Runs the trials one by one. The kernel holds the model's parameters. Deterministic. Throws RangeError where a trial has more than 65,535 steps
 * or there are more trials than that. cost: a forward pass a trial. `onTrial(done, total)` is called after each.
 */
export function recordTrials(
  kernel: Kernel,
  { model, task, pathway }: { readonly model: Model; readonly task: OdourTask; readonly pathway: Pathway },
  plan: RecordPlan,
  onTrial: (done: number, total: number) => void = () => {},
): Omit<ActivityRecord, 'provenance'> {
  const input = populationOf(pathway, task.population);
  const trials = plannedTrials(task, plan);
  if (trials.length > 65535 || task.steps > 65535) {
    throw new RangeError(`record: ${trials.length} trials of ${task.steps} steps, at most 65535 of each`);
  }
  const { size } = model.network.topology;
  const cells = input.size + size;
  const counts = new Uint16Array(trials.length * cells);
  const collector = new SpikeCollector(size);
  trials.forEach((trial, b) => {
    const events = drawTrial(task, trial);
    const row = counts.subarray(b * cells, (b + 1) * cells);
    for (const cell of events.cell) row[cell]! += 1;
    collector.add(kernel.record(events).spikes, row.subarray(input.size));
    onTrial(b + 1, trials.length);
  });
  const names = [...input.types, ...model.typeNames];
  return {
    odours: task.odours,
    steps: task.steps,
    dtMs: task.dtMs,
    binMs: plan.binMs,
    inputSize: input.size,
    populations: slicesOf(model, input),
    typeNames: names,
    typeIdx: Int32Array.from([...input.typeIdx, ...model.typeIdx.map((type) => type + input.types.length)]),
    trials: trialTable(task, trials),
    counts,
    spikes: collector.byCell(),
    drive: driveOf(task, input),
    driveTypes: input.types,
  };
}

function trialTable(task: OdourTask, trials: readonly Trial[]): RecordedTrials {
  const isBlank = ({ odour }: Trial) => odour === task.odours.length;
  return {
    odour: Int32Array.from(trials, ({ odour }) => odour),
    number: Int32Array.from(trials, ({ trial }) => trial),
    onSteps: Int32Array.from(trials, (trial) => (isBlank(trial) ? 0 : durationSteps(task, trial))),
  };
}
