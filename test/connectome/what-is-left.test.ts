/** What a shuffled control leaves, counted on wirings that can be checked by hand, and on FlyWire where its tables are. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodexCells } from '../../src/connectome/codex/codex-cells.ts';
import { superTypes } from '../../src/connectome/codex/super-types.ts';
import { applyNullModel } from '../../src/connectome/null-models/null-models.ts';
import { whatIsLeft } from '../../src/connectome/null-models/what-is-left.ts';
import type { Pathway, Population } from '../../src/connectome/pathway.ts';
import { feedAll } from '../../src/formats/codex/csv-table.ts';
import { arbitraryPathway } from './arbitrary-pathway.ts';
import { buildFromTables, type FixtureCell, fixtureTables } from './build-from-tables.ts';

function population(name: string, types: readonly string[], typeIdx: readonly number[]): Population {
  return {
    name,
    size: typeIdx.length,
    rootIds: BigInt64Array.from(typeIdx, (_, i) => BigInt(i + 1)),
    types,
    typeIdx: Int32Array.from(typeIdx),
    side: new Uint8Array(typeIdx.length),
    transmitters: ['ACH'],
    transmitterIdx: new Uint8Array(typeIdx.length),
  };
}

/** Four projection neurons of two types, each with one edge of its own weight and sign. */
function wired(colIdx: readonly number[], weights: readonly number[]): Pathway {
  return {
    populations: [population('PN', ['A', 'B'], [0, 0, 1, 1]), population('KC', ['KCab'], [0, 0, 0])],
    projections: [
      {
        pre: 'PN',
        post: 'KC',
        rowPtr: Int32Array.of(0, 1, 2, 3, 4),
        colIdx: Int32Array.from(colIdx),
        synCount: Int32Array.from(weights, Math.abs),
        sign: Int8Array.from(weights, Math.sign),
      },
    ],
    provenance: {},
  };
}

describe('connectome/what-is-left', () => {
  it('counts pairs, weights, signs, pairs of types and combinations of input types', () => {
    const before = wired([0, 1, 0, 2], [5, 6, -7, 8]);
    const kept = (n: number, of = 4) => ({ kept: n, of });
    const [same] = whatIsLeft(before, before).projections;
    assert.deepEqual(
      [same!.pairs, same!.weights, same!.signs, same!.typePairs, same!.combinations],
      [kept(4), kept(4), kept(4), kept(4), kept(3, 3)],
    );
    // The A cells change places, a weight and a sign change: cells 0 and 1 still hear the same types, cell 2 nothing.
    const { projections, ...all } = whatIsLeft(before, wired([1, 0, 0, 1], [5, 6, 9, 8]));
    assert.deepEqual(all, { pairs: kept(1), weights: kept(0), signs: kept(0), typePairs: kept(4) });
    assert.deepEqual(projections[0]!.combinations, kept(1, 3));
  });

  it('takes a combination for kept where every type is there as often, and leaves cells without input out', () => {
    // Cell 0: A, A, B, then A, B, B; cell 1: B, then A; cell 2 hears nothing.
    const { projections } = whatIsLeft(wired([0, 0, 0, 1], [5, 6, 7, 8]), wired([0, 1, 0, 0], [5, 6, 7, 8]));
    assert.deepEqual(projections[0]!.combinations, { kept: 0, of: 2 });
  });

  it('finds all of a pathway in itself, and between types all that swapEdges or erdosRenyi leaves', () => {
    fc.assert(
      fc.property(arbitraryPathway(), fc.nat(99), (pathway, seed) => {
        const whole = whatIsLeft(pathway, pathway);
        for (const key of ['pairs', 'weights', 'signs', 'typePairs'] as const) {
          assert.equal(whole[key].kept, whole[key].of);
        }
        const left = whatIsLeft(pathway, applyNullModel(pathway, { kind: 'swapEdges', seed }));
        assert.equal(left.typePairs.kept, left.typePairs.of);
        for (const { combinations } of left.projections) assert.equal(combinations.kept, combinations.of);
      }),
      { numRuns: 30 },
    );
  });

  it('names larger types by the family in a type’s name, else the sub-class, else the transmitter', () => {
    const cells: FixtureCell[] = [
      [11n, 'ALLN', 'lLN1', 'left', 'GABA'],
      [12n, 'ALLN', 'lLN2', 'left', 'GLUT'],
      [21n, 'ALPN', 'DA1_lPN', 'left', 'ACH'],
      [22n, 'ALPN', 'M_vPN', 'left', 'GABA'],
      ...['KCg-m', 'KCab-p', 'KCapbp-m'].map(
        (type, i): FixtureCell => [BigInt(31 + i), 'Kenyon_Cell', type, 'left', ''],
      ),
      [41n, 'DAN', 'PAM01', 'left', 'DA'],
      [42n, 'DAN', 'CB27', 'left', 'DA'],
    ];
    const tables = fixtureTables(cells, [[11n, 12n, 'AL', 9, 'GABA']]);
    const classes = tables['classification.csv']!.replace('ALPN,,,left', 'ALPN,uniglomerular,,left');
    const codex = new CodexCells();
    feedAll(codex.classification(), [new TextEncoder().encode(classes)]);
    const { pathway } = buildFromTables({ ...tables, 'classification.csv': classes });
    const larger = superTypes(codex, pathway);
    const found = ['LN', 'PN', 'KC', 'DAN'].map((name) => larger.get(name)!.join(' '));
    assert.deepEqual(found, ['GABA GLUT', 'uniglomerular GABA', 'KCg KCab KCapbp', 'PAM DA']);
  });
});
