/** Spike train measures: published examples, and what must hold for any trains. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coincidences } from '../../../src/analysis/spike-trains/coincidences.ts';
import { isiDistance } from '../../../src/analysis/spike-trains/isi-distance.ts';
import { leaderOrder } from '../../../src/analysis/spike-trains/leader-order.ts';
import { spikeDistance } from '../../../src/analysis/spike-trains/spike-distance.ts';
import {
  directionalityMatrix,
  spikeDirectionality,
  spikeSynchronization,
  spikeTrainOrder,
} from '../../../src/analysis/spike-trains/spike-synchronization.ts';
import { type SpikeTrain, spikeTrain, timeScaleMs } from '../../../src/analysis/spike-trains/spike-train.ts';
import { vanRossumDistance } from '../../../src/analysis/spike-trains/van-rossum.ts';
import {
  coefficientOfVariation,
  cv2,
  fanoFactor,
  interspikeIntervalsMs,
  localVariation,
} from '../../../src/analysis/spike-trains/variability.ts';
import { victorPurpuraDistance } from '../../../src/analysis/spike-trains/victor-purpura.ts';

const of = (...times: number[]) => spikeTrain(times, 0, 500);
const first = of(100, 200, 300);
const second = of(110, 220, 290);
const empty = of();

function near(got: number | null, want: number, tolerance = 1e-9): void {
  assert.ok(got !== null && Math.abs(got - want) <= tolerance, `${got}, expected ${want}`);
}

/** Times on a quarter millisecond, so that ties happen. */
const arbitraryTrain = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 12 })
  .map((times) => spikeTrain(Float64Array.from(times, (t) => t / 4).sort(), 0, 100));

function shifted(train: SpikeTrain, byMs: number): SpikeTrain {
  return spikeTrain(
    train.timesMs.map((t) => t + byMs),
    train.startMs + byMs,
    train.endMs + byMs,
  );
}

const measures: Readonly<Record<string, (a: SpikeTrain, b: SpikeTrain) => number>> = {
  isi: (a, b) => isiDistance([a, b]),
  'isi, auto': (a, b) => isiDistance([a, b], 'auto'),
  spike: (a, b) => spikeDistance([a, b]),
  'spike, auto': (a, b) => spikeDistance([a, b], { mrts: 'auto' }),
  'rate-independent spike': (a, b) => spikeDistance([a, b], { rateIndependent: true }),
  'victor-purpura': (a, b) => victorPurpuraDistance(a, b, 50),
  'van rossum': (a, b) => vanRossumDistance(a, b, 20),
  'not synchronous': (a, b) => 1 - spikeSynchronization([a, b]),
};

