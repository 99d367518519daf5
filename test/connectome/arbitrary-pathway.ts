/** Random small pathways for property tests. */
import fc from 'fast-check';
import type { Pathway, Population, Projection } from '../../src/connectome/pathway.ts';

const names = ['ORN', 'LN', 'PN', 'KC'];

function arbitraryPopulation(name: string): fc.Arbitrary<Population> {
  return fc
    .uniqueArray(fc.bigInt({ min: 2n ** 53n, max: 2n ** 62n }), { maxLength: 12 })
    .chain((ids) =>
      fc.record({
        ids: fc.constant(BigInt64Array.from(ids.sort((a, b) => (a < b ? -1 : 1)))),
        typeIdx: fc.array(fc.nat(2), { minLength: ids.length, maxLength: ids.length }),
        side: fc.array(fc.nat(2), { minLength: ids.length, maxLength: ids.length }),
        transmitterIdx: fc.array(fc.nat(1), { minLength: ids.length, maxLength: ids.length }),
      }),
    )
    .map(({ ids, typeIdx, side, transmitterIdx }) => ({
      name,
      size: ids.length,
      rootIds: ids,
      types: ['', `${name}_a`, `${name}_b`],
      typeIdx: Int32Array.from(typeIdx),
      side: Uint8Array.from(side),
      transmitters: ['ACH', 'GABA'],
      transmitterIdx: Uint8Array.from(transmitterIdx),
    }));
}

function arbitraryProjection(pre: Population, post: Population): fc.Arbitrary<Projection> {
  const cells = pre.size * post.size;
  return fc
    .array(fc.record({ there: fc.nat(2), synapses: fc.integer({ min: 1, max: 500 }), positive: fc.boolean() }), {
      minLength: cells,
      maxLength: cells,
    })
    .map((dense) => {
      const rowPtr = [0];
      const edges: { col: number; synapses: number; sign: number }[] = [];
      for (let row = 0; row < pre.size; row++) {
        for (let col = 0; col < post.size; col++) {
          const { there, synapses, positive } = dense[row * post.size + col]!;
          if (there === 0) edges.push({ col, synapses, sign: positive ? 1 : -1 });
        }
        rowPtr.push(edges.length);
      }
      return {
        pre: pre.name,
        post: post.name,
        rowPtr: Int32Array.from(rowPtr),
        colIdx: Int32Array.from(edges, (e) => e.col),
        synCount: Int32Array.from(edges, (e) => e.synapses),
        sign: Int8Array.from(edges, (e) => e.sign),
      };
    });
}

/** One to four populations (some may be empty) and every ordered pair of them as a projection (some without edges). */
export function arbitraryPathway(): fc.Arbitrary<Pathway> {
  return fc
    .integer({ min: 1, max: names.length })
    .chain((n) => fc.tuple(...names.slice(0, n).map(arbitraryPopulation)))
    .chain((populations) =>
      fc
        .tuple(...populations.flatMap((pre) => populations.map((post) => arbitraryProjection(pre, post))))
        .map((projections) => ({ populations, projections, provenance: { rule: 'a test', threshold: 5 } })),
    );
}
