/** evaluate: trained and untrained network under the test trials → accuracy beside baselines and ceiling, activity beside physiology, a page to look at. */
import { readFile, writeFile } from 'node:fs/promises';
import { inputBaselines } from '../src/analysis/evaluation/baselines.ts';
import type { LabelledCounts } from '../src/analysis/evaluation/converged-readout.ts';
import { besideUntrained, evaluateNetwork, joinEvaluation } from '../src/analysis/evaluation/evaluation.ts';
import { metricsOf } from '../src/analysis/evaluation/metrics.ts';
import type { NetworkRun } from '../src/analysis/evaluation/network-activity.ts';
import { confusionCsv, perOdourCsv } from '../src/analysis/evaluation/tables.ts';
import {
  drawBlanks,
  drawTestTrials,
  inputCellCounts,
  type TestTrials,
} from '../src/analysis/evaluation/test-trials.ts';
import { evaluationPage } from '../src/analysis/report/evaluation-page.ts';
import { exampleTrial } from '../src/analysis/report/example-trial.ts';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { type Pathway, populationOf } from '../src/connectome/pathway.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { checkSplits } from '../src/odour/check-splits.ts';
import { trialsOf } from '../src/odour/draw-trial.ts';
import type { OdourTask, SpikeEvents, Trial } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import type { Kernel } from '../src/snn/kernel/kernel.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { kernelTaskOf, kernelTrialsOf } from '../src/snn/network/kernel-task.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../src/snn/network/simulate.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { headlines } from './evaluate/headlines.ts';
import { type KernelName, type Params, paramsSchema } from './evaluate/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Holds the trained network against chance, the untrained one, what its input tells, and the fly.',
  params: paramsSchema,
  inputs: {
    model: { kind: 'model', about: 'the trained network with its readouts' },
    untrained: { kind: 'model', about: 'the network before training, readouts trained in the same way' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
    pathway: { kind: 'pathway', about: 'populations and projections' },
  },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, JSON' },
    perOdour: { kind: 'csv', about: 'accuracy of each odour, CSV' },
    confusion: { kind: 'csv', about: 'odours taken for one another: actual, predicted, count, CSV' },
    report: { kind: 'html', about: 'one self-contained page of figures' },
  },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { inputs, outputs, params } = context;
  const model = decodeModel(await readFile(inputs['model']!));
  const untrained = decodeModel(await readFile(inputs['untrained']!));
  const task = decodeOdourTask(await readFile(inputs['task']!));
  checkSplits(task, ['test', ...(params.evaluate.learnerTrials > 0 ? (['train'] as const) : [])], 'evaluate');
  const pathway = decodePathway(await readFile(inputs['pathway']!));
  for (const given of [model, untrained]) checkFit(given, task, pathway);
  const { learnerTrials, blankTrials, kernel: kind } = params.evaluate;
  const test = drawTestTrials(task, progressOf(context, 'test trials drawn'));
  const blanks = drawBlanks(task, blankTrials);
  const trained = runNetwork(context, kind, model, task, test, blanks, 'trained');
  const before = runNetwork(context, kind, untrained, task, test, blanks, 'untrained');
  const seed = params.evaluate.seed ?? params.seed;
  const learner = { trialsPerOdour: learnerTrials, ...progressOf(context, 'training trials drawn') };
  const baselines = inputBaselines(task, test, learner, seed);
  const readout = model.readouts[0]?.population;
  const start = evaluateNetwork(untrained, task, before.run, test.labels, readout, seed);
  const own = evaluateNetwork(model, task, trained.run, test.labels, readout, seed);
  const beside = besideUntrained(own, start, task.odours.length, seed);
  const evaluation = joinEvaluation({ task, test, trained: beside, untrained: start, baselines }, seed);
  const example = exampleTrial(evaluation, blanks[0]!, trained.recordTrial);
  trained.close();
  before.close();
  await writeFile(outputs['metrics']!, `${canonicalJson(metricsOf(evaluation))}\n`);
  await writeFile(outputs['perOdour']!, perOdourCsv(evaluation));
  await writeFile(outputs['confusion']!, confusionCsv(evaluation));
  await writeFile(outputs['report']!, evaluationPage(evaluation, model, example, context.key));
  if (evaluation.leakage.alarm) {
    context.warn('leakage: the network beats the ideal observer of its input; labels or trials leak into it');
  }
  return headlines(evaluation);
}

/** Throws RangeError where model, task and pathway do not belong together. */
function checkFit(model: Model, task: OdourTask, pathway: Pathway): void {
  const { topology } = model.network;
  if (topology.inputPopulation !== task.population || topology.inputSize !== task.inputSize) {
    throw new RangeError(
      `evaluate: the model reads ${topology.inputSize} cells of ${topology.inputPopulation}, the task drives ${task.inputSize} of ${task.population}; make both from one pathway`,
    );
  }
  if (model.steps !== task.steps) {
    throw new RangeError(`evaluate: the model runs ${model.steps} steps a trial, the task has ${task.steps}`);
  }
  for (const { name, size } of topology.populations) {
    const there = populationOf(pathway, name).size;
    if (there !== size) throw new RangeError(`evaluate: the model has ${size} cells of ${name}, the pathway ${there}`);
  }
}

function progressOf(context: StageContext, unit: string) {
  return {
    onTrial: (done: number, total: number) => {
      if (done % 64 === 0 || done === total) context.progress(done, total, unit);
      context.signal.throwIfAborted();
    },
  };
}

interface NetworkTrials {
  readonly run: NetworkRun;
  /** Spikes [T, N] of one trial. */
  readonly recordTrial: (events: SpikeEvents) => Uint8Array;
  readonly close: () => void;
}

/** Of training trials, which the kernel draws. */
function trainingCounts(kernel: Kernel, trials: readonly Trial[], onBatch: (done: number) => void): LabelledCounts {
  const counts = spikeCounts(kernel, { trials: kernelTrialsOf(trials) }, { onBatch });
  return { counts, labels: Int32Array.from(trials, ({ odour }) => odour) };
}

function runNetwork(
  context: StageContext<Params>,
  kind: KernelName,
  model: Model,
  task: OdourTask,
  test: TestTrials,
  blanks: readonly SpikeEvents[],
  name: string,
): NetworkTrials {
  const kernel: Kernel = openKernel(kind, kernelNetworkOf(model.network, model.steps), { threads: context.cpus });
  kernel.setParameters(kernelParametersOf(model.network));
  const { inputSize } = model.network.topology;
  kernel.setTask(kernelTaskOf(task));
  const learner = trialsOf(task, 'train').filter(({ trial }) => trial < context.params.evaluate.learnerTrials);
  const tested = test.events.length;
  const after = (before: number) => (done: number) => {
    context.progress(before + done, tested + learner.length, `trials, ${name} network`);
    context.signal.throwIfAborted();
  };
  const run: NetworkRun = {
    counts: spikeCounts(kernel, { inputs: test.events }, { onBatch: after(0) }),
    blanks: spikeCounts(kernel, { inputs: blanks }),
    inputCounts: inputCellCounts(test.events, inputSize),
    inputBlanks: inputCellCounts(blanks, inputSize),
    ...(learner.length === 0 ? {} : { training: trainingCounts(kernel, learner, after(tested)) }),
  };
  return { run, recordTrial: (events) => kernel.record(events).spikes, close: () => kernel.close() };
}
