/** The figures that the recordings give by the methods of docs/recordings.md, to their digits. Runs where the recordings are: CC_SNN_DATA. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { participationRatio } from '../../../src/analysis/activity/patterns.ts';
import { conditioningOf, shockResponse } from '../../../src/analysis/recordings/conditioning.ts';
import {
  commonGlomeruli,
  isComplete,
  meanPatterns,
  pairsOfFly,
} from '../../../src/analysis/recordings/glomerular-patterns.ts';
import { answerFigures, patternsOf } from '../../../src/analysis/recordings/kenyon-answers.ts';
import { lineCeiling, lineMeans } from '../../../src/analysis/recordings/mbon-lines.ts';
import { mixtureFigures } from '../../../src/analysis/recordings/mixtures.ts';
import {
  ceilingOf,
  meanOfNumbers,
  meanVector,
  pairCorrelations,
  pearson,
  pearsonWhereBoth,
  rowOf,
} from '../../../src/analysis/recordings/similarity.ts';
import { mean, standardDeviation } from '../../../src/base/numbers.ts';
import { type GlomerularTable, readGlomeruli } from '../../../src/formats/recordings/glomeruli.ts';
import { type FlyCorrelations, readCorrelations, readResponders } from '../../../src/formats/recordings/kenyon.ts';
import { readLearningTraces } from '../../../src/formats/recordings/learning.ts';
import { readCompartments, readMbonLines } from '../../../src/formats/recordings/mbon.ts';
import { readOdourSet } from '../../../src/formats/recordings/odour-names.ts';
import { readAttraction, readMbonValence } from '../../../src/formats/recordings/valence.ts';
import { responseOf } from '../../../src/odour/choose-odours.ts';
import { readDoor } from '../../../src/odour/door/door-tables.ts';
import { unitsByGlomerulus } from '../../../src/odour/door/glomeruli.ts';

const folder = process.env['CC_SNN_DATA'] ?? '../shared/data';

function bytesOf(path: string): Uint8Array {
  const bytes = readFileSync(join(folder, path));
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Equal when rounded to as many decimals as the wanted numbers have. */
function golden(got: ArrayLike<number>, want: string, what: string): void {
  const texts = want.split(/\s+/);
  assert.equal(got.length, texts.length, what);
  const shown = Array.from(got, (x, k) => x.toFixed((texts[k]!.split('.')[1] ?? '').length).replace(/^(-?)0\./, '$1.'));
  assert.deepEqual(shown, texts, what);
}

const odours = [
  '1-5ol',
  '1-6ol',
  '1-8ol',
  '2-but',
  '2h',
  '6al',
  'B-cit',
  'IaA',
  'Lin',
  'aa',
  'benz',
  'eb',
  'ep',
].concat(['ms', 'pa', 't2h', 'va']);

function responders(kind: string) {
  return readResponders(kind, bytesOf(`recordings/kc/responders_${kind}.csv.gz`));
}

const shares = [
  '.0701 .0634 .0682 .0987',
  '.0801 .0671 .1806 .0976',
  '.0594 .0616 .0677 .0659',
  '.0877 .0828 .1048 .0870',
  '.0934 .0760 .0629 .1345',
  '.0544 .0453 .0938 .1006',
  '.0107 .0163 .0567 .0456',
  '.0924 .0773 .0883 .1221',
  '.0667 .0524 .0670 .0094',
  '.1086 .0933 .1251 .1081',
  '.0547 .0516 .1129 .0705',
  '.0785 .0933 .1244 .1232',
  '.1005 .0931 .1239 .1149',
  '.0641 .0632 .0373 .0467',
  '.0921 .0794 .1287 .1368',
  '.0738 .0752 .0734 .0818',
  '.0523 .0529 .0672 .0599',
];

