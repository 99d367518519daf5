/** Spike train distances against PySpike 0.9.0: stored values of random trains, and fresh trains where the peer is at hand. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isiDistance } from '../../../src/analysis/spike-trains/isi-distance.ts';
import { spikeDistance } from '../../../src/analysis/spike-trains/spike-distance.ts';
import {
  directionalityMatrix,
  spikeSynchronization,
  spikeTrainOrder,
} from '../../../src/analysis/spike-trains/spike-synchronization.ts';
import { spikeTrain } from '../../../src/analysis/spike-trains/spike-train.ts';

interface Measures {
  readonly isi: number;
  readonly spike: number;
  readonly riSpike: number;
  readonly sync: number;
  readonly order: number;
  readonly isi01: number;
  readonly spike01: number;
  readonly matrix: readonly (readonly number[])[];
}
interface Golden {
  readonly startMs: number;
  readonly endMs: number;
  readonly cases: readonly {
    readonly trainsMs: readonly (readonly number[])[];
    readonly measures: Readonly<Record<'0' | '60' | 'auto', Measures>>;
  }[];
}

function near(got: number, want: number, what: string): void {
  assert.ok(Math.abs(got - want) < 1e-9, `${what}: ${got}, PySpike ${want}`);
}

function compare(golden: Golden): number {
  let compared = 0;
  golden.cases.forEach((one, c) => {
    const trains = one.trainsMs.map((times) => spikeTrain(times, golden.startMs, golden.endMs));
    for (const [name, mrts] of [
      ['0', 0],
      ['60', 60],
      ['auto', 'auto'],
    ] as const) {
      const want = one.measures[name];
      const at = `case ${c}, MRTS ${name}`;
      const pair = [trains[0]!, trains[1]!];
      near(isiDistance(trains, mrts), want.isi, `${at}, ISI`);
      near(spikeDistance(trains, { mrts }), want.spike, `${at}, SPIKE`);
      near(spikeDistance(trains, { mrts, rateIndependent: true }), want.riSpike, `${at}, RI-SPIKE`);
      near(isiDistance(pair, mrts), want.isi01, `${at}, ISI of the first two`);
      near(spikeDistance(pair, { mrts }), want.spike01, `${at}, SPIKE of the first two`);
      near(spikeSynchronization(trains, { mrts }), want.sync, `${at}, SPIKE-sync`);
      near(spikeTrainOrder(trains, { mrts }), want.order, `${at}, order`);
      directionalityMatrix(trains, { mrts }).forEach((row, i) => {
        for (const [j, value] of row.entries()) near(value, want.matrix[i]![j]!, `${at}, directionality ${i}→${j}`);
      });
      compared += 7;
    }
  });
  return compared;
}

describe('spike train distances beside PySpike', () => {
  it('agree on stored random trains: edges, empty trains, single and common spikes among them', () => {
    const text = readFileSync('test/golden/analysis/pyspike.json', 'utf8');
    assert.equal(compare(JSON.parse(text) as Golden), 252);
  });

  it('agree on fresh random trains', function () {
    const python = process.env['CC_SNN_PYSPIKE'];
    if (python === undefined) {
      this.test!.title += ' (skipped: set CC_SNN_PYSPIKE to a python with pyspike==0.9.0)';
      this.skip();
    }
    for (const seed of ['2', '3', '4', '5']) {
      const text: string = execFileSync(python!, ['test/analysis/spike-trains/pyspike-peer.py', seed], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 26,
      });
      assert.equal(compare(JSON.parse(text) as Golden), 252);
    }
  });
});
