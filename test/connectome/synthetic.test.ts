/** The synthetic tables: Codex's form, the published statistics, sensible at every scale. */
import assert from 'node:assert/strict';
import { digestOfJson } from '../../src/base/digest.ts';
import { syntheticCodexTables } from '../../src/connectome/synthetic/synthetic.ts';
import { type Cell, mean, median, type Pair, parseCsv, readCells, readPairs, tally } from './table-statistics.ts';

/** FlyWire v783, same-side pairs of at least 5: pairs, weight mean and median, out-degree mean, in-degree mean. */
const published: readonly (readonly [string, string, number, number, number, number, number])[] = [
  ['ORN', 'LN', 2784, 10.4, 7, 2.3, 20.3],
  ['ORN', 'PN', 4252, 20.3, 13, 2.3, 12.9],
  ['LN', 'ORN', 4357, 9.5, 7, 44.9, 3.1],
  ['LN', 'LN', 9720, 28.1, 14, 24.5, 26],
  ['LN', 'PN', 12097, 16.3, 10, 28.6, 20.4],
  ['PN', 'LN', 9220, 17.5, 11, 23.1, 26.6],
  ['PN', 'PN', 2848, 14, 8, 5.7, 4.9],
  ['PN', 'KC', 21082, 14.8, 14, 74.8, 4.5],
  ['KC', 'APL', 5176, 22.6, 22, 1, 2588],
  ['APL', 'KC', 5166, 19.1, 19, 2583, 1],
  ['KC', 'MBON', 14829, 7.3, 7, 3, 215],
  ['KC', 'KC', 2133, 5.7, 5, 1.6, 1.6],
  ['KC', 'DAN', 1326, 6.1, 6, 1.2, 12.8],
  ['DAN', 'MBON', 371, 17.4, 9, 1.8, 5.2],
  ['MBON', 'MBON', 330, 28.2, 14, 4.4, 3.5],
  ['MBON', 'DAN', 264, 11.9, 7, 3.3, 2.1],
];

function between(what: string, value: number, wanted: number, share: number): void {
  assert.ok(Math.abs(value - wanted) <= share * wanted, `${what} is ${value}, want ${wanted} within ${100 * share} %`);
}

function pairsBetween(pairs: readonly Pair[], cells: ReadonlyMap<string, Cell>, pre: string, post: string): Pair[] {
  return pairs.filter((p) => cells.get(p.pre)!.population === pre && cells.get(p.post)!.population === post);
}

