/** export: trained model + odour task → a self-contained PyNN project (SpiNNaker, NEST, Brian2), a NIR graph, and a report of what was rounded. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNir } from '../src/formats/hdf5/nir.ts';
import { drawTrial } from '../src/odour/draw-trial.ts';
import type { OdourTask, SpikeEvents, Trial } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { equalOf, equalText } from '../src/spinnaker/compare/comparison.ts';
import { saturationsOf, saturationText } from '../src/spinnaker/compare/saturations.ts';
import { type BoardAddress, defaultBoard } from '../src/spinnaker/project/board-config.ts';
import { nirNetwork } from '../src/spinnaker/project/nir-network.ts';
import { pynnProject } from '../src/spinnaker/project/pynn-project.ts';
import { calibrate } from '../src/spinnaker/quantise/calibration.ts';
import { checkExportable } from '../src/spinnaker/quantise/exportable.ts';
import { checkLosses, coarseVoltages } from '../src/spinnaker/quantise/lost-weights.ts';
import {
  defaultPolicy,
  type QuantisationPolicy,
  type QuantisedNetwork,
  quantise,
} from '../src/spinnaker/quantise/quantise.ts';
import { FloatSimulator } from '../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../src/spinnaker/simulators/integer-simulator.ts';
import { agreementOf, totalAgreement } from '../src/spinnaker/simulators/raster.ts';
import { spreadTrials } from '../src/spinnaker/simulators/trial-choice.ts';
import { defineStage, type Headline, type JsonSchema, type StageContext, type StageDefinition } from '../src/stage.ts';

interface Params {
  readonly export?: {
    readonly board?: Partial<BoardAddress>;
    readonly quantisation?: Partial<QuantisationPolicy>;
    readonly trials?: number;
    readonly calibrationTrials?: number;
    readonly neuronsPerCore?: number;
    readonly timeScaleFactor?: number;
  };
}

const board: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    machineName: { type: 'string', default: defaultBoard.machineName, description: 'address of the board' },
    version: { enum: [3, 5], default: defaultBoard.version, description: '3: 4 chips, 5: 48 chips' },
    hostAddress: {
      type: 'string',
      default: defaultBoard.hostAddress,
      description: "the host's address towards the board",
    },
  },
};

const quantisation: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rule: {
      enum: ['calibrated', 'stock'],
      default: defaultPolicy.rule,
      description: "measured ranges, or sPyNNaker's worst case",
    },
    headroom: {
      type: 'number',
      minimum: 1,
      default: defaultPolicy.headroom,
      description: 'ring buffers hold this times the largest input measured',
    },
    maxScale: {
      type: 'number',
      minimum: 1,
      default: defaultPolicy.maxScale,
      description: 'largest factor on voltages and weights',
    },
  },
};

const positive = (about: string, fallback: number): JsonSchema => ({
  type: 'integer',
  minimum: 1,
  default: fallback,
  description: about,
});

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'A trained model as a PyNN project that SpiNNaker, NEST and Brian2 run alike, and as a NIR graph.',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      export: {
        type: 'object',
        additionalProperties: false,
        properties: {
          board,
          quantisation,
          trials: positive('test trials whose input and predicted spikes go along', 20),
          calibrationTrials: positive('validation trials simulated to find the ranges', 24),
          neuronsPerCore: positive('cells on one core of the board', 256),
          timeScaleFactor: {
            type: 'number',
            minimum: 1,
            default: 10,
            description: 'the board runs this much slower than real time',
          },
        },
      },
    },
  },
  inputs: {
    model: { kind: 'model', about: 'The trained network.' },
    task: { kind: 'odour-task', about: 'The trials to take input spikes from.' },
  },
  outputs: {
    project: { kind: 'pynn-project', about: 'run.py, its data, requirements, README.' },
    nir: { kind: 'nir', about: 'The network as a Neuromorphic Intermediate Representation graph (HDF5).' },
    report: { kind: 'json', about: 'Shifts, scales, rounding and saturation by projection and population.' },
  },
  run,
});
export default stage;

function draw(task: OdourTask, trials: readonly Trial[]): SpikeEvents[] {
  return trials.map((trial) => drawTrial(task, trial));
}

function predict(model: Model, quantised: QuantisedNetwork, inputs: readonly SpikeEvents[]) {
  const onBoard = new IntegerSimulator(quantised.board);
  const trained = new FloatSimulator(model.network, 1);
  const later = new FloatSimulator(model.network, 2);
  const boardRuns = inputs.map((input) => onBoard.run(input, { peaks: true }));
  return {
    boardRuns,
    expected: {
      spiNNaker: boardRuns.map((run) => run.spikes),
      brian2: inputs.map((input) => trained.run(input).spikes),
      nest: inputs.map((input) => later.run(input).spikes),
    },
  };
}

function reportOf(model: Model, quantised: QuantisedNetwork, prediction: ReturnType<typeof predict>) {
  const { populations } = model.network.topology;
  const { boardRuns, expected } = prediction;
  const agreement = expected.spiNNaker.map((spikes, k) => agreementOf(expected.brian2[k]!, spikes, populations));
  return {
    populations: populations.map(({ name, size }, p) => ({
      name,
      size,
      shiftExcitatory: quantised.board.shifts[2 * p]!,
      shiftInhibitory: quantised.board.shifts[2 * p + 1]!,
      scale: quantised.scale[p]!,
      largestSlot: [0, 1].map((r) => Math.max(...boardRuns.map((run) => run.peakSlots![2 * p + r]!))),
      saturations: boardRuns.reduce((sum, run) => sum + run.saturations[p]!, 0),
      spikesTrained: agreement.reduce((sum, parts) => sum + parts[p]!.first, 0),
      spikesBoard: agreement.reduce((sum, parts) => sum + parts[p]!.second, 0),
      spikesEqual: agreement.reduce((sum, parts) => sum + parts[p]!.common, 0),
    })),
    projections: quantised.projections,
    trials: boardRuns.length,
  };
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const settings = context.params.export ?? {};
  const model = decodeModel(await readFile(context.inputs['model']!));
  const task = decodeOdourTask(await readFile(context.inputs['task']!));
  checkExportable(model);
  const calibration = draw(task, spreadTrials(task, 'validation', settings.calibrationTrials ?? 24));
  const peaks = calibrate(model.network, calibration);
  const policy = { ...defaultPolicy, ...settings.quantisation };
  const quantised = quantise(model.network, peaks, policy);
  checkLosses(quantised, model.network, policy);
  for (const doubt of coarseVoltages(quantised, model.network)) context.warn(doubt);
  for (const { projection, vanished, edges } of quantised.projections) {
    if (vanished > 0)
      context.log(`${projection}: ${vanished} of ${edges} weights are too small for the board and became 0`);
  }
  const trials = spreadTrials(task, 'test', settings.trials ?? 20);
  const inputs = draw(task, trials);
  const prediction = predict(model, quantised, inputs);
  const files = pynnProject({
    model,
    quantised,
    trials,
    inputs,
    expected: prediction.expected,
    settings: { neuronsPerCore: settings.neuronsPerCore ?? 256, timeScaleFactor: settings.timeScaleFactor ?? 10 },
    board: { ...defaultBoard, ...settings.board },
  });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(context.outputs['project']!, name), content);
  await writeFile(context.outputs['nir']!, await encodeNir(nirNetwork(model)));
  const report = reportOf(model, quantised, prediction);
  await writeFile(context.outputs['report']!, `${JSON.stringify(report, null, 2)}\n`);
  return headlines(model, quantised, prediction);
}

function headlines(model: Model, quantised: QuantisedNetwork, prediction: ReturnType<typeof predict>): Headline[] {
  const vanished = quantised.projections.reduce((sum, p) => sum + p.vanished, 0);
  const totals = prediction.expected.spiNNaker.map((spikes, k) =>
    totalAgreement(agreementOf(prediction.expected.brian2[k]!, spikes, model.network.topology.populations)),
  );
  const agreement = equalOf(
    totals.map(({ first, second, common }) => ({ equal: common, spikes: second, spikesReference: first })),
  );
  const saturations = saturationsOf(
    prediction.boardRuns.map((run) => run.saturations),
    model.network.topology.populations,
  );
  return [
    { label: 'weights lost in rounding', value: `${vanished} of ${quantised.board.word.length}` },
    { label: 'saturated ring buffers', value: saturationText(saturations) },
    { label: 'spikes after rounding', value: `${equalText(agreement)} at the same step` },
  ];
}