describe('spike train measures', () => {
  it('give the published values of a small example', () => {
    near(isiDistance([first, second]), 0.1115238095, 5e-11);
    near(spikeDistance([first, second]), 0.0988910087, 5e-11);
    near(spikeSynchronization([first, second]), 1);
    near(spikeTrainOrder([first, second]), 1 / 3);
    near(isiDistance([empty, empty]), 0);
    near(spikeDistance([empty, empty]), 0);
    near(spikeSynchronization([empty, empty]), 1);
    near(isiDistance([empty, first]), 0.72);
    near(spikeDistance([empty, first]), 0.4132653061, 5e-11);
    near(spikeSynchronization([empty, first]), 0);
    near(victorPurpuraDistance(first, second, 10), 0.4);
    near(vanRossumDistance(first, second, 10), 2.0636553964, 5e-11);
    near(vanRossumDistance(first, second, 100), 0.8656143693, 5e-11);
    near(spikeDirectionality(first, second), 1 / 3);
    near(
      timeScaleMs([first, second], 'auto'),
      Math.sqrt((100 ** 2 * 3 + 200 ** 2 + 110 ** 2 * 2 + 70 ** 2 + 210 ** 2) / 8),
    );
  });

  for (const [name, measure] of Object.entries(measures)) {
    it(`${name}: symmetric, 0 for a train and itself, unmoved by a shift, finite and ≥ 0`, () => {
      fc.assert(
        fc.property(arbitraryTrain, arbitraryTrain, (a, b) => {
          const value = measure(a, b);
          assert.ok(value >= 0 && Number.isFinite(value), `${value}`);
          if (!/purpura|rossum/.test(name)) assert.ok(value <= 1 + 1e-12, `${value}`);
          near(measure(b, a), value, 1e-12);
          near(measure(a, a), 0, 1e-7);
          near(measure(shifted(a, 64), shifted(b, 64)), value, 1e-7);
        }),
        { numRuns: 200 },
      );
    });
  }

  it('Victor–Purpura is the least over all matchings, which a search by brute force finds too', () => {
    const brute = (a: readonly number[], b: readonly number[], q: number): number => {
      if (a.length === 0 || b.length === 0) return a.length + b.length;
      const [s, ...rest] = a as [number, ...number[]];
      let best = 1 + brute(rest, b, q);
      b.forEach((t, j) => {
        best = Math.min(best, j + (q * Math.abs(s - t)) / 1000 + brute(rest, b.slice(j + 1), q));
      });
      return best;
    };
    const few = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 5 }).map((x) => x.sort((a, b) => a - b));
    fc.assert(
      fc.property(few, few, fc.constantFrom(0, 5, 50, 500), (a, b, q) => {
        near(victorPurpuraDistance(spikeTrain(a, 0, 100), spikeTrain(b, 0, 100), q), brute(a, b, q), 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it('order changes its sign when the trains change places; a longest window keeps far spikes apart', () => {
    fc.assert(
      fc.property(arbitraryTrain, arbitraryTrain, (a, b) => {
        if (a.timesMs.length + b.timesMs.length > 0) near(spikeTrainOrder([b, a]), -spikeTrainOrder([a, b]), 1e-12);
      }),
    );
    assert.equal(coincidences(first, second, { scaleMs: 0, maxWindowMs: 15 }).pairs, 2);
  });

  it('annealing finds who leads in a planted synfire chain', () => {
    const planted = [3, 0, 4, 1, 2];
    const trains = planted.map((rank) => of(50 + 2 * rank, 200 + 2 * rank, 350 + 2 * rank));
    const found = leaderOrder(directionalityMatrix(trains));
    assert.deepEqual(
      found.order.map((k) => planted[k]),
      [0, 1, 2, 3, 4],
    );
    assert.equal(found.value, 30);
    assert.deepEqual(leaderOrder([]), { order: [], value: 0 });
  });

  it('variability: 0 for a clock, known values for alternating intervals, null where undefined', () => {
    const clock = interspikeIntervalsMs([0, 10, 20, 30, 40]);
    for (const measure of [coefficientOfVariation, cv2, localVariation]) {
      near(measure(clock), 0);
      assert.equal(measure(interspikeIntervalsMs([1, 2])), null);
    }
    const alternating = [10, 30, 10, 30];
    near(coefficientOfVariation(alternating), 0.5);
    near(cv2(alternating), 1);
    near(localVariation(alternating), 0.75);
    near(fanoFactor([1, 3, 1, 3]), 0.5);
    assert.equal(fanoFactor([0, 0]), null);
  });

  it('refuses trains out of order, spikes outside the window, and different windows', () => {
    assert.throws(() => spikeTrain([2, 1], 0, 10), /spike 1 at 1 ms does not follow spike 0 at 2 ms/);
    assert.throws(() => spikeTrain([11], 0, 10), /spike 0 at 11 ms lies outside \[0, 10\] ms/);
    assert.throws(() => isiDistance([of(1), spikeTrain([1], 0, 10)]), /train 1 is seen in \[0, 10\] ms/);
    assert.throws(() => isiDistance([first]), /1 trains, expected two or more/);
  });
});
