/** Rest and what odours add, on planted firing: a tonic network must fail the bands, an odour-driven one keep them. */
import assert from 'node:assert/strict';
import { answered } from '../../../src/analysis/activity/answered.ts';
import { checkBands } from '../../../src/analysis/activity/bands.ts';
import { odourMeans } from '../../../src/analysis/activity/odour-means.ts';
import {
  correlationRatio,
  patternCorrelations,
  restAndEvoked,
  strongestOverRest,
} from '../../../src/analysis/activity/rest-and-evoked.ts';
import { type NetworkRun, networkActivity } from '../../../src/analysis/evaluation/network-activity.ts';
import { RandomStream } from '../../../src/base/random.ts';
import type { Model } from '../../../src/snn/network/network.ts';
import { plantedTask } from '../../rig/planted-task.ts';
import { randomModel } from '../../rig/random-model.ts';

const odours = 12;
const trials = 4;
const blanks = 40;
const sizes = { ORN: 24, PN: 40, KC: 400, MBON: 20 };
const steps = 500;
const task = { ...plantedTask({ odours, steps, trials: { train: 1, validation: 1, test: trials } }), dtMs: 1 };
const model: Model = randomModel({ sizes, classes: odours, steps });
const labels = Int32Array.from({ length: odours * trials }, (_, b) => Math.floor(b / trials));

/** Hz of a cell without odour and with odour c. */
interface Firing {
  readonly rest: (population: string, cell: number) => number;
  readonly odour: (population: string, cell: number, c: number) => number;
}

/** Odour c drives every 12th PN, 1 in 16 KC at a place of its own, and all MBON by its number. */
const drives = (population: string, cell: number, c: number): boolean =>
  population === 'PN' ? cell % 4 === c % 4 : population === 'KC' ? cell % 16 === c : cell % odours === c;

const odourDriven: Firing = {
  rest: (population) => ({ PN: 4, KC: 0.05, MBON: 6 })[population] ?? 8,
  odour: (population, cell, c) =>
    drives(population, cell, c)
      ? ({ PN: 40, KC: 8, MBON: 80 }[population] ?? 30)
      : ({ PN: 4, KC: 0.05, MBON: 16 }[population] ?? 8),
};

/** A tenth of the KC fires at 6 Hz whatever the air, and MBON add hardly anything to their rest; the odour moves tonic cells up and down. */
const tonic: Firing = {
  rest: (population, cell) =>
    population === 'KC' ? (cell % 10 === 0 ? 6 : 0) : ({ PN: 4, MBON: 14 }[population] ?? 8),
  odour: (population, cell, c) =>
    population === 'KC'
      ? cell % 10 === 0
        ? (cell / 10) % odours === c
          ? 14
          : 6
        : 0
      : population === 'MBON'
        ? 15
        : odourDriven.odour(population, cell, c),
};

function run(firing: Firing, seed: number): NetworkRun {
  const random = new RandomStream([seed, 0x706f6973]);
  const draw = (hz: number): number => {
    let spikes = 0;
    for (let t = 0; t < steps; t += 5) if (random.uniform() < hz * 0.005) spikes++;
    return spikes;
  };
  const { populations, inputPopulation, inputSize } = model.network.topology;
  const rows = (count: number, of: (population: string, cell: number, row: number) => number, input: boolean) =>
    Float32Array.from(
      Array.from({ length: count }, (_, row) =>
        input
          ? Array.from({ length: inputSize }, (_, i) => draw(of(inputPopulation, i, row)))
          : populations.flatMap(({ name, size }) => Array.from({ length: size }, (_, i) => draw(of(name, i, row)))),
      ).flat(),
    );
  const withOdour = (population: string, cell: number, row: number) => firing.odour(population, cell, labels[row]!);
  return {
    counts: rows(labels.length, withOdour, false),
    blanks: rows(blanks, firing.rest, false),
    inputCounts: rows(labels.length, withOdour, true),
    inputBlanks: rows(blanks, firing.rest, true),
  };
}

const bandsOf = (firing: Firing) => {
  const { bands } = networkActivity(model, task, run(firing, 3), labels, 1);
  return Object.fromEntries(bands.map((band) => [band.key, band]));
};

