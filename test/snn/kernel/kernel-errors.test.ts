/** What does not fit is refused by name; what overflows is named, not passed on in silence. Both kernels alike. */
import assert from 'node:assert/strict';
import type { KernelNetwork, KernelParameters } from '../../../src/snn/kernel/kernel.ts';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import { randomCountGradient, randomInput, randomNetwork, randomParameters } from './random-network.ts';

const network = randomNetwork({ inputSize: 6, size: 9, steps: 20, gainCount: 3, density: 0.6 }, 5);
const style = { maxRefractory: 1, freeWeights: false, loudness: 2, damping: 1, width: [1, 5] } as const;
const parameters = randomParameters(network, style, 5);
const kinds = ['reference', 'wasm'] as const;

function opened(kind: (typeof kinds)[number], changed: Partial<KernelParameters> = {}) {
  const kernel = openKernel(kind, network);
  kernel.setParameters({ ...parameters, ...changed });
  return kernel;
}

const withAt = (values: Float32Array, i: number, x: number) => values.map((value, k) => (k === i ? x : value));

for (const kind of kinds) {
  describe(`${kind} kernel refuses`, () => {
    const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
      [
        'a network with a column too many',
        () => bad({ colIdx: network.colIdx.map(() => 9) }),
        /colIdx\[0\] is 9, expected 0 … 8/,
      ],
      ['a short rowPtr', () => bad({ rowPtr: network.rowPtr.slice(1) }), /rowPtr has 15 values, expected 16/],
      [
        'a gain that is no number',
        () => opened(kind, { gain: withAt(parameters.gain, 1, Number.NaN) }),
        /gain\[1\] is NaN/,
      ],
      ['an infinite threshold', () => opened(kind, { vThresh: withAt(parameters.vThresh, 3, 1 / 0) }), /vThresh\[3\]/],
      [
        'a surrogate of no width',
        () => opened(kind, { surrogateWidth: new Float32Array(9) }),
        /surrogateWidth\[0\] is 0/,
      ],
      [
        'a refractory time that no 16-bit counter holds',
        () => opened(kind, { refractorySteps: parameters.refractorySteps.map((r, i) => (i === 4 ? 65536 : r)) }),
        /refractorySteps\[4\] is 65536, expected 0 … 65535/,
      ],
      [
        'a negative refractory time',
        () => opened(kind, { refractorySteps: parameters.refractorySteps.map((r, i) => (i === 4 ? -1 : r)) }),
        /refractorySteps\[4\] is -1/,
      ],
      [
        'a width lost in rounding',
        () => opened(kind, { surrogateWidth: new Float32Array(9).fill(1e-9) }),
        /too small beside/,
      ],
      [
        'cells out of order',
        () => opened(kind).forward([unordered()], false),
        /cell \d, expected ascending cells below 6/,
      ],
      ['a backward pass without a tape', () => opened(kind).backward(new Float32Array(9)), /tape = true/],
      [
        'a backward pass through the tape of other parameters',
        () => changedAfterTape().backward(new Float32Array(9)),
        /tape = true/,
      ],
      [
        'dL\\/dcounts of another batch',
        () => taped().backward(new Float32Array(10)),
        /has 10 values, expected \[B, N\] = 9/,
      ],
      ['trials without a task', () => opened(kind).forwardTrials([], false), /setTask/],
      ['parameters that were never set', () => openKernel(kind, network).forward([], false), /setParameters/],
    ];
    const bad = (changed: Partial<KernelNetwork>) => openKernel(kind, { ...network, ...changed });
    const unordered = () => ({ stepPtr: Int32Array.of(0, ...new Array(20).fill(2)), cell: Uint16Array.of(3, 1) });
    const taped = () => {
      const kernel = opened(kind);
      kernel.forward([randomInput(network, 0.3, 1)], true);
      return kernel;
    };
    const changedAfterTape = () => {
      const kernel = taped();
      kernel.setParameters({ ...parameters, drive: parameters.drive.map((x) => x + 1) });
      return kernel;
    };
    for (const [what, act, message] of cases) it(what, () => assert.throws(act, message));

    it('no refractory time that fits 16 bits: at the longest no cell fires twice', () => {
      const { counts } = opened(kind).forward([randomInput(network, 0.5, 1)], false);
      assert.ok(counts.some((n) => n > 1));
      const longest = opened(kind, { refractorySteps: new Int32Array(9).fill(65535) });
      const most = longest.forward([randomInput(network, 0.5, 1)], false).counts.reduce((a, b) => Math.max(a, b));
      assert.equal(most, 1);
    });
  });

  describe(`${kind} kernel at threshold`, () => {
    it('fires where V equals vThresh, not the least below it', () => {
      const drive = new Float32Array(9).fill(10);
      const at = (vThreshMv: number) => {
        const vThresh = new Float32Array(9).fill(vThreshMv);
        const still = { a: new Float32Array(9), refractorySteps: new Int32Array(9), gain: new Float32Array(3) };
        return opened(kind, { ...still, drive, vThresh }).forward([randomInput(network, 0, 1)], false).counts;
      };
      assert.deepEqual(at(10), new Float32Array(9).fill(20));
      assert.deepEqual(at(10.000001), new Float32Array(9));
    });
  });

  describe(`${kind} kernel names what overflowed`, () => {
    it('in the currents and voltages', () => {
      const kernel = opened(kind, { gain: parameters.gain.map(() => 3e38) });
      const { nonFinite } = kernel.forward([randomInput(network, 1, 1)], false);
      assert.ok(nonFinite.includes('Ie'), nonFinite.join());
      assert.deepEqual(opened(kind).forward([randomInput(network, 1, 1)], false).nonFinite, []);
    });

    it('in the gradients', () => {
      const kernel = opened(kind);
      kernel.forward([randomInput(network, 0.5, 1)], true);
      const { nonFinite, gain } = kernel.backward(randomCountGradient(9, 1).map((x) => x * 3e38));
      assert.ok(nonFinite.includes('gain'), nonFinite.join());
      assert.ok(gain.some((x) => !Number.isFinite(x)));
    });
  });
}
