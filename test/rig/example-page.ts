/** The report stage on a small network, with the artifacts of evaluate, invented epochs and an invented board. */
import { rm } from 'node:fs/promises';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import evaluate from '../../stages/evaluate.ts';
import report from '../../stages/report.ts';
import { exampleLive, exampleSizes } from './live-example.ts';
import { randomPathway } from './random-model.ts';
import { runStage, type StageRun } from './run-stage.ts';

const live = exampleLive();

const pathwayBytes = encodePathway(randomPathway({ sizes: exampleSizes }));

/** Of the two networks and their task. */
export const networkInputs: Readonly<Record<string, Uint8Array>> = {
  model: encodeModel(live.trained),
  untrained: encodeModel(live.untrained),
  task: encodeOdourTask(live.task),
  pathway: pathwayBytes,
};

function epochs(): string {
  const score = (accuracy: number) => ({ accuracy, crossEntropy: 2 - accuracy });
  const line = (epoch: number) => ({
    ...{ epoch, train: { loss: 5 / epoch, readouts: { MBON: score(0.2 * epoch) } } },
    validation: { MBON: score(0.25 * epoch), 'untrained MBON': score(0.2) },
    ...{ activity: { rateHz: { PN: 20, MBON: 9 } }, rest: { rateHz: { PN: 8, MBON: 0 } } },
  });
  return [1, 2, 3].map((epoch) => `${JSON.stringify(line(epoch))}\n`).join('');
}

function board(): string {
  const population = { spikesReference: 100, spikes: 98, equal: 90, countCorrelation: 0.99 };
  const populations = [{ population: 'KC', ...population, spikeDistance: 0.01, spikeSynchronization: 0.95 }];
  const system = { accuracy: 0.8, sameClass: 0.95, populations };
  return JSON.stringify({ target: 'simulated', comparedTrials: 6, saturations: 0, systems: { integers: system } });
}

/** Every text that the page can show. */
export async function exampleInputs(): Promise<Record<string, Uint8Array>> {
  const run = await runStage(evaluate, {
    params: { seed: 1, evaluate: { learnerTrials: 6, blankTrials: 8 } },
    inputs: networkInputs,
    outputs: { metrics: 'metrics.json', perOdour: 'per-odour.csv', confusion: 'confusion.csv', report: 'report.html' },
  });
  await rm(run.folder, { recursive: true });
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const [metrics, perOdour, confusion] = ['metrics.json', 'per-odour.csv', 'confusion.csv'].map((n) => run.files[n]!);
  return {
    ...networkInputs,
    ...{ metrics: metrics!, perOdour: perOdour!, confusion: confusion! },
    ...{ training: text(epochs()), board: text(board()) },
    apl: text(JSON.stringify({ verdict: 'contradict', says: 'r <b> 0', doesNotShow: 'anything else' })),
    aplPicture: text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'),
    nulls: text(JSON.stringify({ verdict: 'support', sentence: 'better by 3', doesNotShow: 'why' })),
  };
}

/** The stage once; its folder is gone afterwards. */
export async function reported(inputs: Readonly<Record<string, Uint8Array>>): Promise<StageRun> {
  const run = await runStage(report, { params: {}, inputs, outputs: { page: 'report.html' } });
  await rm(run.folder, { recursive: true });
  return run;
}
