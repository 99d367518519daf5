/** The investigations of records on planted activity, both ways: the effect where it was planted, none where it was not. */
import assert from 'node:assert/strict';
import { investigateApl } from '../../../src/analysis/investigate/apl.ts';
import { filesOf, type Investigation, skipped } from '../../../src/analysis/investigate/investigation.ts';
import { investigateOverlap } from '../../../src/analysis/investigate/overlap.ts';
import { investigateRates } from '../../../src/analysis/investigate/rates.ts';
import { investigateTuning } from '../../../src/analysis/investigate/tuning.ts';
import { investigateValence } from '../../../src/analysis/investigate/valence.ts';
import { aboveOrBelow, estimateText, plainData } from '../../../src/analysis/investigate/verdict.ts';
import { investigateWhitening } from '../../../src/analysis/investigate/whitening.ts';
import { binnedCounts, rateOverTime } from '../../../src/analysis/record/binned.ts';
import { draw, RandomStream } from '../../../src/base/random.ts';
import { plantedRecord } from './planted-record.ts';

/** Uniform in 0 … 1, the same for the same numbers. */
const noise = (...[a, b, c, d]: readonly [number, number, number, number]) =>
  draw([a + 1, b + 1], c, d)[0] / 4294967296;
const nameNumber = (name: string) => ['ORN', 'PN', 'KC', 'MBON'].indexOf(name);
const sizes = { ORN: 20, PN: 20, KC: 60, MBON: 6 };

interface Metrics {
  readonly [name: string]: unknown;
}
const metricsOf = (own: Investigation): Metrics => JSON.parse(filesOf(own).metrics) as Metrics;

