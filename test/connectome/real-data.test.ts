/**
 * FlyWire v783's own tables: the counts that were measured on them by other means (pandas). Runs where the tables are: CC_SNN_DATA, or
 * ../shared/data beside the project.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PathwayReport } from '../../src/connectome/codex/report.ts';
import { applyNullModel, type NullModel } from '../../src/connectome/null-models/null-models.ts';
import { whatIsLeft } from '../../src/connectome/null-models/what-is-left.ts';
import { buildFromTables } from './build-from-tables.ts';
import { prepare } from './prepare-tables.ts';

const folder = join(process.env['CC_SNN_DATA'] ?? '../shared/data', 'codex');

function read(name: string): Uint8Array[] {
  return [gunzipSync(readFileSync(join(folder, `${name}.csv.gz`)))];
}

/** Every cell and every pair: untyped cells too, nothing dropped. */
const everything = {
  populations: { ORN: { untyped: true }, LN: { untyped: true }, PN: { untyped: true }, DAN: { otherwise: 'ACH' } },
  dropProjections: [],
};

/** Same-side table: pairs, synapses, weight mean/median/max, out-degree mean/median/max, in-degree mean/median/max. */
const measured: Readonly<Record<string, readonly number[]>> = {
  'ORN>PN': [4252, 86457, 20.33, 13, 234, 2.26, 2, 9, 12.88, 11, 122],
  'ORN>LN': [2784, 28877, 10.37, 7, 96, 2.27, 1, 15, 20.32, 7, 432],
  'LN>ORN': [4357, 41438, 9.51, 7, 77, 44.92, 8, 481, 3.09, 2, 16],
  'LN>LN': [9720, 273057, 28.09, 14, 785, 24.55, 11, 95, 25.99, 13, 91],
  'LN>PN': [12097, 197276, 16.31, 10, 388, 28.6, 12, 157, 20.43, 11, 91],
  'PN>LN': [9220, 161161, 17.48, 11, 313, 23.05, 18, 72, 26.57, 6, 112],
  'PN>PN': [2848, 39938, 14.02, 8, 322, 5.72, 4, 28, 4.9, 3, 76],
  'PN>KC': [21082, 311131, 14.76, 14, 69, 74.76, 60, 516, 4.48, 5, 11],
  'KC>KC': [2133, 12157, 5.7, 5, 17, 1.64, 1, 9, 1.64, 1, 18],
  'KC>MBON': [14829, 107559, 7.25, 7, 31, 3.05, 3, 10, 214.9, 103, 996],
  'KC>APL': [5176, 116822, 22.57, 22, 60, 1, 1, 1, 2588, 2588, 2596],
  'APL>KC': [5166, 98592, 19.08, 19, 68, 2583, 2583, 2586, 1, 1, 1],
  'DAN>MBON': [371, 6446, 17.37, 9, 277, 1.78, 2, 10, 5.23, 2, 22],
  'MBON>DAN': [264, 3144, 11.91, 7, 230, 3.3, 2, 12, 2.1, 1, 12],
  'MBON>MBON': [330, 9317, 28.23, 14, 247, 4.4, 3, 16, 3.47, 3, 11],
};

