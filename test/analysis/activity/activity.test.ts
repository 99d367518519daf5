/** Rates, sparseness, answers, tuning, patterns, separation, bands: planted truths are recovered, formulas hold by hand. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answered, answeredShares } from '../../../src/analysis/activity/answered.ts';
import { checkBands } from '../../../src/analysis/activity/bands.ts';
import { kenyonClassOf } from '../../../src/analysis/activity/kenyon-class.ts';
import { answersByInput, inputResponse } from '../../../src/analysis/activity/measured-input.ts';
import { columnsOf, odourMeans } from '../../../src/analysis/activity/odour-means.ts';
import { patternStatistics } from '../../../src/analysis/activity/patterns.ts';
import { activeFraction, cellRatesHz, summariseRates } from '../../../src/analysis/activity/rates.ts';
import { jaccard, pairCosines, separation } from '../../../src/analysis/activity/separation.ts';
import { lifetimeSparseness, populationSparseness, sparseness } from '../../../src/analysis/activity/sparseness.ts';
import { tuningCurve } from '../../../src/analysis/activity/tuning.ts';
import { RandomStream } from '../../../src/base/random.ts';
import { plantedTask } from '../../rig/planted-task.ts';
import { randomModel } from '../../rig/random-model.ts';

function near(got: number | null | undefined, want: number, tolerance = 1e-12): void {
  assert.ok(typeof got === 'number' && Math.abs(got - want) <= tolerance, `${got}, expected ${want} ± ${tolerance}`);
}

function normals(n: number, seed: number): Float64Array {
  const random = new RandomStream([seed, seed]);
  return Float64Array.from({ length: n }, () => {
    const u = 1 - random.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.uniform());
  });
}

describe('sparseness', () => {
  it('is 1 for one response, 0 for a uniform cell, null for a silent one, and by hand for (1, 2, 3)', () => {
    near(sparseness([0, 0, 5, 0]), 1);
    near(sparseness([2, 2, 2]), 0);
    assert.equal(sparseness([0, 0]), null);
    assert.equal(sparseness([-1, -2]), null);
    near(sparseness([1, 2, 3]), (1 - 36 / 42) / (1 - 1 / 3));
  });

  it('lies in 0 … 1 and does not change with scale or order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 20 }), (r) => {
        const value = sparseness(r);
        if (value === null) return assert.ok(r.every((x) => x === 0));
        assert.ok(value >= -1e-12 && value <= 1 + 1e-12);
        near(sparseness(r.map((x) => 3 * x).reverse()), value, 1e-9);
      }),
    );
  });

  it('takes cells over odours and odours over cells', () => {
    const responses = Float64Array.of(1, 0, 4, 1, 0, 0);
    assert.deepEqual(lifetimeSparseness(responses, 2), [0, 1]);
    assert.equal(populationSparseness(responses, 2).length, 2);
    near(populationSparseness(responses, 2)[1], 1);
  });
});

describe('rates', () => {
  it('recover planted Poisson rates within their error, and flag a silent share exactly', () => {
    const random = new RandomStream([2, 3]);
    const wantHz = [0, 2, 10, 40];
    const counts = new Float32Array(500 * 4);
    for (let b = 0; b < 500; b++) {
      wantHz.forEach((hz, i) => {
        for (let t = 0; t < 500; t++) if (random.uniform() < hz / 1000) counts[b * 4 + i]!++;
      });
    }
    const rates = cellRatesHz(counts, 4, 0.5);
    wantHz.forEach((hz, i) => {
      near(rates[i], hz, 4 * Math.sqrt(hz / 250) + 1e-12);
    });
    const summary = summariseRates(rates);
    assert.equal(summary.silent, 0.25);
    near(summary.meanHz, 13, 0.6);
    near(summary.mostHz, rates[3]!);
    assert.throws(() => summariseRates([]), /no cells/);
  });

  it('count the active share of a population by trial', () => {
    const active = activeFraction([1, 0, 2, 0, 0, 0, 9, 9], 4, 1, 3);
    assert.deepEqual([...active.perTrial], [1 / 3, 2 / 3]);
    near(active.mean, 0.5);
  });
});

describe('answers', () => {
  it('recover set response probabilities within 2 %, and a cell without odour effect answers nothing', () => {
    const random = new RandomStream([8, 1]);
    const [odours, trials, cells] = [300, 3, 3];
    const labels = Array.from({ length: odours * trials }, (_, b) => Math.floor(b / trials));
    const poisson = (mean: number) => {
      let n = 0;
      for (let t = 0; t < 500; t++) if (random.uniform() < mean / 500) n++;
      return n;
    };
    const tuned = [0.06, 0.59].map((share) => Array.from({ length: odours }, () => random.uniform() < share));
    const counts = Float64Array.from(
      labels.flatMap((c) => [tuned[0]![c] ? 4 : 0, poisson(2) + (tuned[1]![c] ? 12 : 0), poisson(2)]),
    );
    const blanks = Float64Array.from({ length: 60 * cells }, (_, k) => (k % cells === 0 ? 0 : poisson(2)));
    const shares = answeredShares(answered(counts, labels, odours, blanks, cells), cells, 0, cells);
    tuned.forEach((set, i) => {
      near(shares[i], set.filter(Boolean).length / odours, 0.02);
    });
    near(shares[2], 0, 0.02);
    assert.throws(() => answered(counts, labels, odours, [], cells), /0 trials without odour/);
  });

  it('need a count above the mean + 3.5 SD of trials without odour, in at least half of the trials', () => {
    // Without odour 1 and 3: mean 2, SD 1, so that a count must exceed 5.5. Odour 0 has four trials, odour 1 three.
    const labels = [0, 0, 0, 0, 1, 1, 1];
    const answers = (counts: readonly number[]) => [...answered(counts, labels, 2, [1, 3], 1)];
    assert.deepEqual(answers([6, 6, 5, 0, 6, 6, 0]), [1, 1]);
    assert.deepEqual(answers([6, 5, 5, 5, 6, 5, 5]), [0, 0]);
    assert.deepEqual(answers([5, 5, 5, 5, 0, 5, 5]), [0, 0]);
  });

  it('are counted where the weighted input response is above the limit', () => {
    const task = plantedTask({ odours: 3, inputSize: 24 });
    const { topology } = randomModel().network;
    const pn = topology.populations.find(({ name }) => name === 'PN')!;
    const response = inputResponse(task, topology, pn.offset, pn.size);
    let sum = 0;
    let synapses = 0;
    for (let i = 0; i < 24; i++) {
      for (let e = topology.rowPtr[i]!; e < topology.rowPtr[i + 1]!; e++) {
        if (topology.colIdx[e] !== pn.offset + 2) continue;
        sum += (topology.synCount[e]! * (task.onProbability[24 + i]! - task.offProbability[i]!)) / 0.192;
        synapses += topology.synCount[e]!;
      }
    }
    near(response[pn.size + 2], sum / synapses, 1e-9);
    const table = new Uint8Array(3 * topology.size).fill(1);
    const all = answersByInput(table, topology.size, pn.offset, response, 3, -1);
    assert.equal(all.share, 1);
    assert.ok(answersByInput(table, topology.size, pn.offset, response, 3, 0.2).pairs < all.pairs);
  });
});

describe('odour means and tuning', () => {
  it('split trials in two halves whose mean is the whole', () => {
    const means = odourMeans([1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 1, 1], 2);
    assert.deepEqual([...means.all], [2, 3, 6, 7]);
    assert.deepEqual([...means.odd], [1, 2, 5, 6]);
    assert.deepEqual([...means.even], [3, 4, 7, 8]);
    assert.equal(means.split, true);
    assert.equal(odourMeans([1, 2], [0, 1], 2).split, false);
    assert.deepEqual([...columnsOf(means.all, 2, 1, 1)], [3, 7]);
  });

  it('curves fall for tuned cells and are flat for noise, since one half ranks and the other is read', () => {
    const tuned = Float64Array.of(9, 0, 1, 1, 0, 9);
    assert.deepEqual(
      [...tuningCurve(tuned, tuned, 3)!],
      [9, 1, 0].map((x) => x),
    );
    const [ranking, read] = [normals(200 * 50, 1).map((x) => x + 5), normals(200 * 50, 2).map((x) => x + 5)];
    const curve = tuningCurve(ranking, read, 50)!;
    near(curve[0], 5, 0.3);
    near(curve[49], 5, 0.3);
    assert.ok(tuningCurve(ranking, ranking, 50)![0]! > 6.5);
    assert.equal(tuningCurve(new Float64Array(6), tuned, 3), null);
  });
});

describe('patterns', () => {
  const [odours, n] = [20, 400];

  it('orthogonal equal patterns: r near 0, equal variance, as many dimensions as odours less one', () => {
    const block = new Float64Array(odours * n);
    for (let c = 0; c < odours; c++) block.fill(1, c * n + c * 20, c * n + (c + 1) * 20);
    const found = patternStatistics(block, block, block, odours)!;
    near(found.meanCorrelation, -1 / 19, 1e-9);
    near(found.reliability, 1, 1e-9);
    near(found.varianceCv, 0, 1e-9);
    near(found.participationRatio, odours - 1, 1e-6);
    near(found.correlationNorm, 1 / 19, 1e-9);
    assert.equal(found.reliable, true);
  });

  it('one shared direction with many strengths: r = 1, one dimension', () => {
    const direction = normals(n, 3);
    const ranked = Float64Array.from({ length: odours * n }, (_, k) => (1 + Math.floor(k / n)) * direction[k % n]!);
    const found = patternStatistics(ranked, ranked, ranked, odours)!;
    near(found.meanCorrelation, 1, 1e-9);
    near(found.participationRatio, 1, 1e-6);
    assert.ok(found.varianceCv > 0.5);
  });

  it('a scaled copy has the same statistics; a layer of noise alone fails the split', () => {
    const [a, b] = [normals(odours * n, 4), normals(odours * n, 5)];
    const whole = a.map((x, k) => (x + b[k]!) / 2);
    const noise = patternStatistics(whole, a, b, odours)!;
    assert.equal(noise.reliable, false);
    near(noise.reliability, 0, 0.05);
    const [scaled] = [[whole, a, b].map((x) => x.map((v) => 7 * v))];
    const again = patternStatistics(scaled![0]!, scaled![1]!, scaled![2]!, odours)!;
    near(again.meanCorrelation, noise.meanCorrelation, 1e-9);
    near(again.participationRatio, noise.participationRatio, 1e-6);
  });
});

describe('separation', () => {
  it('a random projection with few winners moves odours apart; the identity does not', () => {
    const base = normals(30, 6);
    const upstream = Float64Array.from({ length: 12 * 30 }, (_, k) =>
      Math.max(0, base[k % 30]! + 0.5 * normals(360, 7)[k]!),
    );
    const weight = normals(30 * 300, 8);
    const downstream = new Float64Array(12 * 300);
    for (let c = 0; c < 12; c++) {
      const drive = Array.from({ length: 300 }, (_, j) => {
        let sum = 0;
        for (let i = 0; i < 30; i++) sum += upstream[c * 30 + i]! * weight[j * 30 + i]!;
        return sum;
      });
      const limit = drive.toSorted((p, q) => q - p)[15]!;
      drive.forEach((x, j) => {
        downstream[c * 300 + j] = Math.max(0, x - limit);
      });
    }
    const up = pairCosines(upstream, 12);
    const found = separation(up, pairCosines(downstream, 12))!;
    assert.ok(found.farther > 0.95 && found.decorrelationPercent > 20, JSON.stringify(found));
    const same = separation(up, up)!;
    near(same.decorrelationPercent, 0);
    assert.equal(same.farther, 0);
    near(jaccard([1, 1, 0], [0, 1, 1]), 1 / 3);
  });
});

describe('bands and classes', () => {
  it('flag what lies outside, keep the edges inside, leave out what was not measured', () => {
    const checks = checkBands({ kcActive: 0.03, kcRate: 3.1, pnAnswered: Number.NaN, mbonRate: 60 });
    assert.deepEqual(
      checks.map(({ key, inside }) => [key, inside]),
      [
        ['kcActive', true],
        ['kcRate', false],
        ['mbonRate', true],
      ],
    );
  });

  it('name the Kenyon cell classes of FlyWire types', () => {
    const names = ['KCg-m', 'KCg-s2', 'KCab', 'KCab-p', 'KCapbp-ap1', "KCa'b'-m", 'MBON01'];
    assert.deepEqual(names.map(kenyonClassOf), ['γ', 'γ', 'αβ', 'αβ', 'α′β′', 'α′β′', undefined]);
  });
});
