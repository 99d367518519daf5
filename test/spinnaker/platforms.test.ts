/** The factor between the mean of a synaptic current and its exact integral. */
import assert from 'node:assert/strict';
import { meanOverExact } from '../../src/spinnaker/simulators/platforms.ts';

/** ∫ of e^(−(1 − s)/tauM)·e^(−s/tauSyn) ds / tauM over one step, by Simpson's rule. */
function exactByQuadrature(tauM: number, tauSyn: number): number {
  const n = 2000;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    const s = k / n;
    sum += (k === 0 || k === n ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(-(1 - s) / tauM - s / tauSyn);
  }
  return sum / (3 * n * tauM);
}

describe('spinnaker/platforms', () => {
  it('is the ratio of the two, also where the time constants meet', () => {
    for (const [tauM, tauSyn] of [
      [20, 5],
      [10, 10],
      [10, 10.0000001],
      [3, 40],
      [60, 1],
    ] as const) {
      const mean = (1 - Math.exp(-1 / tauM)) * tauSyn * (1 - Math.exp(-1 / tauSyn));
      const wanted = mean / exactByQuadrature(tauM, tauSyn);
      assert.ok(Math.abs(meanOverExact(tauM, tauSyn, 1) / wanted - 1) < 1e-11, `${tauM} ${tauSyn}`);
    }
    assert.ok(Math.abs(1 / meanOverExact(20, 5, 1) - 0.99917) < 1e-5);
  });
});
