/** Spikes in recorded traces: planted ones are found, and the counts that were published for MBON-α1 come out. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  detectSpikes,
  mbonDetector,
  publishedMbonDetector,
  type SpikeDetector,
} from '../../../src/analysis/traces/detect-spikes.ts';
import { firingWithin, rateCurve } from '../../../src/analysis/traces/step-response.ts';
import { RandomStream } from '../../../src/base/random.ts';

const folder = join(process.env['CC_SNN_DATA'] ?? '../shared/data', 'in-vivo', 'MBON');

function sweeps(name: string): Float64Array[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((row) => Float64Array.from(row.split(','), Number));
}

describe('spikes in traces', () => {
  it('finds at least 98 % of planted spikes and no others, at 10 kHz with noise', () => {
    const random = new RandomStream([3, 9]);
    const noise = () => random.uniform() + random.uniform() + random.uniform() - 1.5;
    const voltage = Float64Array.from({ length: 100000 }, () => -60 + 0.3 * noise());
    const planted: number[] = [];
    for (let i = 500; i < 99500; i += 70 + random.below(400)) {
      planted.push(i);
      for (let k = -20; k <= 40; k++) voltage[i + k]! += 25 * Math.exp(-Math.abs(k) / (k < 0 ? 6 : 12));
    }
    const found = detectSpikes(voltage, 0.1, mbonDetector);
    const hits = planted.filter((i) => found.some((t) => Math.abs(t - i * 0.1) <= 0.5)).length;
    const others = Array.from(found).filter((t) => !planted.some((i) => Math.abs(t - i * 0.1) <= 0.5)).length;
    assert.ok(planted.length > 300 && hits >= 0.98 * planted.length, `${hits} of ${planted.length}`);
    assert.equal(others, 0);
  });

  it('counts a flat top once, and refuses a window without samples', () => {
    const voltage = Float64Array.from({ length: 200 }, (_, i) =>
      i === 100 || i === 101 ? -20 : -40 - Math.abs(i - 100) / 50,
    );
    assert.deepEqual([...detectSpikes(voltage, 0.1, mbonDetector)], [10]);
    assert.throws(() => detectSpikes(voltage, 10, mbonDetector), /a window of 5 ms holds 1 samples of 10 ms/);
  });

  it('gives rate, regularity and the slope of planted trains', () => {
    const regular = Array.from({ length: 50 }, (_, k) => 10 + 20 * k);
    const firing = firingWithin(regular, 0, 1000);
    assert.equal(firing.rateHz, 50);
    assert.ok(firing.cv! < 1e-12 && firing.lv! < 1e-12);
    assert.equal(firingWithin([5, 6], 0, 10).cv, null);
    assert.deepEqual(rateCurve([2, 4, 6], [10, 30, 50]), { slope: 10, intercept: -10 });
    assert.throws(() => rateCurve([1, 1], [2, 3]), /two currents different/);
  });

  it('finds the published spikes of MBON-α1 for 3-octanol: 85.4 before learning, fewer after', function () {
    if (!existsSync(folder)) {
      this.test!.title += ` (skipped: no ${folder}; set CC_SNN_DATA)`;
      this.skip();
    }
    const counts = (name: string, detector: SpikeDetector) =>
      sweeps(name).map((voltage) => firingWithin(detectSpikes(voltage, 0.1, detector), 3000, 4000).spikes);
    assert.deepEqual(counts('a1_oct_pre', publishedMbonDetector), [70, 84, 86, 92, 95]);
    assert.deepEqual(counts('a1_oct_pre', mbonDetector), [68, 81, 83, 87, 90]);
    const after = counts('a1_oct_post', publishedMbonDetector);
    const mean = after.reduce((a, b) => a + b, 0) / after.length;
    assert.ok(mean > 15 && mean < 30, `published 20.6, at this threshold ${mean}`);
  });

  it('fires faster with more current in the recorded steps', function () {
    if (!existsSync(folder)) {
      this.test!.title += ` (skipped: no ${folder}; set CC_SNN_DATA)`;
      this.skip();
    }
    const rates = sweeps('MBONa1_step_V').map(
      (voltage) => firingWithin(detectSpikes(voltage, 0.1, mbonDetector), 500, 1500).rateHz,
    );
    assert.deepEqual(rates, [1, 23, 22, 34, 44]);
    assert.ok(rateCurve([2, 4, 6, 8, 10], rates).slope > 0);
  });
});