describe('investigations of records', () => {
  it('rates: cells that rest as published are within their bands, three times faster ones are not', () => {
    const at = (hz: Readonly<Record<string, number>>) =>
      investigateRates(
        plantedRecord({
          odours: 3,
          sizes,
          // Trials of 200 ms: a fifth of a second.
          count: (name, cell, odour, trial) => {
            const rate = hz[name]! * (odour < 3 ? 2 : 1) * 0.2;
            return Math.floor(rate) + (noise(nameNumber(name), cell, odour, trial) < rate % 1 ? 1 : 0);
          },
        }),
        1,
      );
    assert.equal(at({ ORN: 12, PN: 5, KC: 0.1, MBON: 5 }).verdict.verdict, 'support');
    const fast = at({ ORN: 12, PN: 15, KC: 2, MBON: 5 });
    assert.equal(fast.verdict.verdict, 'contradict');
    assert.match(fast.verdict.says, /^1 of 3 .*outside: PN, KC$/);
  });

  it('bins hold every spike once, at its time', () => {
    const record = plantedRecord({
      odours: 2,
      sizes,
      count: (name) => (name === 'KC' ? 2 : 0),
      step: (spike) => (spike === 0 ? 10 : 160),
    });
    const kc = record.populations[2]!;
    const sums = binnedCounts(record, kc).map((bin) => bin.reduce((a, b) => a + b, 0));
    assert.deepEqual(sums, [14 * 60, 0, 0, 14 * 60]);
    assert.deepEqual([...rateOverTime(record, kc, () => true)], [20, 0, 0, 20]);
    assert.ok(rateOverTime(record, kc, () => false).every(Number.isNaN));
    assert.throws(() => binnedCounts(record, record.populations[0]!), /counted, not kept/);
  });

  it('tuning: shares are those that were planted, one-odour cells are the sparsest, classes stand in their order', () => {
    const share: Readonly<Record<string, number>> = { KCg: 0.02, KCab: 0.06, 'KCapbp-m': 0.2 };
    const types = Object.keys(share);
    const record = plantedRecord({
      odours: 50,
      sizes: { ORN: 5, PN: 40, KC: 150, MBON: 4 },
      type: (name, cell) => (name === 'KC' ? types[cell % 3]! : `${name}-0`),
      count: (name, cell, odour) => {
        if (odour === 50) return 0;
        const wanted = name === 'KC' ? share[types[cell % 3]!]! : 0.6;
        return noise(nameNumber(name), cell, odour, 0) < wanted ? 5 : 0;
      },
    });
    const own = investigateTuning(record, 1);
    const { layers, classes, order } = metricsOf(own) as unknown as {
      layers: { name: string; answered: { mean: number }; lifetimeSparseness: number }[];
      classes: { name: string; answered: { mean: number } }[];
      order: string;
    };
    const of = (name: string) => layers.find((layer) => layer.name === name)!;
    assert.ok(Math.abs(of('PN').answered.mean - 0.6) < 0.02 && Math.abs(of('KC').answered.mean - 0.0933) < 0.02);
    assert.ok(of('KC').lifetimeSparseness > 0.85 && of('PN').lifetimeSparseness < 0.5);
    assert.equal(order, 'α′β′ > αβ > γ');
    for (const [k, name] of ['α′β′', 'αβ', 'γ'].entries()) {
      assert.equal(classes[k]!.name, name);
      assert.ok(Math.abs(classes[k]!.answered.mean - [0.2, 0.06, 0.02][k]!) < 0.02);
    }
    assert.equal(own.verdict.verdict, 'support');
    const broad = plantedRecord({
      odours: 20,
      sizes,
      count: (_, cell, odour) => (odour < 20 && (cell + odour) % 2 === 0 ? 4 : 0),
    });
    assert.equal(investigateTuning(broad, 1).verdict.verdict, 'contradict');
  });

  it('whitening: found where each layer loses what odours share, not in a copy, undecided where halves disagree', () => {
    const layered = (shared: Readonly<Record<string, number>>, trialNoise: number) =>
      plantedRecord({
        odours: 12,
        sizes: { ORN: 80, PN: 80, KC: 80, MBON: 2 },
        count: (name, cell, odour, trial) => {
          if (odour === 12) return 0;
          const k = Math.max(0, nameNumber(name));
          const common = (shared[name] ?? 0) * noise(9, k, cell, 99);
          return Math.round(
            30 * (common + (1 - (shared[name] ?? 0)) * noise(k, 7, cell, odour)) * (1 - trialNoise) +
              30 * trialNoise * noise(k, cell, odour, 100 + trial),
          );
        },
      });
    assert.equal(investigateWhitening(layered({ ORN: 0.5, PN: 0.5, KC: 0 }, 0.1)).verdict.verdict, 'support');
    assert.equal(investigateWhitening(layered({ ORN: 0.5, PN: 0.5, KC: 0.5 }, 0.1)).verdict.verdict, 'contradict');
    assert.equal(investigateWhitening(layered({ ORN: 0.5, PN: 0, KC: 0 }, 0.1)).verdict.verdict, 'contradict');
    assert.equal(investigateWhitening(layered({ ORN: 0.5, PN: 0.5, KC: 0 }, 1)).verdict.verdict, 'undecided');
  });

  it('overlap: random claws with few winners draw odours apart, a copy draws none', () => {
    const input = (cell: number, odour: number) => 10 * noise(1, 1, cell, odour) + 10 * noise(1, 2, cell, 0);
    const projected = (cell: number, odour: number) =>
      [0, 1, 2, 3].reduce((sum, claw) => sum + input(Math.floor(20 * noise(3, claw, cell, 5)), odour), 0);
    const expanded = plantedRecord({
      odours: 10,
      sizes: { ...sizes, KC: 200 },
      count: (name, cell, odour) => {
        if (odour === 10) return 0;
        return name === 'KC' ? Math.max(0, Math.round(projected(cell, odour) - 50)) : Math.round(input(cell, odour));
      },
    });
    const own = investigateOverlap(expanded);
    assert.equal(own.verdict.verdict, 'support');
    const copy = plantedRecord({
      odours: 10,
      sizes: { ...sizes, KC: 20 },
      count: (_, cell, odour) => (odour === 10 ? 0 : Math.round(input(cell, odour))),
    });
    const same = investigateOverlap(copy);
    assert.equal((metricsOf(same)['fartherThanOrn'] as { mean: number }).mean, 0);
    assert.equal(same.verdict.verdict, 'contradict');
  });

  it('APL: k winners less, as many cells more; no APL, no change; without a normal record refused', () => {
    const winners = (k: number) =>
      plantedRecord({
        odours: 8,
        sizes,
        count: (name, cell, odour) => (odour < 8 && (name !== 'KC' || (cell + 7 * odour) % 60 < k) ? 3 : 0),
      });
    const own = investigateApl({ silenced: winners(18), normal: winners(6), driven: winners(3) }, 1);
    assert.equal(own.verdict.verdict, 'support');
    const { conditions } = metricsOf(own) as unknown as {
      conditions: { name: string; spikesTimes: { mean: number }; active: { mean: number } }[];
    };
    assert.deepEqual(
      conditions.map(({ name }) => name),
      ['normal', 'driven', 'silenced'],
    );
    assert.deepEqual(
      conditions.map(({ spikesTimes }) => spikesTimes.mean),
      [1, 0.5, 3],
    );
    assert.deepEqual(
      conditions.map(({ active }) => active.mean),
      [0.1, 0.05, 0.3],
    );
    assert.equal(investigateApl({ normal: winners(6), silenced: winners(6) }, 1).verdict.verdict, 'undecided');
    assert.throws(() => investigateApl({ other: winners(6) }, 1), /no record 'normal'/);
  });

  it('valence: found where it is linear in PN (r ≥ .6 at half of the variance), a null result where labels are random', () => {
    const odours = 110;
    const record = plantedRecord({
      odours,
      sizes: { ORN: 8, PN: 10, KC: 12, MBON: 6 },
      type: (name, cell) => `${name}-${cell % 2}`,
      count: (name, cell, odour) => (odour === odours ? 0 : Math.round(20 * noise(nameNumber(name), 3, cell, odour))),
    });
    const pn = record.populations[1]!;
    const weights = Array.from({ length: pn.size }, (_, i) => noise(5, 5, 5, i) - 0.5);
    const cells = record.typeIdx.length;
    const signal = Array.from({ length: odours }, (_, c) =>
      weights.reduce((sum, w, i) => sum + w * record.counts[4 * c * cells + pn.offset + i]!, 0),
    );
    const spread = Math.sqrt(
      signal.reduce((s, x) => s + (x - signal.reduce((a, b) => a + b, 0) / odours) ** 2, 0) / odours,
    );
    const table = (of: (c: number) => number) =>
      Array.from({ length: odours }, (_, c) => ({ key: `ODOUR-${c}`, name: '', attraction: of(c), p: 1 }));
    // Uniform noise of the same variance as the signal: R² = .5.
    const planted = table((c) => signal[c]! + spread * Math.sqrt(12) * (noise(6, 6, 6, c) - 0.5));
    const signs = new Map<string, 1 | -1>([
      ['MBON-0', 1],
      ['MBON-1', -1],
    ]);
    const found = investigateValence(record, planted, signs, 1, 99)!;
    const { layers } = metricsOf(found) as unknown as { layers: { layer: string; r: number; p: number }[] };
    const own = layers.find(({ layer }) => layer === 'PN')!;
    assert.ok(own.r >= 0.6 && own.p <= 0.02, `r ${own.r}, p ${own.p}`);
    assert.equal(found.verdict.verdict, 'support');
    assert.ok(layers.filter(({ layer }) => layer !== 'PN').every(({ p }) => p > 0.02));
    const random = new RandomStream([8, 8]);
    const labels = table(() => random.uniform());
    assert.equal(investigateValence(record, labels, undefined, 1, 99)!.verdict.verdict, 'null result');
    assert.equal(investigateValence(record, labels.slice(0, 19), undefined, 1, 99), undefined);
  });

  it('a verdict follows its interval; figures hold what JSON can', () => {
    assert.deepEqual(
      [
        [0.2, 0.4],
        [-0.2, -0.1],
        [-0.1, 0.1],
      ].map(([low, high]) => aboveOrBelow({ value: 0, low: low!, high: high! }, 0)),
      ['support', 'contradict', 'undecided'],
    );
    assert.equal(estimateText({ value: -0.123, low: -0.2, high: 0.1 }), '−0.12 (−0.20–0.10)');
    assert.deepEqual(plainData({ a: Number.NaN, b: Float32Array.from([0.5]), c: [undefined] }), {
      a: null,
      b: [0.5],
      c: [undefined],
    });
    const { figure, metrics } = filesOf(skipped('A question', 'no data'));
    assert.ok(figure.includes('Skipped: no data.') && metrics.includes('"verdict":"skipped"'));
  });
});
