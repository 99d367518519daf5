/** Bounds of trained parameters: what lies beyond them is brought back, into the variables that the optimizer moves. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { NetworkParameters } from '../../src/snn/parameters/network-parameters.ts';
import { parameterSpecs } from '../../src/snn/parameters/parameter-spec.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import { randomModel } from '../rig/random-model.ts';

const sizes = { ORN: 6, LN: 3, PN: 4, KC: 6, APL: 1, MBON: 2 };

/** With every offset at `u`, before anything is projected. */
function parametersAt(u: number, jumpBound: number): NetworkParameters {
  const specs = parameterSpecs([
    { what: 'tauM', sharedBy: 'neuron', bounds: [8, 40] },
    { what: 'vThresh', sharedBy: 'neuron', bounds: [6, 30] },
  ]);
  const parameters = new NetworkParameters(specs, randomModel({ sizes }), {
    surrogate: { relativeWidth: 0.5, damping: 0.2 },
    jumpBound,
  });
  for (const variable of parameters.variables) tf.tidy(() => variable.assign(tf.fill(variable.shape, u)));
  return parameters;
}

describe('trained parameters', () => {
  before(() => openBackend('wasm'));

  for (const [side, u, tauMMs, vThreshMv] of [
    ['above', 20, 40, 30],
    ['below', -20, 8, 6],
  ] as const)
    it(`${side} their bounds are moved onto them, once`, () => {
      const parameters = parametersAt(u, Number.POSITIVE_INFINITY);
      const items = parameters.groups.reduce((sum, group) => sum + group.size, 0);
      assert.equal(parameters.project(), items);
      const { cells } = parameters.network();
      for (const value of cells.tauMMs) assert.ok(Math.abs(value / tauMMs - 1) < 1e-5, `${value}`);
      for (const value of cells.vThreshMv) assert.ok(Math.abs(value / vThreshMv - 1) < 1e-5, `${value}`);
      assert.equal(parameters.project(), 0);
      parameters.dispose();
    });

  it('within their bounds stay where they are', () => {
    const parameters = parametersAt(0, Number.POSITIVE_INFINITY);
    assert.equal(parameters.project(), 0);
    for (const variable of parameters.variables) assert.ok(variable.dataSync().every((u) => u === 0));
    parameters.dispose();
  });
});
