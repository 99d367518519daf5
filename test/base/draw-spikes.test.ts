/** Drawn spikes: each cell fires in each step with its own chance, to the last bit of it, whatever fires beside or before. */
import assert from 'node:assert/strict';
import { cellNumbers, type DrawnSpikes, drawDuration, drawSpikes } from '../../src/base/draw-spikes.ts';

const chances = (values: readonly number[], onSteps = 1e9) => ({ on: values, off: values, onSteps });

/** [steps] whether the cell fires. */
function firing({ stepPtr, cell }: DrawnSpikes, i: number): boolean[] {
  return Array.from({ length: stepPtr.length - 1 }, (_, t) => cell.subarray(stepPtr[t], stepPtr[t + 1]).includes(i));
}

/** Standard deviations between a count and its expectation. */
const deviation = (count: number, n: number, p: number) => Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p));

describe('base/draw-spikes', () => {
  it('holds chances 0 and 1 exactly', () => {
    const { stepPtr, cell } = drawSpikes([1, 2], chances([0, 2 ** 32]), 1000);
    assert.equal(stepPtr[1000], 1000);
    assert.ok(cell.every((i) => i === 1));
  });

  it('fires at its chance where bytes alone cannot tell it: 1 / 512, and one part in 2^16 below a byte', () => {
    const steps = 400_000;
    for (const threshold of [2 ** 23, 2 ** 24 - 2 ** 16, 2 ** 24 + 2 ** 23]) {
      const { cell } = drawSpikes([5, threshold], chances([threshold]), steps);
      const d = deviation(cell.length, steps, threshold / 2 ** 32);
      assert.ok(d < 5, `threshold ${threshold}: ${cell.length} of ${steps}, ${d} standard deviations off`);
    }
  });

  it('draws steps apart: spikes of one cell in steps up to 20 apart, and of two cells in one step, coincide as by chance', () => {
    const steps = 100_000;
    const p = 0.1;
    const drawn = drawSpikes([9, 9], chances([p * 2 ** 32, p * 2 ** 32]), steps);
    const [one, other] = [firing(drawn, 0), firing(drawn, 1)];
    for (let lag = 1; lag <= 20; lag++) {
      const both = one.reduce((sum, fires, t) => sum + (fires && one[t + lag] === true ? 1 : 0), 0);
      assert.ok(deviation(both, steps - lag, p * p) < 5, `${both} pairs ${lag} steps apart`);
    }
    const together = one.reduce((sum, fires, t) => sum + (fires && other[t] === true ? 1 : 0), 0);
    assert.ok(deviation(together, steps, p * p) < 5, `${together} together`);
    for (let s = 0; s < 8; s++) {
      const place = one.filter((_, t) => t % 8 === s);
      assert.ok(deviation(place.filter(Boolean).length, place.length, p) < 5, `step ${s} of a draw`);
    }
  });

  it('changes from on to off at the very step, in the middle of a draw too', () => {
    for (const onSteps of [0, 1, 7, 8, 9, 20]) {
      const { stepPtr } = drawSpikes([3, 4], { on: [2 ** 32], off: [0], onSteps }, 20);
      assert.deepEqual(
        [...stepPtr],
        Array.from({ length: 21 }, (_, t) => Math.min(t, onSteps)),
      );
    }
  });

  it('draws the same first steps whatever the number of steps', () => {
    const values = Array.from({ length: 9 }, (_, i) => i * 4e8);
    const long = drawSpikes([7, 7], chances(values), 40);
    for (let steps = 1; steps < 40; steps++) {
      const short = drawSpikes([7, 7], chances(values), steps);
      assert.deepEqual(short.stepPtr, long.stepPtr.slice(0, steps + 1));
      assert.deepEqual(short.cell, long.cell.slice(0, long.stepPtr[steps]));
    }
  });

  it('numbers cells in 16 bits where they fit and in 32 where they do not', () => {
    assert.ok(cellNumbers(65536, [65535]) instanceof Uint16Array);
    assert.deepEqual(cellNumbers(65537, [65536]), Uint32Array.of(65536));
    const values = new Float64Array(70_000);
    values[69_999] = 2 ** 32;
    assert.deepEqual(drawSpikes([1, 1], chances([...values]), 2).cell, Uint32Array.of(69_999, 69_999));
  });

  it('draws durations of both ends and no others', () => {
    const seen = new Set(Array.from({ length: 400 }, (_, k) => drawDuration([k, 1], 3, 6)));
    assert.deepEqual([...seen].sort(), [3, 4, 5, 6]);
  });
});