describe('connectome/synthetic at scale 1', () => {
  let tables: Record<string, string>;
  let cells: Map<string, Cell>;
  let pairs: Pair[];
  before(function () {
    this.timeout(120_000);
    tables = syntheticCodexTables({ scale: 1, seed: 7 });
    cells = readCells(tables);
    pairs = readPairs(tables['connections.csv']!);
  });
  const sameSide = (p: Pair): boolean => cells.get(p.pre)!.side === cells.get(p.post)!.side;

  it('has the cells of v783, on both sides', () => {
    const list = [...cells.values()];
    const counts = Object.fromEntries(tally(list.map((cell) => cell.population)));
    const wanted = { ORN: 2281, LN: 427, PN: 685, KC: 5177, APL: 2, MBIN: 2, MBON: 96, DAN: 331, ALIN: 24 };
    assert.deepEqual(counts, { ...counts, ...wanted });
    assert.equal(list.length, 9025);
    for (const population of ['ORN', 'LN', 'PN', 'KC', 'MBON', 'DAN']) {
      const members = list.filter((cell) => cell.population === population);
      const left = members.filter((cell) => cell.side === 'left').length;
      between(`${population} left`, left, members.length / 2, 0.05);
    }
    assert.equal(list.filter((cell) => cell.type.startsWith('ORN_')).length, 2279);
    assert.equal(list.filter((cell) => cell.type === 'ORN_DA1').length, 127);
    assert.equal(list.filter((cell) => cell.subClass === 'uniglomerular').length, 277);
  });

  for (const [pre, post, pairCount, weightMean, weightMedian, outMean, inMean] of published) {
    it(`wires ${pre}→${post} with the published pairs, weights and degrees`, () => {
      const found = pairsBetween(pairs, cells, pre, post).filter(sameSide);
      const weights = found.map((p) => p.synapses);
      between('pairs', found.length, pairCount, 0.06);
      between('weight mean', mean(weights), weightMean, 0.12);
      assert.ok(Math.abs(median(weights) - weightMedian) <= 1, `weight median ${median(weights)}`);
      assert.ok(Math.min(...weights) >= 5);
      between('in-degree mean', mean([...tally(found.map((p) => p.post)).values()]), inMean, 0.12);
      // Below 1000 pairs, which of fewer than 100 senders are left without an edge by chance shifts the mean of the others.
      const senders = tally(found.map((p) => p.pre));
      between('out-degree mean', mean([...senders.values()]), outMean, pairCount < 1000 ? 0.2 : 0.15);
    });
  }

  it('crosses the midline in the published shares', () => {
    const shares = { 'ORN>LN': 0.65, 'ORN>PN': 0.4, 'DAN>MBON': 0.52, 'DAN>KC': 0.4, 'KC>MBON': 0.3, 'PN>KC': 0.02 };
    for (const [name, share] of Object.entries(shares)) {
      const [pre, post] = name.split('>');
      const found = pairsBetween(pairs, cells, pre!, post!);
      const crossing = found.filter((p) => !sameSide(p)).length / found.length;
      assert.ok(Math.abs(crossing - share) <= 0.05, `${name}: ${crossing}, want ${share}`);
    }
  });

  it('keeps receptor input within the glomerulus and gives Kenyon cells their claws', () => {
    const glomerulus = (cell: Cell): string => cell.type.replace('ORN_', '').split('_')[0]!;
    const input = pairsBetween(pairs, cells, 'ORN', 'PN').filter(
      (p) => cells.get(p.post)!.subClass === 'uniglomerular',
    );
    const within = input.filter((p) => glomerulus(cells.get(p.pre)!) === glomerulus(cells.get(p.post)!));
    between('share within the glomerulus', within.length / input.length, 0.948, 0.01);
    const same = tally(within.filter(sameSide).map((p) => p.post));
    between('receptor cells a projection neuron', mean([...same.values()]), 14, 0.15);
    const claws = tally(
      pairsBetween(pairs, cells, 'PN', 'KC')
        .filter(sameSide)
        .map((p) => p.post),
    );
    const of = (prefix: string): number =>
      mean([...cells].filter(([, c]) => c.type.startsWith(prefix)).map(([id]) => claws.get(id) ?? 0));
    between('claws of KCg-m', of('KCg-m'), 5, 0.08);
    between('claws of KCapbp', of('KCapbp'), 2.1, 0.12);
    assert.ok(of('KCg-d') < 0.5 && of('KCab-p') < 0.5);
  });

  it('gives ids of v783 form beyond 2^53, of which some collide as doubles', () => {
    const ids = [...cells.keys()];
    assert.ok(ids.every((id) => /^720575940999\d{6}$/.test(id)));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(new Set(ids.map(Number)).size < ids.length / 2);
  });

  it('keeps Codex conventions: columns, several rows a pair, conflicting and missing transmitters', () => {
    const headers = Object.fromEntries(Object.entries(tables).map(([name, text]) => [name, text.split('\n', 1)[0]]));
    assert.deepEqual(headers, {
      'connections.csv': 'pre_root_id,post_root_id,neuropil,syn_count,nt_type',
      'classification.csv': 'root_id,flow,super_class,class,sub_class,hemilineage,side,nerve',
      'consolidated_cell_types.csv': 'root_id,primary_type,additional_type(s)',
      'neurons.csv': 'root_id,group,nt_type,nt_type_score,da_avg,ser_avg,gaba_avg,glut_avg,ach_avg,oct_avg',
      'names.csv': 'root_id,name,group',
      'processed_labels.csv': 'root_id,processed_labels',
    });
    const rows = parseCsv(tables['connections.csv']!);
    assert.ok(rows.length > pairs.length * 1.1);
    assert.ok(rows.some((row) => Number(row['syn_count']) < 5));
    const places = new Set(rows.map((r) => `${r['pre_root_id']} ${r['post_root_id']} ${r['neuropil']}`));
    assert.equal(places.size, rows.length, 'one row a neuropil');
    const neurons = new Map(parseCsv(tables['neurons.csv']!).map((r) => [r['root_id']!, r['nt_type']!]));
    const told = rows.filter((row) => neurons.get(row['pre_root_id']!) !== '');
    const conflicting = told.filter((row) => row['nt_type'] !== neurons.get(row['pre_root_id']!));
    between('conflicting rows', conflicting.length / told.length, 0.3, 0.1);
    const orn = [...cells].filter(([, cell]) => cell.population === 'ORN').map(([id]) => neurons.get(id)!);
    between('ORN called SER', tally(orn).get('SER')!, 391, 0.15);
    between('ORN without transmitter', tally(orn).get('')!, 467, 0.15);
    const local = tally([...cells].filter(([, cell]) => cell.population === 'LN').map(([id]) => neurons.get(id)!));
    for (const [name, wanted] of Object.entries({ GABA: 113, GLUT: 97, ACH: 43, '': 150 })) {
      between(`LN called '${name}'`, local.get(name)!, wanted, 0.25);
    }
  });
});

describe('connectome/synthetic at smaller scales', () => {
  it('keeps every population and every in-degree that learning needs at 0.2', () => {
    const tables = syntheticCodexTables({ scale: 0.2, seed: 1 });
    const cells = readCells(tables);
    const pairs = readPairs(tables['connections.csv']!);
    const counts = tally([...cells.values()].map((cell) => cell.population));
    assert.equal(counts.get('APL'), 2);
    assert.equal(counts.get('MBON'), 96);
    between('KC', counts.get('KC')!, 1035, 0.01);
    assert.equal(
      new Set([...cells.values()].filter((c) => c.population === 'ORN' && c.type !== '').map((c) => c.type)).size,
      53,
    );
    const inDegree = (pre: string, post: string): number =>
      mean([...tally(pairsBetween(pairs, cells, pre, post).map((p) => p.post)).values()]);
    between('claws', inDegree('PN', 'KC'), 4.5, 0.1);
    between('local input of a projection neuron', inDegree('LN', 'PN'), 20.4, 0.1);
    assert.ok(inDegree('ORN', 'PN') >= 8, `receptor cells a projection neuron ${inDegree('ORN', 'PN')}`);
  });

  it('gives the same text for the same seed and another for another', () => {
    const digest = (seed: number): string => digestOfJson(syntheticCodexTables({ scale: 0.02, seed }));
    assert.equal(digest(3), digest(3));
    assert.notEqual(digest(3), digest(4));
    assert.equal(digest(3), '3bb8b23b0879e44e2af47566c97f960ec0c550c5c3024e180cf4b13d7c3ae856');
  });

  it('refuses a scale or a seed out of range', () => {
    assert.throws(() => syntheticCodexTables({ scale: 0, seed: 1 }), /scale is 0, want 0.02 … 4/);
    assert.throws(() => syntheticCodexTables({ scale: 1, seed: 1.5 }), /seed is 1.5/);
  });
});
