import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../src/base/digest.ts';
import { draw, type RandomKey } from '../../src/base/random.ts';
import { drawTrial, durationSteps, restTrials, trialsOf } from '../../src/odour/draw-trial.ts';
import { type OdourTask, type SpikeEvents, splits, type Trial } from '../../src/odour/odour-task.ts';
import { exampleTask } from './example-task.ts';

/** 32 bits beside a threshold: 8 of a draw that eight steps share, 24 of one of the step's own. */
function fires(key: RandomKey, i: number, t: number, threshold: bigint): boolean {
  const [low, high] = draw(key, i, Math.floor(t / 8)).map(BigInt);
  const byte = ((low! | (high! << 32n)) >> BigInt(8 * (t % 8))) & 0xffn;
  const rest = BigInt(draw(key, i, 2 ** 31 + t)[0]) >> 8n;
  return ((byte << 24n) | rest) < threshold;
}

/** The definition, transcribed without any care for speed: integer arithmetic by BigInt. */
function transcribed(task: OdourTask, trial: Trial): SpikeEvents {
  const key = draw([task.seed, splits[trial.split]], trial.odour, trial.trial);
  const { min, max } = task.durationMs;
  const duration = min + Number((BigInt(draw(key, 0xffffffff, 0)[0]) * BigInt(max - min + 1)) >> 32n);
  const stepPtr = [0];
  const cell: number[] = [];
  for (let t = 0; t < task.steps; t++) {
    for (let i = 0; i < task.inputSize; i++) {
      const on = t < duration && trial.odour < task.odours.length;
      const p = on ? task.onProbability[trial.odour * task.inputSize + i]! : task.offProbability[i]!;
      if (fires(key, i, t, BigInt(Math.floor(p * 2 ** 32)))) cell.push(i);
    }
    stepPtr.push(cell.length);
  }
  return { stepPtr: Int32Array.from(stepPtr), cell: Uint16Array.from(cell) };
}

function digestOfEvents(events: SpikeEvents): string {
  return digestOf(`${events.stepPtr.join()};${events.cell.join()}`);
}