describe('the recordings of flies', () => {
  before(function () {
    if (existsSync(join(folder, 'recordings', 'odours.csv'))) return;
    console.log(`      skipped: no recordings/ in ${folder} (set CC_SNN_DATA to the folder that holds them)`);
    this.skip();
  });

  it('Kenyon cells: shares, silent cells, odours a cell, φ, dimensions, agreement of flies', () => {
    const table = responders('peak_and_std');
    assert.deepEqual(table.columns, odours);
    const flies = table.recordings.map(({ answers }) => answerFigures(answers, 17));
    golden(
      table.recordings.map(({ cells }) => cells),
      '3822 3815 4181 2654',
      'cells',
    );
    for (const [c, want] of shares.entries()) {
      const own = flies.map((fly) => fly.shares[c]!);
      golden(own, want, odours[c]!);
    }
    golden(
      flies.map((fly) => fly.meanShare),
      '.0729 .0673 .0931 .0884',
      'mean share',
    );
    golden(
      flies.map((fly) => fly.silent),
      '.4670 .5101 .4025 .4612',
      'silent',
    );
    golden([mean(flies.map((fly) => fly.silent))], '.4602', 'silent, mean');
    golden(
      flies.map((fly) => fly.odoursPerCell),
      '2.3255 2.3360 2.6489 2.7902',
      'odours a cell',
    );
    golden([mean(flies.map((fly) => fly.odoursPerCell))], '2.5252', 'odours a cell, mean');
    golden(
      [1, 2, 3, 4, 5].map((k) => mean(flies.map((fly) => fly.byCount[k]!))),
      '.1871 .1300 .0951 .0610 .0336',
      'cells that answer k odours',
    );
    golden(
      flies.map((fly) => fly.phi),
      '.0791 .0872 .0778 .0989',
      'φ',
    );
    golden([mean(flies.map((fly) => fly.phi))], '.0857', 'φ, mean');
    const ratios = table.recordings.map(({ answers, cells }) => {
      const patterns = patternsOf(answers, 17);
      return participationRatio(
        odours.map((_, c) => rowOf(patterns, 17, c)),
        cells,
      );
    });
    golden(ratios, '11.6881 11.6751 11.3528 10.2086', 'participation ratio');
    const pairs = flies.flatMap((a, k) => flies.slice(k + 1).map((b) => pearson(a.shares, b.shares)));
    golden([mean(pairs)], '.6142', 'shares between flies');
  });

  it('Kenyon cells by either criterion', () => {
    const of = (kind: string) => responders(kind).recordings.map(({ answers }) => answerFigures(answers, 17));
    const [both, peak, std] = ['peak_and_std', 'peak', 'std'].map(of);
    golden(
      [both!, peak!, std!].map((flies) => mean(flies.map((fly) => fly.meanShare))),
      '.0804 .0915 .1218',
      'share',
    );
    golden(
      [peak!, std!].map((flies) => mean(flies.map((fly) => fly.silent))),
      '.4020 .3982',
      'silent',
    );
  });

  const correlations = (): FlyCorrelations[] =>
    readCorrelations('correlations.csv', bytesOf('recordings/kc/correlations.csv'), odours);

  it('Kenyon cells: how alike odours are, and how far flies agree', () => {
    const flies = correlations();
    golden(
      flies.map(({ pairs }) => mean(pairs)),
      '.0836 .0791 .0803 .0617',
      'mean r',
    );
    const vectors = flies.map(({ pairs }) => pairs);
    const { lower, upper, pairs } = ceilingOf(vectors);
    golden([lower, upper, pairs], '.9172 .9539 .8800', 'ceiling');
    const binary = responders('peak_and_std').recordings.map(({ answers }) =>
      pairCorrelations(patternsOf(answers, 17), 17),
    );
    const own = ceilingOf(binary);
    golden([own.lower, own.upper], '.9101 .9501', 'ceiling of answers');
    golden([pearson(meanVector(binary), meanVector(vectors))], '.9778', 'answers with graded mean');
    const all = meanVector(vectors);
    const names = odours.flatMap((a, k) => odours.slice(k + 1).map((b) => `${a}–${b}`));
    const at = (k: number) => `${names[k]} ${all[k]!.toFixed(4)}`;
    assert.equal(at(all.indexOf(Math.max(...all))), '1-5ol–1-6ol 0.7231');
    assert.equal(at(all.indexOf(Math.min(...all))), 'IaA–t2h -0.1353');
  });

  const glomeruli = (): { readonly orn: GlomerularTable; readonly pn: GlomerularTable } => ({
    orn: readGlomeruli('pebbled', bytesOf('recordings/orn/pebbled_dff.csv.gz')),
    pn: readGlomeruli('gh146', bytesOf('recordings/pn/gh146_dff.csv.gz')),
  });

  it('receptor and projection neurons: agreement, mean r, dimensions, layer by layer', () => {
    const { orn, pn } = glomeruli();
    assert.deepEqual([orn.odours, pn.odours], [odours, odours]);
    const full = orn.flies.filter(isComplete);
    assert.deepEqual([orn.flies.length, full.length, pn.flies.length], [9, 7, 7]);
    const vectors = { orn: full.map((fly) => pairsOfFly(fly, 17)), pn: pn.flies.map((fly) => pairsOfFly(fly, 17)) };
    const ceilings = [ceilingOf(vectors.orn), ceilingOf(vectors.pn)] as const;
    golden([ceilings[0].lower, ceilings[0].upper, ceilings[0].pairs], '.8288 .8760 .7287', 'ORN ceiling');
    golden([ceilings[1].lower, ceilings[1].upper, ceilings[1].pairs], '.8032 .8576 .6919', 'PN ceiling');
    const ornMeans = orn.flies.map((fly) => meanOfNumbers(pairsOfFly(fly, 17)));
    golden([mean(ornMeans), standardDeviation(ornMeans), mean(vectors.orn.map(mean))], '.3094 .0577 .2911', 'ORN');
    const pnMeans = vectors.pn.map(mean);
    golden([mean(pnMeans), standardDeviation(pnMeans)], '.2671 .0344', 'PN mean r');
    const ratio = (flies: GlomerularTable['flies']) =>
      mean(
        flies.map(({ response, glomeruli: names }) => {
          const given = odours
            .map((_, c) => rowOf(response, 17, c))
            .filter((row) => row.every((x) => !Number.isNaN(x)));
          return participationRatio(given, names.length);
        }),
      );
    golden([ratio(orn.flies), ratio(pn.flies)], '4.4464 4.6487', 'participation ratio');
    const kc = meanVector(correlations().map(({ pairs }) => pairs));
    const [ornMean, pnMean] = [meanVector(vectors.orn), meanVector(vectors.pn)];
    golden([pearson(ornMean, pnMean), pearson(ornMean, kc), pearson(pnMean, kc)], '.6789 .7019 .6204', 'mean RDMs');
  });

  it('means over flies on the glomeruli that both have', () => {
    const { orn, pn } = glomeruli();
    const names = commonGlomeruli(orn, pn);
    assert.equal(names.length, 29);
    const tables = [meanPatterns(orn, names), meanPatterns(pn, names)];
    const pairs = tables.map((table) => pairCorrelations(table, 17));
    const rows = tables.map((table) => odours.map((_, c) => rowOf(table, 17, c)));
    golden(pairs.map(mean), '.3395 .3170', 'mean r');
    golden(
      rows.map((own) => participationRatio(own, 29)),
      '3.9860 4.6745',
      'participation ratio',
    );
    const cv = (own: readonly Float64Array[]) => {
      const variance = own.map((row) => standardDeviation(row) ** 2);
      return standardDeviation(variance) / mean(variance);
    };
    golden(rows.map(cv), '.6640 .6199', 'CV of variance');
    golden([pearson(pairs[0]!, pairs[1]!), pearson(tables[0]!, tables[1]!)], '.5824 .8219', 'ORN with PN');
  });

  it('DoOR’s own vectors beside them', async () => {
    const read = (name: string) => bytesOf(`door/${name}.RData`);
    const door = await readDoor({
      responseMatrix: read('response.matrix'),
      odor: read('odor'),
      mappings: read('DoOR.mappings'),
    });
    const keys = readOdourSet('odours.csv', bytesOf('recordings/odours.csv'), 'kc17');
    assert.deepEqual(
      keys.map(({ label }) => label),
      odours,
    );
    const types = new Set(
      [
        ...bytesOf('codex/consolidated_cell_types.csv.gz')
          .toString()
          .matchAll(/\bORN_(\w+)/g),
      ].map((m) => m[1]!),
    );
    const units = [...unitsByGlomerulus(door, 'mapped')].filter(([name]) => types.has(name));
    assert.equal(units.length, 49);
    const table = Float64Array.from(
      keys.flatMap(({ key }) => {
        const odour = door.odours.findIndex((o) => o.key === key);
        return units.map(([, columns]) => {
          const known = columns.map((unit) => responseOf(door, odour, unit, 'keep')).filter((x) => !Number.isNaN(x));
          return known.length === 0 ? 0 : mean(known);
        });
      }),
    );
    const pairs = pairCorrelations(table, 17);
    golden(
      [
        mean(pairs),
        participationRatio(
          odours.map((_, c) => rowOf(table, 17, c)),
          49,
        ),
      ],
      '.2490 7.4217',
      'DoOR',
    );
    const { orn, pn } = glomeruli();
    const kc = meanVector(correlations().map((fly) => fly.pairs));
    const own = (flies: GlomerularTable['flies']) => meanVector(flies.map((fly) => pairsOfFly(fly, 17)));
    golden(
      [own(orn.flies.filter(isComplete)), own(pn.flies), kc].map((vector) => pearson(pairs, vector)),
      '.5371 .5900 .5416',
      'DoOR with ORN, PN, KC',
    );
  });

  it('output neurons and dopaminergic neurons', () => {
    const table = readMbonLines('hige', bytesOf('recordings/mbon/hige2015_lines.csv'));
    const ten = table.odours.filter((name) => name !== 'empty');
    const six = ['2-heptanone', 'hexanol', 'octanol', 'mch', 'ethanol', 'co2'];
    const lines = lineMeans(table, ten);
    const singles = lineMeans(table, six);
    assert.equal(lines.length, 16);
    const between = (own: typeof lines) =>
      own.flatMap((a, k) => own.slice(k + 1).map((b) => pearson(a.response, b.response)));
    golden([mean(between(lines)), standardDeviation(between(lines))], '.6718 .2490', 'between lines');
    golden([mean(between(singles))], '.5462', 'between lines, single molecules');
    const byOdour = (own: typeof lines, n: number) =>
      mean(
        pairCorrelations(
          Float64Array.from({ length: n * 16 }, (_, k) => own[k % 16]!.response[Math.floor(k / 16)]!),
          n,
        ),
      );
    golden([byOdour(lines, 10), byOdour(singles, 6)], '.7121 .7057', 'between odours');
    const { lower, upper } = lineCeiling(lines);
    golden([lower, upper], '.7403 .8387', 'ceiling');
    const withEmpty = lineMeans(table, ['vinegar', '2-heptanone', 'octanol', 'mch', 'co2', 'empty']);
    golden(
      meanVector(withEmpty.map(({ response }) => response)),
      '36.7227 31.3725 22.4764 19.8811 7.9263 .1883',
      'mean over lines',
    );
    const lineMean = (name: string) => mean(lines.find(({ cellType }) => cellType === name)!.response);
    golden(['α3', "α'2", 'γ1pedc', "γ5β'2a"].map(lineMean), '45.4961 44.6511 26.4288 2.7072', 'line means');
    const [hige, siju] = ['hige2015', 'siju2020_dan'].map((name) =>
      readCompartments(name, bytesOf(`recordings/mbon/${name}_compartments.csv`)),
    );
    const transposed = (t: NonNullable<typeof hige>) =>
      Float64Array.from({ length: t.response.length }, (_, k) => {
        const [c, row] = [Math.floor(k / t.compartments.length), k % t.compartments.length];
        return t.response[row * t.odours.length + c]!;
      });
    const both = (t: NonNullable<typeof hige>) => [
      mean(pairCorrelations(t.response, t.compartments.length)),
      mean(pairCorrelations(transposed(t), t.odours.length)),
    ];
    golden(both(hige!), '.6893 .7034', 'Hige');
    golden(both(siju!), '.2756 .7128', 'Siju');
  });

  it('mixtures', () => {
    const table = readResponders('mixtures', bytesOf('recordings/kc-mixtures/responders.csv.gz'));
    const lines = bytesOf('recordings/kc-mixtures/recordings.csv').toString().trim().split('\n').slice(1);
    const of = (genotype: string) =>
      lines.map((line) => line.split(',')).flatMap(([name, kind]) => (kind!.split('_')[0] === genotype ? [name!] : []));
    const parts = [
      { a: '2h(-7)', b: 'ma(-7)', mixture: '2h(-7)+ma(-7)' },
      { a: '2h(-7)', b: 'farn(-3)', mixture: '2h(-7)+farn(-3)' },
      { a: 'ma(-7)', b: 'farn(-3)', mixture: 'ma(-7)+farn(-3)' },
    ];
    const wanted = [
      '.0823 .0509 .0911 .1305 .6985 .5202',
      '.0823 .0243 .0730 .1051 .6939 .4315',
      '.0509 .0243 .0438 .0746 .5865 .3766',
    ];
    parts.forEach((own, k) => {
      const { a, b, mixture, union, ratio, kept } = mixtureFigures(table, of('WT'), own);
      golden([a, b, mixture, union, ratio, kept], wanted[k]!, own.mixture);
    });
    const ratios = (genotype: string) => parts.map((own) => mixtureFigures(table, of(genotype), own).ratio);
    golden(ratios('TNTin'), '.8372 .6928 .4506', 'TNTin');
    golden(ratios('TNT'), '.8366 .6758 .1463', 'TNT');
  });

  it('learning', () => {
    const traces = readLearningTraces('traces', bytesOf('learning/traces.csv.gz'));
    const pair = (line: string, odour: string) => conditioningOf(traces, line, odour);
    const both = (line: string) => ['MCH', 'OCT'].map((odour) => pair(line, odour));
    const text = (line: string) => both(line).flatMap(({ pre, post, ratio }) => [pre, post, ratio]);
    golden(text('112pt2'), '8.8378 .7227 .0818 6.5355 4.9766 .7615', 'γ1pedc');
    assert.deepEqual([pair('112pt2', 'MCH').fell, pair('112pt2', 'MCH').flies], [7, 7]);
    golden(text('077'), '9.3275 4.1197 .4417 4.7893 4.5544 .9510', 'γ2α′1');
    golden(text('310'), '2.7361 1.7453 .6379 4.0091 6.3861 1.5929', 'α1');
    golden(text('008'), '8.0724 4.3420 .5379 3.9140 4.6972 1.2001', 'KC α/β');
    const rise = (line: string) => both(line).flatMap(({ pre, post }) => [pre, post]);
    golden(rise('011a'), '-.6787 3.0176 -.4619 .0755', 'γ5β′2a');
    golden(rise('011c'), '.2870 2.2205 3.8175 2.3643', 'β′2mp');
    golden(
      [1, 2].map((trial) => shockResponse(traces, '320a', 'MCH', trial)),
      '.6413 10.5071',
      'PPL1-γ1pedc',
    );
  });

  it('innate valence', () => {
    const table = readAttraction('knaden', bytesOf('valence/knaden2012.csv'));
    const significant = table.filter(({ p }) => p < 0.05);
    assert.deepEqual(
      [
        table.length,
        significant.filter((o) => o.attraction > 0).length,
        significant.filter((o) => o.attraction < 0).length,
      ],
      [110, 59, 6],
    );
    golden([mean(table.map(({ attraction }) => attraction))], '.2083', 'mean AI');
    assert.equal(readMbonValence('mbon', bytesOf('valence/mbon_valence.csv')).get('MBON11'), 1);
  });

  it('pearsonWhereBoth leaves out what one lacks', () => {
    assert.equal(pearsonWhereBoth([1, 2, Number.NaN, 4], [2, 4, 1, 8]), 1);
  });
});
