/** With the smooth step in double precision the backward pass is the derivative of the forward pass: central differences. */
import assert from 'node:assert/strict';
import { type CoreParameters, resolveModel } from '../../../src/snn/kernel/core-model.ts';
import { planEdges } from '../../../src/snn/kernel/edge-plan.ts';
import { addSums, finishGradients, type Gradients, zeroSums } from '../../../src/snn/kernel/gradient-sums.ts';
import type { KernelNetwork } from '../../../src/snn/kernel/kernel.ts';
import { double, type FloatArray, single } from '../../../src/snn/kernel/precision.ts';
import { runBackward } from '../../../src/snn/kernel/reference/backward.ts';
import { runTrial } from '../../../src/snn/kernel/reference/forward.ts';
import { ReferenceKernel } from '../../../src/snn/kernel/reference/reference-kernel.ts';
import { hardStep, smoothStep, surrogateSlope } from '../../../src/snn/kernel/spike-function.ts';
import {
  type ParameterStyle,
  randomCountGradient,
  randomInput,
  randomNetwork,
  randomParameters,
} from './random-network.ts';

const kinds = ['gain', 'weight', 'a', 'bE', 'bI', 'kE', 'kI', 'drive', 'vThresh', 'vReset'] as const;
type Kind = (typeof kinds)[number];

interface Problem {
  readonly network: KernelNetwork;
  readonly parameters: CoreParameters;
  readonly inputs: readonly ReturnType<typeof randomInput>[];
  readonly countGradient: Float64Array;
}

function problem(style: ParameterStyle, seed: number): Problem {
  const network = randomNetwork({ inputSize: 5, size: 7, steps: 30, gainCount: 4, density: 0.4 }, seed);
  const { weight, ...rest } = randomParameters(network, style, seed);
  const wide = Object.fromEntries(
    Object.entries(rest).map(([name, x]) => [name, x instanceof Float32Array ? Float64Array.from(x) : x]),
  ) as unknown as CoreParameters;
  return {
    network,
    parameters: weight === undefined ? wide : { ...wide, weight: Float64Array.from(weight) },
    inputs: [0, 1, 2].map((b) => randomInput(network, 0.15, 100 * seed + b)),
    countGradient: Float64Array.from(randomCountGradient(3 * network.size, seed)),
  };
}

function smoothModel({ network, parameters }: Problem) {
  return resolveModel(network, planEdges(network), parameters, double, smoothStep);
}

function loss(given: Problem): number {
  const model = smoothModel(given);
  let sum = 0;
  given.inputs.forEach((input, b) => {
    runTrial(model, input).counts.forEach((count, i) => {
      sum += count * given.countGradient[b * given.network.size + i]!;
    });
  });
  return sum;
}

function analytic(given: Problem): Gradients {
  const model = smoothModel(given);
  const n = given.network.size;
  const tapes = given.inputs.map((input) => runTrial(model, input));
  const rows = tapes.map((_, b) => given.countGradient.subarray(b * n, (b + 1) * n));
  return finishGradients(model, runBackward(model, tapes, rows));
}

/** (L(θ + h) − L(θ − h)) / 2h for every entry of one parameter. */
function differences(given: Problem, kind: Kind): Float64Array {
  const h = 1e-6;
  const values = given.parameters[kind] as Float64Array;
  return Float64Array.from(values, (_, i) => {
    const [low, high] = [-h, h].map((step) => {
      const moved = values.slice();
      moved[i] = moved[i]! + step;
      return loss({ ...given, parameters: { ...given.parameters, [kind]: moved } });
    });
    return (high! - low!) / (2 * h);
  });
}

/** Largest difference, relative to the largest entry of the whole array. */
function relativeError(got: FloatArray, expected: FloatArray): number {
  const scale = Array.from(expected).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  assert.ok(scale > 1e-3, `the gradient is too small to check: ${scale}`);
  return Array.from(got).reduce((max, x, i) => Math.max(max, Math.abs(x - expected[i]!)), 0) / scale;
}

describe('kernel gradients against central differences (smooth step, f64)', () => {
  const styles: readonly (readonly [string, ParameterStyle])[] = [
    ['gains, R = 0', { maxRefractory: 0, freeWeights: false, loudness: 0.7, damping: 1, width: [6, 14] }],
    [
      'gains, R = 0, damping 0.5',
      { maxRefractory: 0, freeWeights: false, loudness: 0.8, damping: 0.5, width: [6, 14] },
    ],
    ['free weights, R = 0', { maxRefractory: 0, freeWeights: true, loudness: 0.7, damping: 1, width: [6, 14] }],
    [
      'gains, R = 0 … 3, holds constant',
      { maxRefractory: 3, freeWeights: false, loudness: 0.8, damping: 1, width: [6, 14] },
    ],
  ];
  for (const [label, style] of styles) {
    for (const kind of kinds) {
      if (style.freeWeights ? kind === 'gain' : kind === 'weight') continue;
      it(`${kind}: equal within 1e-6 (${label})`, () => {
        for (const seed of [1, 2]) {
          const given = problem(style, seed);
          const error = relativeError(analytic(given)[kind]!, differences(given, kind));
          assert.ok(error < 1e-6, `seed ${seed}: relative error ${error}`);
        }
      });
    }
  }

  it('has the surrogate slope as the derivative of the smooth step', () => {
    const cell = { vThresh: 10, floor: 6, inverseWidth: 1 / 4, height: 0.7 / 4 };
    for (const v of [5, 6.5, 8, 9.9, 10.3, 12, 13.9, 15]) {
      const slope = (smoothStep(v + 1e-6, cell) - smoothStep(v - 1e-6, cell)) / 2e-6;
      assert.ok(Math.abs(slope - surrogateSlope(v, cell, double)) < 1e-9, `at ${v}`);
    }
    assert.equal(smoothStep(20, cell), 0.7);
  });

  it('is the code that the reference kernel runs, with the hard step in f32', () => {
    const network = randomNetwork({ inputSize: 5, size: 7, steps: 40, gainCount: 4, density: 0.4 }, 3);
    const parameters = randomParameters(
      network,
      { maxRefractory: 2, freeWeights: false, loudness: 2, damping: 0.5, width: [6, 14] },
      3,
    );
    const inputs = [0, 1].map((b) => randomInput(network, 0.2, b));
    const countGradient = randomCountGradient(2 * network.size, 3);
    const kernel = new ReferenceKernel(network, true);
    kernel.setParameters(parameters);
    const { counts } = kernel.forward(inputs, true);
    const { nonFinite, ...got } = kernel.backward(countGradient);

    const model = resolveModel(network, planEdges(network), parameters, single, hardStep);
    const tapes = inputs.map((input) => runTrial(model, input));
    const n = network.size;
    assert.deepEqual(counts, Float32Array.from(tapes.flatMap((tape) => [...tape.counts])));
    assert.ok(counts.reduce((x, y) => x + y, 0) > 20);
    const chunk = runBackward(
      model,
      tapes,
      tapes.map((_, b) => countGradient.subarray(b * n, (b + 1) * n)),
    );
    const total = zeroSums(n, network.colIdx.length, true, single);
    addSums(total, chunk, single);
    assert.deepEqual(got, finishGradients(model, total));
    assert.deepEqual(nonFinite, []);
  });
});
