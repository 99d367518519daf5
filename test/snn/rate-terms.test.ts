import assert from 'node:assert/strict';
import { type RateBand, rateTerms } from '../../src/snn/training/rate-terms.ts';

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

  it('pass over populations that are absent', () => {
    assert.equal(value({ population: 'APL', scope: 'cellTrial', hi: 1, weight: 1 }), 0);
  });
});
