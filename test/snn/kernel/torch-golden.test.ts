/** PyTorch's autograd as the oracle: a small network with LN and APL loops, differentiated in float64 by peers/torch_golden.py. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type CoreParameters, resolveModel } from '../../../src/snn/kernel/core-model.ts';
import { planEdges } from '../../../src/snn/kernel/edge-plan.ts';
import { finishGradients, type Gradients } from '../../../src/snn/kernel/gradient-sums.ts';
import type { KernelInput, KernelNetwork, KernelParameters } from '../../../src/snn/kernel/kernel.ts';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import { double, type FloatArray } from '../../../src/snn/kernel/precision.ts';
import { runBackward } from '../../../src/snn/kernel/reference/backward.ts';
import { runTrial } from '../../../src/snn/kernel/reference/forward.ts';
import { hardStep } from '../../../src/snn/kernel/spike-function.ts';

type Edge = readonly [row: number, col: number, receptor: number, synCount: number, gain: number];
interface Golden {
  readonly steps: number;
  readonly inputSize: number;
  readonly populations: readonly string[];
  readonly gainCount: number;
  readonly damping: number;
  readonly edges: readonly Edge[];
  readonly refractorySteps: readonly number[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** [B][T] a digit an input cell; spikes [B][N], a digit a step. */
  readonly inputs: readonly (readonly string[])[];
  readonly spikes: readonly (readonly string[])[];
  readonly countGradient: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const golden = JSON.parse(readFileSync('test/golden/kernel-torch.json', 'utf8')) as Golden;

function goldenNetwork(): KernelNetwork {
  const { edges, inputSize, populations, gainCount, steps } = golden;
  const rowPtr = new Int32Array(inputSize + populations.length + 1);
  for (const [row] of edges) rowPtr.fill(rowPtr[row + 1]! + 1, row + 1);
  const column = (k: 1 | 2 | 3 | 4) => Int32Array.from(edges, (edge) => edge[k]);
  return {
    ...{ inputSize, size: populations.length, steps, gainCount, rowPtr },
    ...{ colIdx: column(1), receptor: Uint8Array.from(column(2)), synCount: column(3), gainIdx: column(4) },
  };
}

function goldenParameters<T extends FloatArray>(array: (values: readonly number[]) => T): CoreParameters {
  const named = Object.fromEntries(Object.entries(golden.parameters).map(([name, values]) => [name, array(values)]));
  const { refractorySteps, damping } = golden;
  return { ...named, refractorySteps: Int32Array.from(refractorySteps), damping } as unknown as CoreParameters;
}

function inputOf(steps: readonly string[]): KernelInput {
  const cells = steps.map((digits) => [...digits].flatMap((digit, i) => (digit === '1' ? [i] : [])));
  const stepPtr = Int32Array.of(0, ...cells.map((_, t) => cells.slice(0, t + 1).flat().length));
  return { stepPtr, cell: Uint16Array.from(cells.flat()) };
}

const inputs = golden.inputs.map(inputOf);

/** Largest difference relative to the array's largest entry, by parameter. */
function errors(gradients: Gradients, names: readonly (keyof Gradients)[]): number[] {
  return names.map((name) => {
    const expected = golden.gradients[name]!;
    const scale = Math.max(...expected.map(Math.abs));
    assert.ok(scale > 0.01, `${name}: the golden gradient is too small to check`);
    return Math.max(...expected.map((x, i) => Math.abs(gradients[name]![i]! - x))) / scale;
  });
}

const named = ['gain', 'a', 'bE', 'bI', 'kE', 'kI', 'drive', 'vThresh', 'vReset'] as const;

describe('kernel against PyTorch autograd (float64)', () => {
  it('has all spikes in common with PyTorch', () => {
    const network = goldenNetwork();
    for (const kind of ['reference', 'wasm'] as const) {
      const kernel = openKernel(kind, network);
      kernel.setParameters(goldenParameters((x) => Float32Array.from(x)) as KernelParameters);
      inputs.forEach((input, b) => {
        const { spikes } = kernel.record(input);
        golden.spikes[b]!.forEach((digits, i) => {
          const train = Array.from({ length: golden.steps }, (_, t) => spikes[t * network.size + i]).join('');
          assert.equal(train, digits, `${kind}, trial ${b}, cell ${i}`);
        });
      });
      kernel.close();
    }
    assert.ok(golden.spikes.flat().join('').replaceAll('0', '').length > 150);
  });

  it('has the same gradients within 1e-6 of the largest, f32, both kernels', () => {
    const network = goldenNetwork();
    const parameters = goldenParameters((x) => Float32Array.from(x)) as KernelParameters;
    const weight = Float32Array.from(network.synCount, (count, e) => parameters.gain[network.gainIdx[e]!]! * count);
    for (const kind of ['reference', 'wasm'] as const) {
      const kernel = openKernel(kind, network);
      kernel.setParameters(parameters);
      kernel.forward(inputs, true);
      const countGradient = Float32Array.from(golden.countGradient.flat());
      const worst = Math.max(...errors(kernel.backward(countGradient), named));
      assert.ok(worst < 1e-6, `${kind}, gains: ${worst}`);
      kernel.setParameters({ ...parameters, weight });
      kernel.forward(inputs, true);
      const free = Math.max(...errors(kernel.backward(countGradient), ['weight', ...named.slice(1)]));
      assert.ok(free < 1e-6, `${kind}, free weights: ${free}`);
      kernel.close();
    }
  });

  it('has the same gradients within 1e-12 in double precision', () => {
    const network = goldenNetwork();
    const parameters = goldenParameters((x) => Float64Array.from(x));
    const model = resolveModel(network, planEdges(network), parameters, double, hardStep);
    const tapes = inputs.map((input) => runTrial(model, input));
    const rows = golden.countGradient.map((row) => Float64Array.from(row));
    const gradients = finishGradients(model, runBackward(model, tapes, rows));
    const worst = Math.max(...errors(gradients, named));
    assert.ok(worst < 1e-12, `${worst}`);
  });
});
