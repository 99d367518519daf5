/** train: pathway + odour task → a trained spiking network, the untrained one beside it, and the course of the training. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { digestOf } from '../src/base/digest.ts';
import { percent } from '../src/base/text.ts';
import { version } from '../src/base/version.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { mergeSources, sourcesOf } from '../src/formats/data-sources.ts';
import { checkSplits } from '../src/odour/check-splits.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { encodeModel } from '../src/snn/network/model-file.ts';
import { needsDecayGradients } from '../src/snn/parameters/network-parameters.ts';
import { encodeCheckpoint, extendCheckpoint } from '../src/snn/training/checkpoint.ts';
import type { EpochRecord } from '../src/snn/training/epoch-record.ts';
import { prepareTraining } from '../src/snn/training/prepare-training.ts';
import { openBackend } from '../src/snn/training/tf-backend.ts';
import {
  metricsLines,
  type RunNames,
  summaryScalars,
  type TrainingHistory,
  tensorboardFile,
  wandbRun,
} from '../src/snn/training/training-log.ts';
import { trainingPlot } from '../src/snn/training/training-plot.ts';
import { TrainingRun } from '../src/snn/training/training-run.ts';
import type { TrainingSettings } from '../src/snn/training/training-settings.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { trainingDoubts, trainingHeadlines } from './train/headlines.ts';
import { LiveLog } from './train/live-log.ts';
import { Meter } from './train/meter.ts';
import { type Params, paramsSchema, type TrainParams } from './train/params.ts';
import { Scratch } from './train/scratch.ts';
import { checkPopulations, startSettings, trainingSettings } from './train/settings.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Trains the pathway to name odours by surrogate-gradient backpropagation through time.',
  params: paramsSchema,
  inputs: {
    pathway: { kind: 'pathway', about: 'populations and projections' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
    checkpoint: { kind: 'checkpoint', about: 'of a finished training, to go on for more epochs', optional: true },
  },
  outputs: {
    model: { kind: 'model', about: 'the trained network with its readouts' },
    untrained: { kind: 'model', about: 'the start with readouts trained in the same way' },
    metrics: { kind: 'jsonl', about: 'one JSON line an epoch, then one for the test split' },
    summary: { kind: 'json', about: 'headline figures' },
    checkpoints: { kind: 'folder', about: 'states to resume from' },
    tensorboard: { kind: 'folder', about: 'event files for TensorBoard' },
    wandb: { kind: 'folder', about: 'an offline run for `wandb sync`' },
    plot: { kind: 'svg', about: 'accuracy, loss and rates over epochs, SVG' },
  },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { params, inputs } = context;
  const pathwayFile = await readFile(inputs['pathway']!);
  const taskFile = await readFile(inputs['task']!);
  const pathway = decodePathway(pathwayFile);
  const task = decodeOdourTask(taskFile);
  checkSplits(task, ['train', 'validation', 'test'], 'train');
  const { train } = params;
  const seed = train.seed ?? params.seed;
  checkPopulations(train, pathway);
  const settings = trainingSettings(train, seed);
  const start = startSettings(train, settings);
  const backend = await openBackend(train.backend);
  const prepared = prepareTraining(
    pathway,
    task,
    start,
    (n) =>
      openKernel(train.kernel, n, { threads: context.cpus, decayGradients: needsDecayGradients(settings.parameters) }),
    {
      jumpBound: settings.jumpBound,
      onRound: (round) => context.progress(round + 1, start.calibrationRounds, 'calibration rounds'),
    },
  );
  const training = new TrainingRun({ ...prepared, task, settings });
  const data = mergeSources(sourcesOf(pathway.provenance), sourcesOf(task.provenance));
  const config = {
    train: settled(train, { seed, trialSeed: task.seed }),
    seed,
    trialSeed: task.seed,
    backend,
    data,
    pathway: rulesOf(pathway),
    odours: rulesOf(task),
    inputs: { pathway: digestOf(pathwayFile), task: digestOf(taskFile) },
  };
  try {
    return await trainAndWrite(context, training, config);
  } finally {
    training.dispose();
    prepared.kernel.close();
  }
}

/** All parameters as they count, defaults and seeds filled in; not what the run is called at W&B, which decides nothing. */
function settled(train: TrainParams, { seed, trialSeed }: { readonly seed: number; readonly trialSeed: number }) {
  const { log: _, calibration, ...others } = train;
  return { ...others, seed, calibration: { ...calibration, seed: calibration.seed ?? trialSeed } };
}

