/** Time and energy of a trial, by hand. */
import assert from 'node:assert/strict';
import { runEstimate } from '../../src/spinnaker/compare/run-estimate.ts';

describe('spinnaker/run-estimate', () => {
  const parts = { version: 3, cores: 10, chips: 2, ticks: 512, dtMs: 1, timeScaleFactor: 10, spikes: 1000 };
  it('takes the board for as long as the trial lasts, cores beside it, packets through every chip', () => {
    const { secondsPerTrial, boardJ, coresJ, packetsJ, joulesPerTrial } = runEstimate(parts);
    assert.equal(secondsPerTrial, 5.12);
    assert.ok(Math.abs(boardJ - 3.56 * 5.12) < 1e-12);
    assert.ok(Math.abs(coresJ - 10 * 0.034 * 5.12) < 1e-12);
    assert.ok(Math.abs(packetsJ - 2e-6) < 1e-18);
    assert.equal(joulesPerTrial, boardJ + coresJ + packetsJ);
  });

  it('knows both boards, and no others', () => {
    const { boardJ } = runEstimate({ ...parts, version: 5 });
    assert.ok(Math.abs(boardJ - 26.84 * 5.12) < 1e-9);
    assert.throws(() => runEstimate({ ...parts, version: 4 }), /no power is known of a board of version 4/);
  });
});