describe('bands on rest and evoked', () => {
  it('are kept by a network that odours drive', () => {
    const bands = bandsOf(odourDriven);
    for (const key of [
      'pnRestRate',
      'kcRestRate',
      'kcRestMost',
      'kcAnswered',
      'kcRestShare',
      'mbonRestRate',
      'mbonStrongest',
      'mbonRestShare',
    ])
      assert.equal(bands[key]!.inside, true, `${key}: ${bands[key]!.value}`);
  });

  it('are broken by one whose Kenyon cells are tonic and whose MBON hardly answer, though it keeps those on odour trials alone', () => {
    const bands = bandsOf(tonic);
    for (const key of [
      'kcRestRate',
      'kcRestMost',
      'kcAnswered',
      'kcRestShare',
      'mbonRestRate',
      'mbonStrongest',
      'mbonRestShare',
    ])
      assert.equal(bands[key]!.inside, false, `${key}: ${bands[key]!.value}`);
    for (const key of ['kcRate', 'mbonRate']) assert.equal(bands[key]!.inside, true, key);
    assert.ok(bands['kcRestShare']!.value > 80 && bands['mbonRestShare']!.value > 80);
  });

  it('give their value an interval that holds the planted one', () => {
    const bands = bandsOf(odourDriven);
    const [low, high] = bands['mbonRestRate']!.interval!;
    assert.ok(low < 6 && 6 < high && high - low < 2, `${low} – ${high}`);
    const planted = 100 * (0.05 / (0.05 + 7.95 / 16));
    const [least, most] = bands['kcRestShare']!.interval!;
    assert.ok(least < planted && planted < most, `${least} – ${most}, planted ${planted}`);
  });

  it('stay silent on what was not measured', () => {
    assert.deepEqual(
      checkBands({ mbonStrongest: Number.NaN, kcRestRate: { mean: 0.2, low: 0.1, high: 0.3 } }).map(
        ({ key, inside }) => [key, inside],
      ),
      [['kcRestRate', false]],
    );
  });
});

describe('rest and evoked', () => {
  const means = odourMeans([4, 0, 2, 0, 6, 0, 8, 0], [0, 0, 1, 1], 2);
  const still = [1, 0, 3, 0];

  it('are those by hand: rates over a trial, the difference, the share', () => {
    const found = restAndEvoked(means, still, [0], 0.5, 1);
    assert.deepEqual([found.restHz.mean, found.odourHz.mean, found.evokedHz.mean, found.restMostHz], [4, 10, 6, 4]);
    assert.equal(found.restShare!.mean, 0.4);
    assert.ok(found.restShare!.low < 0.4 && found.restShare!.high > 0.4);
  });

  it('have no share where cells are silent in both', () => {
    assert.equal(restAndEvoked(means, still, [1], 0.5, 1).restShare, null);
    assert.equal(strongestOverRest(means, still, [1], 1), null);
  });

  it('take the strongest odours from other trials than those that are read', () => {
    // Odd trials 4 and 6: odour 1 is the strongest; its even trial has 8 spikes, 2 a trial at rest.
    assert.equal(strongestOverRest(means, still, [0], 1)!.mean, 4);
  });

  it('of noise alone is about 1', () => {
    const random = new RandomStream([5, 5]);
    const noise = (rows: number) => Array.from({ length: rows * 30 }, () => (random.uniform() < 0.5 ? 1 : 3));
    const of = odourMeans(
      noise(80),
      Array.from({ length: 80 }, (_, b) => b >> 2),
      20,
    );
    const ratio = strongestOverRest(
      of,
      noise(40),
      Array.from({ length: 30 }, (_, i) => i),
      1,
    )!;
    assert.ok(Math.abs(ratio.mean - 1) < 0.15, `${ratio.mean}`);
  });
});

describe('correlation of one network over another’s', () => {
  const patterns = (shared: number, seed: number): Float64Array => {
    const random = new RandomStream([seed, 9]);
    const common = Float64Array.from({ length: 60 }, () => random.uniform());
    return Float64Array.from({ length: odours * 60 }, (_, k) => shared * common[k % 60]! + random.uniform());
  };
  const correlations = (shared: number) => patternCorrelations(patterns(shared, 1), patterns(shared, 1), odours);

  it('is above 1 where odours became more alike, 1 against itself, and its interval says so', () => {
    const [alike, apart] = [correlations(2), correlations(1)];
    const worse = correlationRatio(alike, apart, odours, 1)!;
    assert.ok(worse.low > 1, `${worse.low}`);
    assert.ok(correlationRatio(apart, alike, odours, 1)!.high < 1);
    assert.equal(correlationRatio(alike, alike, odours, 1)!.mean, 1);
  });

  it('leaves out odours without a pattern', () => {
    const flat = correlations(1).map((r, k) => (k % odours === 2 ? Number.NaN : r));
    assert.ok(Number.isFinite(correlationRatio(flat, correlations(1), odours, 1)!.mean));
  });

  it('counts an answer only above rest', () => {
    assert.deepEqual([...answered([3, 1, 3, 0], [0, 0], 1, [3, 0, 3, 0, 2, 0], 2)], [0, 1]);
  });
});