/** How the pathway or the task was made, without the list of its data. */
function rulesOf({ provenance }: { readonly provenance: Readonly<Record<string, unknown>> }): Record<string, unknown> {
  const { data: _, ...rules } = provenance;
  return rules;
}

type Config = Readonly<Record<string, unknown>>;

async function trainAndWrite(
  context: StageContext<Params>,
  training: TrainingRun,
  config: Config,
): Promise<readonly Headline[]> {
  const { settings } = training.setup;
  const scratch = new Scratch(context, training);
  if (!(await scratch.resume())) await goOnFrom(context, training);
  const names = runNames(context);
  const live = new LiveLog(context.live, names, config, (message) => context.warn(message));
  await live.open(training.history);
  context.log(`to watch: tensorboard --logdir ${context.live}/tensorboard`);
  const meter = new Meter(context);
  const done = await training.run({
    onStep: async (report) => {
      meter.count(report);
      await live.noteStep(report, meter.samplesPerSecond);
      await scratch.tick();
      return meter.show(report);
    },
    onEpoch: async (record) => {
      context.log(epochLine(record, settings));
      await live.noteEpoch(record);
      const bytes = encodeCheckpoint(training);
      await scratch.keep(bytes);
      if (record.epoch % context.params.train.checkpointEvery === 0 || record.epoch === settings.epochs)
        await writeCheckpoint(context, record.epoch, bytes);
    },
  });
  if (!done) {
    await scratch.keep(encodeCheckpoint(training));
    context.log(`stopped after ${training.step} of ${training.totalSteps} steps; the next run goes on from there`);
    context.signal.throwIfAborted();
  }
  const test = training.test();
  await live.end(training.step, test);
  await writeResults(context, training, { epochs: training.history, test, config }, names);
  await scratch.clear();
  for (const doubt of trainingDoubts(training, test)) context.warn(doubt);
  return trainingHeadlines(training, test);
}

function epochLine(record: EpochRecord, { epochs, readout }: TrainingSettings): string {
  const best = record.validation[readout]!;
  const { largestNorm, leading } = record.gradient;
  return `epoch ${record.epoch}/${epochs}: validation accuracy ${percent(best.accuracy)}, loss ${record.train.loss.toFixed(3)}, largest gradient ${largestNorm.toFixed(1)} (${leading})`;
}

/** A finished training goes on for more epochs where its checkpoint is an input. */
async function goOnFrom(context: StageContext, training: TrainingRun): Promise<void> {
  const path = context.inputs['checkpoint'];
  if (path === undefined) return;
  extendCheckpoint(training, await readFile(path));
  context.log(`goes on from a checkpoint after ${training.step} of ${training.totalSteps} steps`);
}

/** Told apart at W&B by the key: runs with other data, odours or settings have other ids. */
function runNames({ key, params }: StageContext<Params>): RunNames {
  const { project, name, group, tags } = params.train.log;
  const id = key.slice(0, 16);
  return {
    id,
    project,
    name: name ?? `train-${id}`,
    ...(group === null ? {} : { group }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

async function writeCheckpoint(context: StageContext, epoch: number, bytes: Uint8Array): Promise<void> {
  const name = `epoch-${String(epoch).padStart(4, '0')}.safetensors`;
  await writeFile(join(context.outputs['checkpoints']!, name), bytes);
}

async function writeResults(
  { outputs }: StageContext,
  training: TrainingRun,
  history: TrainingHistory,
  names: RunNames,
): Promise<void> {
  const summary = summaryScalars(history);
  // Not the key: an edit that leaves the network as it is would give it other bytes.
  const provenance = { ...history.config, version, metrics: summary };
  await writeFile(outputs['model']!, encodeModel(training.trainedModel(provenance)));
  await writeFile(outputs['untrained']!, encodeModel(training.untrainedModel(provenance)));
  await writeFile(outputs['metrics']!, metricsLines(history));
  await writeFile(outputs['summary']!, `${canonicalJson(summary)}\n`);
  await writeFile(outputs['plot']!, trainingPlot(history.epochs, training.setup.settings.readout, history.test));
  await writeFile(join(outputs['tensorboard']!, 'events.out.tfevents.0.cc-snn'), tensorboardFile(history));
  const wandb = wandbRun(history, names);
  await mkdir(dirname(join(outputs['wandb']!, wandb.path)), { recursive: true });
  await writeFile(join(outputs['wandb']!, wandb.path), wandb.bytes);
}
