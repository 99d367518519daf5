/** export: trained model + odour task → a self-contained PyNN project (SpiNNaker, NEST, Brian2), a NIR graph, and a report of what was rounded. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../src/base/digest.ts';
import { encodeNir } from '../src/formats/hdf5/nir.ts';
import { checkSplits } from '../src/odour/check-splits.ts';
import { drawTrial } from '../src/odour/draw-trial.ts';
import type { OdourTask, SpikeEvents, Trial } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { equalOf, equalText } from '../src/spinnaker/compare/comparison.ts';
import { saturationsOf, saturationText } from '../src/spinnaker/compare/saturations.ts';
import { nirDialects, nirNetwork } from '../src/spinnaker/project/nir-network.ts';
import { pynnProject } from '../src/spinnaker/project/pynn-project.ts';
import { checkExportable } from '../src/spinnaker/quantise/exportable.ts';
import { checkLosses, coarseVoltages } from '../src/spinnaker/quantise/lost-weights.ts';
import { type QuantisedNetwork, quantise } from '../src/spinnaker/quantise/quantise.ts';
import { readoutCellsIn, withReadoutCells } from '../src/spinnaker/quantise/readout-cells.ts';
import { FloatSimulator, peaksOver } from '../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../src/spinnaker/simulators/integer-simulator.ts';
import { agreementOf, totalAgreement } from '../src/spinnaker/simulators/raster.ts';
import { spreadTrials } from '../src/spinnaker/simulators/trial-choice.ts';
import { rowsOf, runRow, type Timetable } from '../src/spinnaker/simulators/trial-row.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './export/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'A trained model as a PyNN project that SpiNNaker, NEST and Brian2 run alike, and as a NIR graph.',
  params: paramsSchema,
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

/** The model as the board gets it. */
function boardModelOf(model: Model, readoutOnBoard: boolean, table: Timetable): Model {
  if (!readoutOnBoard) return model;
  return { ...model, network: withReadoutCells(model.network, model.readouts[0]!, table) };
}

function predict(model: Model, quantised: QuantisedNetwork, inputs: readonly SpikeEvents[], table: Timetable) {
  const onBoard = new IntegerSimulator(quantised.board);
  const cells = readoutCellsIn(quantised.board, model.steps);
  const trained = new FloatSimulator(model.network, 1);
  const later = new FloatSimulator(model.network, 2);
  const rows = rowsOf(inputs.length, table).map((row) => {
    const inRow = row.map((k) => inputs[k]!);
    return runRow(onBoard, inRow, table, cells, { peaks: true });
  });
  const boardRuns = rows.flatMap((row) => row.trials);
  return {
    boardRuns,
    peakSlots: rows.map((row) => row.whole.peakSlots!),
    ...(cells === null ? {} : { readoutVoltages: boardRuns.map((run) => run.voltages!) }),
    expected: {
      spiNNaker: boardRuns.map((run) => run.spikes),
      brian2: inputs.map((input) => trained.run(input).spikes),
      nest: inputs.map((input) => later.run(input).spikes),
    },
  };
}

function reportOf(quantised: QuantisedNetwork, prediction: ReturnType<typeof predict>) {
  const { populations } = quantised.board.wiring;
  const { boardRuns, peakSlots, expected } = prediction;
  const agreement = expected.spiNNaker.map((spikes, k) => agreementOf(expected.brian2[k]!, spikes, populations));
  return {
    populations: populations.map(({ name, size }, p) => ({
      name,
      size,
      shiftExcitatory: quantised.board.shifts[2 * p]!,
      shiftInhibitory: quantised.board.shifts[2 * p + 1]!,
      scale: quantised.scale[p]!,
      largestSlot: [0, 1].map((r) => Math.max(...peakSlots.map((slots) => slots[2 * p + r]!))),
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
  const settings = context.params.export;
  const bytes = await readFile(context.inputs['model']!);
  const model = decodeModel(bytes);
  const task = decodeOdourTask(await readFile(context.inputs['task']!));
  checkSplits(task, ['validation', 'test'], 'export');
  checkExportable(model);
  const calibration = draw(task, spreadTrials(task, 'validation', settings.calibrationTrials));
  const { trialsPerRun, gapSteps } = settings;
  const table: Timetable = { steps: model.steps, trialsPerRun, periodTicks: model.steps + gapSteps };
  const boardModel = boardModelOf(model, settings.readoutOnBoard, table);
  const { network } = boardModel;
  const policy = settings.quantisation;
  const quantised = quantise(network, peaksOver(network, calibration), policy);
  checkLosses(quantised, network, policy);
  for (const doubt of coarseVoltages(quantised, network)) context.warn(doubt);
  for (const { projection, vanished, edges } of quantised.projections) {
    if (vanished > 0)
      context.log(`${projection}: ${vanished} of ${edges} weights are too small for the board and became 0`);
  }
  const trials = spreadTrials(task, 'test', settings.trials);
  const inputs = draw(task, trials);
  const prediction = predict(model, quantised, inputs, table);
  const files = pynnProject({
    model: boardModel,
    modelDigest: digestOf(bytes),
    quantised,
    trials,
    inputs,
    expected: prediction.expected,
    ...(prediction.readoutVoltages === undefined ? {} : { readoutVoltages: prediction.readoutVoltages }),
    settings: {
      trialsPerRun,
      periodTicks: table.periodTicks,
      neuronsPerCore: settings.neuronsPerCore,
      timeScaleFactor: settings.timeScaleFactor,
      board: settings.board,
    },
  });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(context.outputs['project']!, name), content);
  await writeFile(context.outputs['nir']!, await encodeNir(nirNetwork(model, nirDialects[settings.nir])));
  const report = reportOf(quantised, prediction);
  await writeFile(context.outputs['report']!, `${JSON.stringify(report, null, 2)}\n`);
  return headlines(quantised, prediction, policy.weightBits);
}

function headlines(quantised: QuantisedNetwork, prediction: ReturnType<typeof predict>, bits: number): Headline[] {
  const vanished = quantised.projections.reduce((sum, p) => sum + p.vanished, 0);
  const totals = prediction.expected.spiNNaker.map((spikes, k) =>
    totalAgreement(agreementOf(prediction.expected.brian2[k]!, spikes, quantised.board.wiring.populations)),
  );
  const agreement = equalOf(
    totals.map(({ first, second, common }) => ({ equal: common, spikes: second, spikesReference: first })),
  );
  const saturations = saturationsOf(
    prediction.boardRuns.map((run) => run.saturations),
    quantised.board.wiring.populations,
  );
  return [
    {
      label: 'weights lost in rounding',
      value: `${vanished} of ${quantised.board.word.length}${bits < 16 ? `, of ${bits} bits` : ''}`,
    },
    { label: 'saturated ring buffers', value: saturationText(saturations) },
    { label: 'spikes after rounding', value: `${equalText(agreement)} at the same step` },
  ];
}