describe('connectome/build on FlyWire v783', () => {
  let cells: Record<string, Uint8Array[]>;
  before(function () {
    if (!existsSync(join(folder, 'neurons.csv.gz'))) {
      console.log(
        `      no tables in ${folder}: set CC_SNN_DATA to a folder that holds codex/neurons.csv.gz and the others`,
      );
      this.skip();
    }
    cells = {
      'classification.csv': read('classification'),
      'consolidated_cell_types.csv': read('consolidated_cell_types'),
      'neurons.csv': read('neurons'),
    };
  });
  const build = (table: string, params: object = {}): PathwayReport =>
    buildFromTables({ ...cells, 'connections.csv': read(table) }, params).report;

  it('has the populations of the earlier project (but for ORN, whose rule is not known), sides and types', () => {
    const { populations } = build('connections');
    const counts = populations.map((p) => [p.name, p.size, p.left, p.right, p.noSide, p.types]);
    assert.deepEqual(counts, [
      ['ORN', 2279, 1117, 1132, 30, 53],
      ['LN', 426, 214, 212, 0, 94],
      ['PN', 684, 340, 344, 0, 183],
      ['KC', 5177, 2580, 2597, 0, 10],
      ['APL', 2, 1, 1, 0, 1],
      ['MBON', 96, 48, 48, 0, 35],
      ['DAN', 331, 166, 165, 0, 28],
    ]);
    assert.deepEqual(
      populations.map((p) => p.untypedLeftOut),
      [2, 1, 1, 0, 0, 0, 0],
    );
    assert.deepEqual(populations[3]!.commonest.slice(0, 3), [
      ['KCg-m', 2190],
      ['KCab', 1643],
      ['KCapbp-m', 338],
    ]);
  });

  it('has the pairs and spreads of the same-side table', () => {
    const { totals, pairs, rows, edgeCounts, projections } = build('connections', everything);
    assert.equal(rows.all.rows, 103_897);
    assert.equal(pairs, 97_172);
    assert.equal(totals.edges, 97_172);
    assert.equal(edgeCounts.selfLoops.pairs, 20);
    for (const [name, wanted] of Object.entries(measured)) {
      const p = projections.find(({ pre, post }) => `${pre}>${post}` === name)!;
      const spreads = [p.weight, p.outDegree, p.inDegree].flatMap(({ mean, median, max }) => [
        mean,
        Math.floor(median),
        max,
      ]);
      const found = [p.pairs, p.synapses, ...spreads];
      found.forEach((value, i) => {
        assert.ok(
          Math.abs(value - wanted[i]!) <= Math.max(0.006, 5e-4 * wanted[i]!),
          `${name}[${i}]: ${value}, want ${wanted[i]}`,
        );
      });
    }
    const onto = (name: string): number => projections.filter((p) => p.post === name).reduce((n, p) => n + p.pairs, 0);
    assert.equal(totals.edges - onto('ORN'), 92_656);
  });

  it('gives no warning at default settings, neither for the same-side table, the two-sided one, nor the present classification', () => {
    const text = (name: string) => gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString();
    const tables = {
      'classification.csv': text('classification'),
      'consolidated_cell_types.csv': text('consolidated_cell_types'),
      'neurons.csv': text('neurons'),
      'connections.csv': text('connections'),
    };
    for (const [table, name] of [
      ['connections.csv', 'connections'],
      ['connections.csv', 'connections_bilateral_mixed'],
      ['classification.csv', 'classification_current'],
    ] as const)
      assert.deepEqual(prepare({ ...tables, [table]: text(name) }).warnings, [], name);
  });

  it('keeps 52,598 pairs of at least 10 synapses', () => {
    assert.equal(build('connections', { ...everything, pairThreshold: 10 }).totals.edges, 52_598);
  });

  it('keeps 110,362 edges of the two-sided table under the default rules', () => {
    const { totals, populations, edgeCounts, rows } = build('connections_bilateral_mixed');
    assert.deepEqual(totals, { cells: 8995, edges: 110_362, synapses: 1_675_874 });
    assert.equal(rows.all.rows, 124_037);
    assert.equal(populations[0]!.size - populations[0]!.unconnected, 2201);
    const dropped = Object.values(edgeCounts.dropped).reduce((n, { pairs }) => n + pairs, 0);
    assert.equal(117_185 - dropped, 110_362);
  });

  it('gives local neurons a sign by their own prediction, then by their type’s, then inhibition; or by another rule', () => {
    const local = (rule: string) => build('connections', { uncertainSigns: { rule } });
    const { populations, uncertainSigns } = local('type');
    assert.deepEqual(populations[1]!.transmitterSources, { neurons: 252, otherwise: 83, type: 91 });
    assert.deepEqual(populations[1]!.transmitters, { ACH: 73, GABA: 220, GLUT: 133 });
    const { cells: unsure, ties, medianLead, sends, excites } = uncertainSigns[0]!;
    assert.deepEqual([unsure, ties, medianLead, sends.pairs, excites.pairs], [150, 11, 0.04, 10_011, 1356]);
    assert.deepEqual(local('topScore').populations[1]!.transmitters, { ACH: 83, GABA: 212, GLUT: 131 });
    assert.deepEqual(local('otherwise').populations[1]!.transmitters, { ACH: 43, GABA: 287, GLUT: 96 });
    assert.equal(local('exclude').edgeCounts.withoutSign['LN']!.pairs, 10_011);
  });

  it('leaves of the two-sided table what docs/data.md says of the shuffled controls', () => {
    const { pathway } = buildFromTables({ ...cells, 'connections.csv': read('connections_bilateral_mixed') });
    const percents = (rule: NullModel): number[] => {
      const { projections, pairs, weights, signs, typePairs } = whatIsLeft(pathway, applyNullModel(pathway, rule));
      const of = (pre: string, post: string) => projections.find((p) => p.pre === pre && p.post === post)!;
      const shown = [pairs, weights, signs, typePairs, of('ORN', 'PN').pairs, of('PN', 'KC').pairs];
      return [...shown, of('PN', 'KC').combinations].map(({ kept, of: all }) => Math.round((1000 * kept) / all) / 10);
    };
    assert.deepEqual(percents({ kind: 'permuteWeights' }), [100, 17.8, 100, 100, 100, 100, 100]);
    assert.deepEqual(percents({ kind: 'swapEdges' }), [50.3, 33.4, 50.3, 100, 78.7, 35.7, 100]);
    assert.deepEqual(percents({ kind: 'erdosRenyi' }), [30.4, 4.5, 30.4, 100, 67.7, 4, 0.1]);
    assert.deepEqual(percents({ kind: 'permuteSigns' }).slice(0, 3), [100, 100, 88.5]);
    assert.deepEqual(percents({ kind: 'swapEdges', within: 'population' }), [18.4, 4.6, 18.4, 60.5, 2.5, 3.6, 0]);
    assert.deepEqual(percents({ kind: 'randomClaws' }), [81.9, 80.9, 81.9, 96.7, 100, 7.3, 0.1]);
  });

  it('finds the same pathway among the 2.3 million pairs of the whole brain, in a few seconds (CC_SNN_LONG=1)', function () {
    if (process.env['CC_SNN_LONG'] !== '1') this.skip();
    const before = process.cpuUsage();
    const whole = build('connections_ipsilateral_full');
    const seconds = process.cpuUsage(before).user / 1e6;
    const part = build('connections');
    assert.equal(whole.rows.all.rows, 2_309_630);
    assert.deepEqual([whole.totals, whole.projections], [part.totals, part.projections]);
    assert.ok(seconds < 15, `${seconds} CPU s`);
  });
});