/** ln P(X ≤ k) and ln P(X ≥ k) of a binomial, exactly summed. */
function binomialTails(k: number, n: number, p: number): { lower: number; upper: number } {
  let logTerm = n * Math.log1p(-p);
  let lower = 0;
  let upper = 0;
  for (let i = 0; i <= n; i++) {
    const term = Math.exp(logTerm);
    if (i <= k) lower += term;
    if (i >= k) upper += term;
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return { lower, upper };
}

describe('odour/draw-trial', () => {
  it('equals a direct transcription of its definition', () => {
    const trial = fc.record({
      split: fc.constantFrom('train' as const, 'validation' as const, 'test' as const),
      odour: fc.nat(3), // 3 is clean air
      trial: fc.nat(),
    });
    fc.assert(
      fc.property(trial, fc.nat(), fc.integer({ min: 1, max: 61 }), (trial, seed, steps) => {
        const task = exampleTask({ seed, steps, inputSize: 7, durationMs: { min: 3, max: 40 } });
        assert.deepEqual(drawTrial(task, trial), transcribed(task, trial));
      }),
      { numRuns: 50 },
    );
  });

  it('gives these very spikes', () => {
    const events = drawTrial(exampleTask(), { split: 'test', odour: 1, trial: 1 });
    assert.deepEqual([...events.cell.subarray(0, 8)], [4, 24, 24, 24, 36, 6, 10, 10]);
    assert.equal(digestOfEvents(events), 'fedd04deff9726f9f4db3281e4c32962a382d0b5a9858880cb9deab207811415');
  });

  it('holds probabilities 0 and 1 exactly', () => {
    const task = exampleTask({
      inputSize: 2,
      onProbability: Float32Array.of(0, 1, 0, 1, 0, 1),
      offProbability: Float32Array.of(0, 1),
    });
    const events = drawTrial(task, { split: 'train', odour: 0, trial: 0 });
    assert.equal(events.cell.length, 500);
    assert.ok(events.cell.every((i) => i === 1));
  });

  it('draws the same bits in any order of trials', () => {
    const task = exampleTask();
    const trials = trialsOf(task, 'train', 3);
    const forward = trials.map((trial) => digestOfEvents(drawTrial(task, trial)));
    const backward = [...trials].reverse().map((trial) => digestOfEvents(drawTrial(task, trial)));
    assert.deepEqual(forward, backward.reverse());
    assert.equal(new Set(forward).size, trials.length);
  });

  it('shares no trial between splits or epochs', () => {
    const task = exampleTask();
    const all = [
      ...trialsOf(task, 'train', 0),
      ...trialsOf(task, 'train', 1),
      ...trialsOf(task, 'validation', 0),
      ...trialsOf(task, 'test', 0),
    ];
    assert.equal(all.length, 3 * (4 + 4 + 2 + 2));
    assert.equal(new Set(all.map((trial) => digestOfEvents(drawTrial(task, trial)))).size, all.length);
    assert.deepEqual(trialsOf(task, 'test', 5), trialsOf(task, 'test', 0));
  });

  it('fires at the stated rates: every cell and phase within exact binomial bounds (family-wise 1e-6)', () => {
    const task = exampleTask({ inputSize: 24 });
    const trials = trialsOf(exampleTask({ trials: { train: 40, validation: 1, test: 1 } }), 'train');
    const counts = new Map<string, { k: number; n: number; p: number }>();
    for (const trial of trials) {
      const duration = durationSteps(task, trial);
      const events = drawTrial(task, trial);
      const on = new Int32Array(task.inputSize);
      const off = new Int32Array(task.inputSize);
      for (let e = 0; e < events.cell.length; e++) (e < events.stepPtr[duration]! ? on : off)[events.cell[e]!]! += 1;
      for (let i = 0; i < task.inputSize; i++) {
        const p = task.onProbability[trial.odour * task.inputSize + i]!;
        for (const [phase, k, n, prob] of [
          ['on', on[i]!, duration, p],
          ['off', off[i]!, task.steps - duration, task.offProbability[i]!],
        ] as const) {
          const name = `${trial.odour} ${i} ${phase}`;
          const sum = counts.get(name) ?? { k: 0, n: 0, p: prob };
          counts.set(name, { k: sum.k + k, n: sum.n + n, p: prob });
        }
      }
    }
    const limit = 1e-6 / (2 * counts.size);
    for (const [name, { k, n, p }] of counts) {
      const { lower, upper } = binomialTails(k, n, p);
      assert.ok(lower > limit && upper > limit, `${name}: ${k} of ${n} at p ${p}`);
    }
  });

  it('draws durations uniformly over [min, max], both ends included', () => {
    const task = exampleTask({ durationMs: { min: 70, max: 79 }, trials: { train: 2000, validation: 0, test: 0 } });
    const seen = new Int32Array(10);
    for (const trial of trialsOf(task, 'train')) seen[durationSteps(task, trial) - 70]! += 1;
    const expected = 600;
    const chi2 = seen.reduce((sum, k) => sum + (k - expected) ** 2 / expected, 0);
    assert.ok(chi2 < 39.1, `χ² ${chi2} with 9 degrees of freedom, limit for 1e-5`);
  });

  it('has trials without odour, each with spikes of its own, at the rates of clean air whatever the odours', () => {
    const task = exampleTask();
    const loud = { ...task, onProbability: task.onProbability.map(() => 0.9) };
    const rest = restTrials(task, 'train', 40, 5);
    assert.deepEqual(
      rest.map(({ trial }) => trial),
      Array.from({ length: 40 }, (_, k) => 5 + k),
    );
    const digests = rest.map((trial) => digestOfEvents(drawTrial(loud, trial)));
    assert.deepEqual(
      digests,
      rest.map((trial) => digestOfEvents(drawTrial(task, trial))),
    );
    assert.equal(new Set(digests).size, 40);
    const spikes = rest.reduce((sum, trial) => sum + drawTrial(loud, trial).cell.length, 0);
    const expected = 40 * task.steps * task.offProbability.reduce((sum, p) => sum + p, 0);
    assert.ok(Math.abs(spikes - expected) < 5 * Math.sqrt(expected), `${spikes} spikes, expected ${expected}`);
  });

  it('says which odour or trial there is not', () => {
    const task = exampleTask();
    assert.throws(() => drawTrial(task, { split: 'test', odour: 4, trial: 0 }), /odour 4 of 3/);
    assert.throws(() => drawTrial(task, { split: 'test', odour: 0, trial: -1 }), /trial -1 is not/);
  });
});
