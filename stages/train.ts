/** train: pathway + odour task → a trained spiking network, the untrained one beside it, and the course of the training. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { percent } from '../src/base/text.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { encodeModel } from '../src/snn/network/model-file.ts';
import { encodeCheckpoint, restoreCheckpoint } from '../src/snn/training/checkpoint.ts';
import type { TestRecord } from '../src/snn/training/epoch-record.ts';
import { prepareTraining } from '../src/snn/training/prepare-training.ts';
import { openBackend } from '../src/snn/training/tf-backend.ts';
import {
  metricsLines,
  summaryScalars,
  type TrainingHistory,
  tensorboardFile,
  wandbRun,
} from '../src/snn/training/training-log.ts';
import { resolveTraining, type TrainParams } from '../src/snn/training/training-params.ts';
import { trainingPlot } from '../src/snn/training/training-plot.ts';
import { type StepReport, TrainingRun } from '../src/snn/training/training-run.ts';
import { defineStage, type Headline, type JsonSchema, type StageContext, type StageDefinition } from '../src/stage.ts';

interface Params {
  readonly train: TrainParams;
  readonly seed: number;
}

const positive = (about: string, fallback: number): JsonSchema => ({
  type: 'number',
  exclusiveMinimum: 0,
  description: about,
  default: fallback,
});
const whole = (about: string, fallback: number, minimum = 1): JsonSchema => ({
  type: 'integer',
  minimum,
  description: about,
  default: fallback,
});
const names = (about: string): JsonSchema => ({ type: 'array', items: { type: 'string' }, description: about });
const object = (about: string, properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  description: about,
  properties,
  additionalProperties: false,
});

const band: JsonSchema = {
  ...object('one band; squared relative hinges outside [lo, hi]', {
    population: { type: 'string' },
    scope: {
      enum: ['cellTrial', 'cell', 'population', 'active'],
      description: 'what is bounded, see docs/training.md',
    },
    lo: { type: 'number', description: 'Hz, or a fraction for `active`' },
    hi: { type: 'number', description: 'Hz, or a fraction for `active`' },
    weight: { type: 'number', minimum: 0 },
  }),
  required: ['population', 'scope', 'weight'],
};

const declaration: JsonSchema = {
  description: 'a name, or an object with what differs from its default',
  oneOf: [
    { enum: ['gain', 'tauM', 'vThresh', 'iOffset', 'tauSynE', 'tauSynI', 'readout'] },
    {
      ...object('a declared group', {
        what: { enum: ['gain', 'tauM', 'vThresh', 'iOffset', 'tauSynE', 'tauSynI'] },
        sharedBy: { enum: ['pair', 'transmitter', 'type', 'synapse', 'network', 'population', 'neuron'] },
        bounds: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2, description: 'in units' },
        learningRate: positive('factor on train.learningRate', 1),
        prior: object('pull towards the start', { strength: { type: 'number', minimum: 0, default: 0 } }),
      }),
      required: ['what'],
    },
  ],
};

const trainSchema: JsonSchema = object('the training, see docs/training.md', {
  epochs: whole('passes over fresh training trials', 6),
  batch: whole('trials a step', 32),
  learningRate: positive("Adam's rate for the network at the first step; half a cosine to 0", 0.015),
  readoutLearningRate: positive('the same for all readouts', 0.1),
  parameters: { type: 'array', items: declaration, description: 'what is trained; readouts always are' },
  prior: object('λ·Σu² around the start, for all groups', { strength: { type: 'number', minimum: 0, default: 0 } }),
  readout: { type: 'string', default: 'MBON', description: 'population whose spike counts train the network' },
  otherReadouts: names('populations with readouts that do not train the network; default PN, KC'),
  baseline: { type: 'boolean', default: true, description: 'read out the untrained network beside, same trials' },
  rates: object('terms that keep rates in bands', {
    strength: { type: 'number', minimum: 0, default: 1 },
    bands: { type: 'array', items: band },
  }),
  labelSmoothing: { type: 'number', minimum: 0, maximum: 0.5, default: 0 },
  surrogate: object('the triangle for ds/dV', {
    relativeWidth: positive('half-width over vThresh − vReset', 0.5),
    damping: positive('factor on its slope', 0.2),
  }),
  jumpBound: {
    type: ['number', 'null'],
    exclusiveMinimum: 0,
    default: 0.25,
    description: 'most that one recurrent synapse may lift its target, relative to threshold; null: no bound',
  },
  gradient: object('limits on the gradient of the network', {
    clipNorm: positive('longer gradients are scaled to this norm', 1),
    skipNorm: positive('steps with longer gradients are left out', 1000),
    mostSkipped: whole('more such steps in a row stop the training', 50),
  }),
  calibration: object('forward runs that set the thresholds of the untrained network', {
    trials: whole('training trials used', 64),
    rounds: whole('rounds', 12, 0),
    leastThreshold: positive('lowest threshold, relative to the uncalibrated one', 0.5),
  }),
  targetRateHz: {
    type: 'object',
    additionalProperties: { type: 'number', exclusiveMinimum: 0 },
    description: 'mean rate of each population in the untrained network, Hz',
  },
  excitation: positive('excitatory drive of a population at those rates, over the uncalibrated threshold', 2),
  inhibition: positive('inhibitory over excitatory drive of a population at those rates', 0.5),
  dropOutputsOf: names('populations without fast outputs; default none'),
  checkpointEvery: whole('epochs between checkpoints; there is always one at the end', 10),
  kernel: {
    enum: ['reference', 'wasm'],
    default: 'wasm',
    description: 'the code that steps cells; results are the same bits',
  },
  backend: { enum: ['wasm', 'tensorflow'], default: 'wasm', description: 'the tfjs backend of readouts and optimizer' },
});

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Trains the pathway to name odours by surrogate-gradient backpropagation through time.',
  params: {
    type: 'object',
    properties: { train: trainSchema, seed: { type: 'integer', minimum: 0, description: 'order of the trials' } },
    required: ['train', 'seed'],
  },
  inputs: {
    pathway: { kind: 'pathway', about: 'populations and projections' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
  },
  outputs: {
    model: { kind: 'model', about: 'the trained network with its readouts' },
    untrained: { kind: 'model', about: 'the start with readouts trained in the same way' },
    metrics: { kind: 'table', about: 'one JSON line an epoch, then one for the test split' },
    summary: { kind: 'report', about: 'headline figures' },
    checkpoints: { kind: 'folder', about: 'states to resume from' },
    tensorboard: { kind: 'folder', about: 'event files for TensorBoard' },
    wandb: { kind: 'folder', about: 'an offline run for `wandb sync`' },
    plot: { kind: 'report', about: 'accuracy, loss and rates over epochs, SVG' },
  },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { params, inputs } = context;
  const pathway = decodePathway(await readFile(inputs['pathway']!));
  const task = decodeOdourTask(await readFile(inputs['task']!));
  const {
    settings,
    start,
    checkpointEvery,
    kernel: kind,
    backend: wanted,
  } = resolveTraining(params.train, params.seed, pathway);
  const backend = await openBackend(wanted);
  const prepared = prepareTraining(pathway, task, start, (n) => openKernel(kind, n, { threads: context.cpus }), {
    jumpBound: settings.jumpBound,
    onRound: (round) => context.progress(round + 1, start.calibrationRounds, 'calibration rounds'),
  });
  const training = new TrainingRun({ ...prepared, task, settings });
  const config = { train: params.train, seed: params.seed, backend };
  try {
    await resume(context, training);
    const meter = new Meter(context, settings.epochs * task.odours.length * task.trials.train);
    const done = await training.run({
      onStep: (report) => meter.step(report),
      onEpoch: async (record) => {
        const best = record.validation[settings.readout]!;
        context.log(
          `epoch ${record.epoch}/${settings.epochs}: validation accuracy ${percent(best.accuracy)}, loss ${record.train.loss.toFixed(3)}, largest gradient ${record.gradient.largestNorm.toFixed(1)} (${record.gradient.leading})`,
        );
        if (record.epoch % checkpointEvery === 0 || record.epoch === settings.epochs) {
          await writeCheckpoint(context, training, record.epoch);
        }
      },
    });
    if (!done) {
      await writeScratch(context, encodeCheckpoint(training));
      context.log(`stopped after ${training.step} of ${training.totalSteps} steps; the next run goes on from there`);
      context.signal.throwIfAborted();
    }
    return await writeResults(context, training, config);
  } finally {
    training.dispose();
    prepared.kernel.close();
  }
}

const SCRATCH_FILE = 'checkpoint.safetensors';

async function resume(context: StageContext, training: TrainingRun): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(context.scratch, SCRATCH_FILE));
  } catch {
    return;
  }
  restoreCheckpoint(training, bytes);
  context.log(`goes on after ${training.step} of ${training.totalSteps} steps`);
}

async function writeScratch(context: StageContext, bytes: Uint8Array): Promise<void> {
  const path = join(context.scratch, SCRATCH_FILE);
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

async function writeCheckpoint(context: StageContext, training: TrainingRun, epoch: number): Promise<void> {
  const bytes = encodeCheckpoint(training);
  const name = `epoch-${String(epoch).padStart(4, '0')}.safetensors`;
  await writeFile(join(context.outputs['checkpoints']!, name), bytes);
  await writeScratch(context, bytes);
}

async function writeResults(
  context: StageContext,
  training: TrainingRun,
  config: Readonly<Record<string, unknown>>,
): Promise<readonly Headline[]> {
  const { outputs } = context;
  const test = training.test();
  const history: TrainingHistory = { epochs: training.history, test, config };
  const summary = summaryScalars(history);
  const provenance = { ...config, metrics: summary };
  await writeFile(outputs['model']!, encodeModel(training.trainedModel(provenance)));
  await writeFile(outputs['untrained']!, encodeModel(training.untrainedModel(provenance)));
  await writeFile(outputs['metrics']!, metricsLines(history));
  await writeFile(outputs['summary']!, `${canonicalJson(summary)}\n`);
  await writeFile(outputs['plot']!, trainingPlot(history.epochs, training.setup.settings.readout, test));
  await writeFile(join(outputs['tensorboard']!, 'events.out.tfevents.0.cc-snn'), tensorboardFile(history));
  const wandb = wandbRun(history);
  await mkdir(dirname(join(outputs['wandb']!, wandb.path)), { recursive: true });
  await writeFile(join(outputs['wandb']!, wandb.path), wandb.bytes);
  await rm(join(context.scratch, SCRATCH_FILE), { force: true });
  return headlines(training, test);
}

function headlines(training: TrainingRun, test: TestRecord): Headline[] {
  const { task, settings } = training.setup;
  const of = (name: string) => test.test[name];
  const lines: Headline[] = [
    {
      label: `test accuracy, ${settings.readout} readout`,
      value: `${percent(of(settings.readout)!.accuracy)} (chance ${percent(1 / task.odours.length)})`,
    },
  ];
  const untrained = of(`untrained ${settings.readout}`);
  if (untrained !== undefined) {
    lines.push({ label: 'untrained network, same readout', value: percent(untrained.accuracy) });
  }
  const rates = Object.entries(test.activity.rateHz).map(([name, hz]) => `${name} ${hz.toPrecision(2)}`);
  return [...lines, { label: 'mean rates, Hz', value: rates.join(' · ') }];
}

/** Steps → progress with samples a second; lets signals in now and then. */
class Meter {
  private readonly context: StageContext;
  private readonly totalSamples: number;
  private readonly began = performance.now();
  private samples = 0;
  private smoothed: { loss: number; accuracy: number } | undefined;
  constructor(context: StageContext, totalSamples: number) {
    this.context = context;
    this.totalSamples = totalSamples;
  }

  async step(report: StepReport): Promise<boolean> {
    this.samples += report.samples;
    const old = this.smoothed ?? report;
    this.smoothed = { loss: 0.9 * old.loss + 0.1 * report.loss, accuracy: 0.9 * old.accuracy + 0.1 * report.accuracy };
    const rate = this.samples / ((performance.now() - this.began) / 1000);
    const left = ((report.steps - report.step) / report.steps) * this.totalSamples;
    this.context.progress(report.step, report.steps, 'steps', {
      epoch: report.epoch,
      'samples/s': Number(rate.toFixed(1)),
      'ETA s': Math.round(left / rate),
      loss: Number(this.smoothed.loss.toFixed(3)),
      accuracy: percent(this.smoothed.accuracy),
    });
    await new Promise((resolve) => setImmediate(resolve));
    return !this.context.signal.aborted;
  }
}
