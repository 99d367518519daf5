import assert from 'node:assert/strict';
import { narrowed, type RateBand, rateTerms, trialCorrelations } from '../../src/snn/training/rate-terms.ts';

const topology = {
  size: 5,
  populations: [
    { name: 'KC', offset: 0, size: 4 },
    { name: 'MBON', offset: 4, size: 1 },
  ],
};
// Two trials of half a second.
const counts = Float32Array.of(0, 0, 2, 4, 45, 0, 0, 0, 0, 15);

function value(band: RateBand): number {
  return rateTerms(topology, [band], counts, 0.5).value;
}

function near(got: number, want: number): void {
  assert.ok(Math.abs(got - want) < 1e-9, `${got}, expected ${want}`);
}

describe('rate terms', () => {
  it('have the values computed by hand', () => {
    // 90 Hz against 60 in one of two trials: (30/60)² / 2
    assert.equal(value({ population: 'MBON', scope: 'cellTrial', hi: 60, weight: 1 }), 0.125);
    // mean of 60 Hz against 40
    assert.equal(value({ population: 'MBON', scope: 'population', hi: 40, weight: 2 }), 0.5);
    // cell means 0, 0, 2, 4 Hz: two below 1, one above 2 by its double
    assert.equal(value({ population: 'KC', scope: 'cell', lo: 1, hi: 2, weight: 1 }), 3);
    // active 2 of 4 and none: ((.5 − .25)/.25)² / 2 + ((.1 − 0)/.1)² / 2
    assert.equal(value({ population: 'KC', scope: 'active', lo: 0.1, hi: 0.25, weight: 1 }), 1);
    assert.equal(value({ population: 'KC', scope: 'population', lo: 1, hi: 2, weight: 1 }), 0);
  });

  it('have the gradient of those values', () => {
    const bands: RateBand[] = [
      { population: 'MBON', scope: 'cellTrial', hi: 60, weight: 1 },
      { population: 'MBON', scope: 'population', hi: 40, weight: 2 },
      { population: 'KC', scope: 'cell', lo: 1, hi: 2, weight: 0.7 },
    ];
    const at = (x: Float64Array) => rateTerms(topology, bands, x as unknown as Float32Array, 0.5).value;
    const { gradient } = rateTerms(topology, bands, counts, 0.5);
    gradient.forEach((got, i) => {
      const moved = (h: number) => Float64Array.from(counts, (x, j) => (i === j ? x + h : x));
      const expected = (at(moved(1e-5)) - at(moved(-1e-5))) / 2e-5;
      assert.ok(Math.abs(got - expected) < 1e-5, `count ${i}: ${got} against ${expected}`);
    });
  });

  it('push active cells down and silent ones up, single spikes hardest', () => {
    const up = rateTerms(topology, [{ population: 'KC', scope: 'active', lo: 0.3, weight: 1 }], counts, 0.5).gradient;
    assert.deepEqual([...up.subarray(0, 5)], [0, 0, 0, 0, 0]);
    assert.ok([...up.subarray(5, 9)].every((g) => g < 0));
    const down = rateTerms(topology, [{ population: 'KC', scope: 'active', hi: 0.3, weight: 1 }], counts, 0.5).gradient;
    assert.ok(down[2]! > down[3]! && down[3]! > 0);
  });

  // Two trials with an odour as above, then two without: KC 1 and 3 spikes a trial, MBON 6 and 0.
  const withRest = Float32Array.from([...counts, 0, 0, 1, 0, 6, 0, 3, 0, 0, 0]);
  const atRest = (band: RateBand) => rateTerms(topology, [band], withRest, 0.5, { restTrials: 2 }).value;

  it('at rest see the trials without odour alone, and the others see the odour trials alone', () => {
    // KC 4 spikes in 4 cells × 1 s = 1 Hz against 0.8; MBON 6 Hz against 8; the fastest KC 3 Hz against 2
    near(atRest({ population: 'KC', scope: 'population', trials: 'rest', hi: 0.8, weight: 2 }), 2 * 0.25 ** 2);
    near(atRest({ population: 'MBON', scope: 'population', trials: 'rest', lo: 8, weight: 1 }), 0.25 ** 2);
    near(atRest({ population: 'KC', scope: 'cell', trials: 'rest', hi: 2, weight: 1 }), 0.25);
    assert.equal(atRest({ population: 'MBON', scope: 'cellTrial', hi: 60, weight: 1 }), 0.125);
    assert.equal(value({ population: 'KC', scope: 'population', trials: 'rest', hi: 0.8, weight: 1 }), 0);
  });

  it('hold rest against odour trials: shares, and the active fraction that odours add', () => {
    // MBON 3 a trial at rest, 30 with odour; KC 4/8 of a spike against 6/8
    assert.equal(atRest({ population: 'MBON', scope: 'restShare', hi: 0.35, weight: 1 }), 0);
    near(atRest({ population: 'KC', scope: 'restShare', hi: 0.5, weight: 1 }), (4 / 6 / 0.5 - 1) ** 2);
    // active .5 and 0 less .25 at rest: .25 and −.25 against at least .1
    near(atRest({ population: 'KC', scope: 'evokedActive', lo: 0.1, weight: 1 }), (0.35 / 0.1) ** 2 / 2);
    near(atRest({ population: 'KC', scope: 'evokedActive', hi: 0.2, weight: 1 }), 0.25 ** 2 / 2);
  });

  it('grow along a line beyond twice the limit', () => {
    near(value({ population: 'MBON', scope: 'population', hi: 20, weight: 1 }), 3);
  });

  it('have the gradient of shares and of lines as well', () => {
    const bands: RateBand[] = [
      { population: 'KC', scope: 'restShare', hi: 0.5, weight: 0.7 },
      { population: 'KC', scope: 'cell', trials: 'rest', hi: 1, weight: 0.3 },
      { population: 'MBON', scope: 'population', trials: 'rest', lo: 8, weight: 1 },
      { population: 'MBON', scope: 'population', hi: 20, weight: 1 },
    ];
    const at = (x: Float64Array) =>
      rateTerms(topology, bands, x as unknown as Float32Array, 0.5, { restTrials: 2 }).value;
    const { gradient } = rateTerms(topology, bands, withRest, 0.5, { restTrials: 2 });
    gradient.forEach((got, i) => {
      const moved = (h: number) => Float64Array.from(withRest, (x, j) => (i === j ? x + h : x));
      const expected = (at(moved(1e-5)) - at(moved(-1e-5))) / 2e-5;
      assert.ok(Math.abs(got - expected) < 1e-5, `count ${i}: ${got} against ${expected}`);
    });
  });

  it('push cells that fire with odours and at rest alike down at rest, where odours shall add more', () => {
    const band: RateBand = { population: 'KC', scope: 'evokedActive', lo: 0.4, weight: 1 };
    const { gradient } = rateTerms(topology, [band], withRest, 0.5, { restTrials: 2 });
    assert.ok([...gradient.subarray(0, 4)].every((g) => g < 0) && [...gradient.subarray(10, 14)].every((g) => g > 0));
  });

  it('hold the mean r between odour trials to that of the start, with its gradient', () => {
    const alike = Float32Array.of(3, 1, 0, 0, 9, 2, 2, 1, 0, 9, 3, 0, 0, 1, 9, 7, 7, 7, 7, 7);
    const r = (a: readonly number[], b: readonly number[]): number => {
      const moved = (x: readonly number[]) => x.map((v) => v - x.reduce((s, w) => s + w, 0) / x.length);
      const product = (x: readonly number[], y: readonly number[]) => x.reduce((s, v, i) => s + v * y[i]!, 0);
      const [x, y] = [moved(a), moved(b)];
      return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
    };
    const rows = [0, 5, 10].map((at) => [...alike.subarray(at, at + 4)]);
    const mean = (r(rows[0]!, rows[1]!) + r(rows[0]!, rows[2]!) + r(rows[1]!, rows[2]!)) / 3;
    near(trialCorrelations(topology, alike.subarray(0, 15))['KC']!, mean);
    const bands: RateBand[] = [{ population: 'KC', scope: 'correlation', hi: 1, weight: 0.7 }];
    const start = { KC: mean / 1.5 };
    const terms = (counts: Float32Array) =>
      rateTerms(topology, bands, counts, 0.5, { restTrials: 1, startCorrelations: start });
    near(terms(alike).value, 0.7 * 0.25);
    assert.equal(
      rateTerms(topology, bands, alike, 0.5, { restTrials: 1, startCorrelations: { KC: 2 * mean } }).value,
      0,
    );
    assert.equal(rateTerms(topology, bands, alike, 0.5, { restTrials: 1 }).value, 0);
    const { gradient } = terms(alike);
    gradient.forEach((got, i) => {
      const moved = (h: number) => Float64Array.from(alike, (x, j) => (i === j ? x + h : x)) as unknown as Float32Array;
      const expected = (terms(moved(1e-5)).value - terms(moved(-1e-5)).value) / 2e-5;
      assert.ok(Math.abs(got - expected) < 1e-5, `count ${i}: ${got} against ${expected}`);
    });
  });

  it('aim inside the limits by a margin', () => {
    const band: RateBand = { population: 'KC', scope: 'cell', lo: 1, hi: 2, weight: 1 };
    assert.deepEqual(narrowed(band, 0.1), { ...band, lo: 1.1, hi: 1.8 });
    assert.deepEqual(narrowed(band, 0), band);
  });

  it('pass over populations that are absent', () => {
    assert.equal(value({ population: 'APL', scope: 'cellTrial', hi: 1, weight: 1 }), 0);
  });
});
