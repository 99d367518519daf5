/** Rates, active shares and silent cells, against sums done by hand. */
import assert from 'node:assert/strict';
import { spikesPerType, summariseActivity } from '../../src/snn/network/activity-summary.ts';
import { handNetwork, handTopology } from '../rig/hand-network.ts';

/** Five cells in two populations; the second trial of two is the busier one. */
const network = handNetwork(handTopology(1, { PN: 2, KC: 3 }, [{ row: 0, cell: 0 }]), Float32Array.of(1));
const counts = Float32Array.from([3, 0, 1, 0, 0, 5, 2, 0, 0, 4]);

describe('summariseActivity', () => {
  it('gives rates in Hz: spikes a trial over the length of a trial, for any number of steps and any step', () => {
    for (const [steps, dtMs] of [
      [500, 1],
      [250, 1],
      [500, 0.5],
    ] as const) {
      const seconds = (steps * dtMs) / 1000;
      const { rateHz, cellRateHz } = summariseActivity({ network: { ...network, dtMs }, steps }, counts);
      // PN: (8 + 2) spikes of 2 cells in 2 trials; KC: (1 + 0 + 4) of 3 cells
      assert.ok(Math.abs(rateHz['PN']! - 10 / 2 / 2 / seconds) < 1e-9, `PN ${rateHz['PN']}`);
      assert.ok(Math.abs(rateHz['KC']! - 5 / 3 / 2 / seconds) < 1e-9, `KC ${rateHz['KC']}`);
      assert.ok(Math.abs(cellRateHz['PN']!.max - 8 / 2 / seconds) < 1e-9);
      assert.ok(Math.abs(cellRateHz['KC']!.median - 1 / 2 / seconds) < 1e-9);
    }
  });

  it('counts a cell as active in a trial in which it fires, and as silent where it fires in none', () => {
    const { active, silent } = summariseActivity({ network, steps: 500 }, counts);
    assert.ok(Math.abs(active['PN']!.mean - (1 / 2 + 1) / 2) < 1e-12);
    assert.ok(Math.abs(active['KC']!.mean - 1 / 3) < 1e-12);
    assert.deepEqual([silent['PN'], silent['KC']], [0, 1 / 3]);
  });

  it('gives spikes of one cell in one trial by cell type, in the order of names', () => {
    const model = { typeNames: ['b', 'a'], typeIdx: Int32Array.of(0, 0, 1, 1, 0) };
    const perType = spikesPerType(model, [8, 2, 1, 0, 4], 2);
    assert.deepEqual(Object.entries(perType), [
      ['a', 1 / 2 / 2],
      ['b', 14 / 3 / 2],
    ]);
  });
});
