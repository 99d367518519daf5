/** A small network before and after a change of its gains, with a task: what the tests of the page show. */
import type { OdourTask } from '../../src/odour/odour-task.ts';
import type { LiveNetwork } from '../../src/page/live/live-network.ts';
import type { Model } from '../../src/snn/network/network.ts';
import { withParameters } from '../../src/snn/network/with-parameters.ts';
import { plantedTask } from './planted-task.ts';
import { randomModel, randomPathway } from './random-model.ts';

export const exampleSizes = { ORN: 24, LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 };

/** Whose odours have names that would be markup if they were let. */
export function exampleTask(): OdourTask {
  const planted = plantedTask({ odours: 6, steps: 120, trials: { train: 6, validation: 1, test: 4 } });
  return { ...planted, odours: planted.odours.map(({ key }, c) => ({ key, name: `<b>&"${c}` })) };
}

function readOutOnce(model: Model): Model {
  return { ...model, provenance: { version: 'test', seed: 1 } };
}

/** Weights of the untrained one are half of the trained one's. */
export function exampleLive(): LiveNetwork {
  const trained = readOutOnce(randomModel({ seed: 1, sizes: exampleSizes, classes: 6, steps: 120 }));
  const { network } = trained;
  const changes =
    network.gainNa === undefined
      ? { weightNa: network.weightNa.map((w) => w / 2) }
      : { gainNa: network.gainNa.map((g) => g / 2) };
  const untrained = { ...trained, network: withParameters(network, changes) };
  const [nose] = randomPathway({ sizes: exampleSizes }).populations;
  return {
    ...{ trained, untrained, task: exampleTask() },
    ...{ inputTypeNames: nose!.types, inputTypeIdx: nose!.typeIdx },
  };
}
