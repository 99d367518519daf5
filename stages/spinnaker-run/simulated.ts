/** Target `simulated`: the exported integers on the integer simulator, beside the trained network in floats, on test trials. */
import { drawTrial } from '../../src/odor/draw-trial.ts';
import { namedClass } from '../../src/spinnaker/accuracy.ts';
import { compareTrials, equalOf } from '../../src/spinnaker/comparison.ts';
import { FloatSimulator } from '../../src/spinnaker/float-simulator.ts';
import { IntegerSimulator } from '../../src/spinnaker/integer-simulator.ts';
import type { Raster } from '../../src/spinnaker/raster.ts';
import { spreadTrials } from '../../src/spinnaker/trial-choice.ts';
import { type Outcome, percent } from './outcome.ts';
import type { ExportedProject } from './project.ts';

/** Trials whose spikes are compared one by one; the others only enter the accuracy. */
const comparedTrials = 40;

interface Sums {
  trained: number;
  board: number;
  same: number;
  saturations: number;
}

/** Runs `trialsPerOdour` test trials of each odour on both, and the exported trials from the project's files alone. */
export function runSimulated(
  project: ExportedProject,
  trialsPerOdour: number,
  progress: (done: number, total: number) => void,
): Outcome {
  const { model, task, board } = project;
  const { populations } = model.network.topology;
  const onBoard = new IntegerSimulator(board);
  const trained = new FloatSimulator(model.network);
  const spikes = project.inputs.map((input) => onBoard.run(input).spikes);
  const exported = equalOf(compareTrials(project.expected.spiNNaker, spikes, populations));
  const trials = spreadTrials(task, 'test', trialsPerOdour * task.odours.length);
  const sums: Sums = { trained: 0, board: 0, same: 0, saturations: 0 };
  const kept: { readonly trained: Raster; readonly board: Raster }[] = [];
  trials.forEach((trial, k) => {
    const input = drawTrial(task, trial);
    const run = onBoard.run(input);
    const reference = trained.run(input).spikes;
    const [byTrained, byBoard] = [namedClass(model, reference), namedClass(model, run.spikes)];
    sums.trained += Number(byTrained === trial.odour);
    sums.board += Number(byBoard === trial.odour);
    sums.same += Number(byTrained === byBoard);
    sums.saturations += run.saturations.reduce((a, b) => a + b, 0);
    if (kept.length < comparedTrials) kept.push({ trained: reference, board: run.spikes });
    progress(k + 1, trials.length);
  });
  const comparison = compareTrials(
    kept.map((pair) => pair.trained),
    kept.map((pair) => pair.board),
    populations,
  );
  const agreement = equalOf(comparison);
  return {
    spikes,
    report: {
      exportedTrials: { trials: spikes.length, spikesEqual: exported.equal, spikes: exported.of },
      testTrials: trials.length,
      accuracyTrained: sums.trained / trials.length,
      accuracyBoard: sums.board / trials.length,
      sameClass: sums.same / trials.length,
      saturations: sums.saturations,
      comparedTrials: kept.length,
      populations: comparison,
    },
    headlines: [
      {
        label: 'spikes equal on the simulated board',
        value: `${exported.equal} of ${exported.of} predicted by export`,
      },
      {
        label: 'spikes equal to the trained model',
        value: `${percent(agreement.equal / Math.max(1, agreement.of))} at the same step`,
      },
      {
        label: 'accuracy trained → board',
        value: `${percent(sums.trained / trials.length)} → ${percent(sums.board / trials.length)} of ${trials.length} test trials`,
      },
    ],
  };
}
