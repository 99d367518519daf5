/** Target `loihi`: the trained network in Loihi's integers, simulated, beside the trained model on test trials. Other hardware than the project's. */
import { percent } from '../../src/base/text.ts';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import { namedClass } from '../../src/spinnaker/compare/accuracy.ts';
import { sideBySide } from '../../src/spinnaker/compare/side-by-side.ts';
import { loihiNetwork, type QuantisedLoihi } from '../../src/spinnaker/quantise/loihi-network.ts';
import { FloatSimulator } from '../../src/spinnaker/simulators/float-simulator.ts';
import { LoihiSimulator } from '../../src/spinnaker/simulators/loihi-simulator.ts';
import { spreadTrials } from '../../src/spinnaker/simulators/trial-choice.ts';
import { markdownTable } from './markdown.ts';
import type { Outcome } from './outcome.ts';
import type { ExportedProject } from './project.ts';

/** Trials whose spikes are compared one by one; the others only enter the accuracy. */
const comparedTrials = 40;

function projectionTable({ projections }: QuantisedLoihi): string {
  const rows = projections.map((p) => [
    p.projection,
    `${p.edges}`,
    `${p.exponent}`,
    `${p.vanished}`,
    percent(p.relativeError),
  ]);
  return markdownTable(['projection', 'weights', 'exponent', 'became 0', 'relative error'], rows);
}

/** Runs test trials of each odour; `trained` are 64-bit floats here. cost: two simulations a trial. */
export function runLoihi(
  { model, task, inputs: exported }: ExportedProject,
  trialsPerOdour: number,
  progress: (done: number, total: number) => void,
): Outcome {
  const loihi = loihiNetwork(model.network);
  const onLoihi = new LoihiSimulator(loihi);
  const inDoubles = new FloatSimulator(model.network);
  const trials = spreadTrials(task, 'test', trialsPerOdour * task.odours.length);
  let overflowing = 0;
  const runs = trials.map((trial, k) => {
    const input = drawTrial(task, trial);
    const { spikes, overflows } = onLoihi.run(input);
    if (overflows > 0) overflowing++;
    progress(k + 1, trials.length);
    return { trained: inDoubles.run(input).spikes, loihi: spikes };
  });
  const of = (name: 'trained' | 'loihi') => ({
    classes: runs.map((run) => namedClass(model, run[name])),
    spikes: runs.slice(0, comparedTrials).map((run) => run[name]),
  });
  const odours = trials.map((trial) => trial.odour);
  const systems = sideBySide(odours, model.network.topology.populations, of('trained'), { loihi: of('loihi') });
  const vanished = loihi.projections.reduce((sum, p) => sum + p.vanished, 0);
  const { threshold, projections } = loihi;
  return {
    spikes: exported.map((input) => onLoihi.run(input).spikes),
    report: { testTrials: trials.length, threshold, projections, vanished, overflowing, systems },
    systems,
    details: projectionTable(loihi),
    headlines: [
      {
        label: 'accuracy trained → Loihi',
        value: `${percent(systems['trained']!.accuracy)} → ${percent(systems['loihi']!.accuracy)} of ${trials.length} test trials`,
      },
      { label: 'weights lost in 8 bits', value: `${vanished} of ${loihi.weight.length}` },
      { label: 'beyond registers of 24 bits', value: `V or I in ${overflowing} of ${trials.length} trials` },
    ],
  };
}
