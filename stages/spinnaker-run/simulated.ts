/** Target `simulated`: the exported integers on the integer simulator, beside the trained network in 32- and 64-bit floats, on test trials. */

import { percent } from '../../src/base/text.ts';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import { classesOfCounts, classesOfVoltages, namedClass } from '../../src/spinnaker/compare/accuracy.ts';
import { compareTrials, equalOf, equalText } from '../../src/spinnaker/compare/comparison.ts';
import { type Saturations, saturationsOf, saturationText } from '../../src/spinnaker/compare/saturations.ts';
import { type SystemResult, sideBySide } from '../../src/spinnaker/compare/side-by-side.ts';
import { FloatSimulator } from '../../src/spinnaker/simulators/float-simulator.ts';
import { type InputSpikes, IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import { TrainedSimulator } from '../../src/spinnaker/simulators/trained-simulator.ts';
import { spreadTrials } from '../../src/spinnaker/simulators/trial-choice.ts';
import { runRows, type TrialRun } from '../../src/spinnaker/simulators/trial-row.ts';
import type { Headline } from '../../src/stage.ts';
import type { Outcome } from './outcome.ts';
import { ownReadoutHeadline, ownReadoutOf, readoutHeadlines } from './own-readout.ts';
import type { ExportedProject } from './project.ts';

/** Trials whose spikes are compared one by one; the others only enter the accuracy. */
const comparedTrials = 40;

/** A run that grows trial by trial. */
interface Growing {
  readonly classes: number[];
  readonly spikes: Raster[];
}

/** What full ring buffers mean for a real board. */
function refusedOnBoard(saturations: Saturations): string {
  return `ring buffers were full: ${saturationText(saturations)}; a board counts that as a loss and its run is refused: raise export.quantisation.headroom`;
}

/** Trials on the simulated board, as many in a run as the board does, or each from rest. */
function onBoard(
  { head, board, readout }: ExportedProject,
  inputs: readonly InputSpikes[],
  progress?: (done: number) => void,
  trialsPerRun: number = head.trialsPerRun,
): TrialRun[] {
  return runRows(new IntegerSimulator(board), inputs, { ...head, trialsPerRun }, readout?.cells ?? null, progress);
}

/** The same trials on all three simulators; the trained network and doubles beside the board's integers. */
function runAll(project: ExportedProject, inputs: readonly InputSpikes[], progress: (done: number) => void) {
  const { model } = project;
  const inDoubles = new FloatSimulator(model.network);
  const float64: Growing = { classes: [], spikes: [] };
  const note = (into: Growing, raster: Raster) => {
    into.classes.push(namedClass(model, raster));
    if (into.spikes.length < comparedTrials) into.spikes.push(raster);
  };
  for (const input of inputs) note(float64, inDoubles.run(input).spikes);
  const runs = onBoard(project, inputs, progress);
  const classesOf = (trials: readonly TrialRun[]) => trials.map(({ spikes }) => namedClass(model, spikes));
  const integers = { classes: classesOf(runs), spikes: runs.slice(0, comparedTrials).map((run) => run.spikes) };
  const integersFromRest =
    project.head.trialsPerRun === 1 ? undefined : { classes: classesOf(onBoard(project, inputs, undefined, 1)) };
  const asTrained = new TrainedSimulator(model);
  const counts = asTrained.counts(inputs, (done) => progress(inputs.length + done));
  const spikes = inputs.slice(0, comparedTrials).map((input) => asTrained.run(input));
  asTrained.close();
  return {
    trained: { classes: classesOfCounts(model, counts), spikes },
    float64,
    integers,
    integersFromRest,
    saturated: runs.map((run) => run.saturations),
    voltages: runs.map((run) => run.voltages ?? new Int32Array(0)),
  };
}

/** Runs `trialsPerOdour` test trials of each odour on all three, and the exported trials from the project's files alone. */
export function runSimulated(
  project: ExportedProject,
  trialsPerOdour: number,
  progress: (done: number, total: number) => void,
): Outcome {
  const { task, readout } = project;
  const { populations } = project.board.wiring;
  const exportedRuns = onBoard(project, project.inputs);
  const spikes = exportedRuns.map((run) => run.spikes);
  const exported = equalOf(compareTrials(project.expected.spiNNaker, spikes, populations));
  const trials = spreadTrials(task, 'test', trialsPerOdour * task.odours.length);
  const inputs = trials.map((trial) => drawTrial(task, trial));
  const runs = runAll(project, inputs, (done) => progress(done, 2 * trials.length));
  const { trained, float64, integers } = runs;
  const odours = trials.map((trial) => trial.odour);
  const systems = sideBySide(odours, populations, trained, {
    float64,
    integers,
    ...(readout === null ? {} : { integersReadout: { classes: classesOfVoltages(runs.voltages) } }),
    ...(runs.integersFromRest === undefined ? {} : { integersFromRest: runs.integersFromRest }),
  });
  const exportedVoltages = readout === null ? null : exportedRuns.map((run) => run.voltages!);
  const ofReadout = readoutHeadlines(project, 'on the simulated board', exportedVoltages, spikes);
  const own = readout === null ? undefined : ownReadoutOf(odours, runs.voltages, integers.classes);
  const saturations = saturationsOf(runs.saturated, populations);
  return {
    spikes,
    report: {
      exportedTrials: { trials: spikes.length, spikesEqual: exported.equal, spikes: exported.of },
      testTrials: trials.length,
      saturations: saturations.additions,
      saturatedTrials: saturations.inTrials,
      saturationsByPopulation: saturations.byPopulation,
      comparedTrials: trained.spikes.length,
      ...(own === undefined ? {} : { ownReadout: own }),
      systems,
    },
    systems,
    headlines: [
      ...headlinesOf(systems, equalText(exported), trials.length, saturations),
      ...(own === undefined ? [] : [ownReadoutHeadline(own)]),
      ...ofReadout.headlines.slice(0, 1),
    ],
    ...(saturations.additions === 0 ? {} : { warnings: [refusedOnBoard(saturations)] }),
  };
}

function headlinesOf(
  systems: Readonly<Record<string, SystemResult>>,
  exported: string,
  trials: number,
  saturations: Saturations,
): Headline[] {
  const agreement = equalOf(systems['integers']!.populations!);
  const accuracy = (name: string) => percent(systems[name]!.accuracy);
  return [
    { label: 'spikes equal on the simulated board', value: `${exported} predicted by export` },
    {
      label: 'spikes equal to the trained model',
      value: `${percent(agreement.equal / Math.max(1, agreement.of))} at the same step`,
    },
    {
      label: 'accuracy trained → board',
      value: `${accuracy('trained')} → ${accuracy('integers')} of ${trials} test trials`,
    },
    { label: 'additions to full ring buffers', value: saturationText(saturations) },
  ];
}
