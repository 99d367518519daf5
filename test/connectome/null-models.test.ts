/** What each shuffled control keeps, exactly, and that it does shuffle. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { edgesOf } from '../../src/connectome/null-models/edge-list.ts';
import { applyNullModel, type NullModelKind } from '../../src/connectome/null-models/null-models.ts';
import { type Pathway, type Projection, populationOf } from '../../src/connectome/pathway.ts';
import { checkPathway } from '../../src/connectome/pathway-check.ts';
import { arbitraryPathway } from './arbitrary-pathway.ts';

/** One line an edge, with whatever of it should stay, sorted: equal lists are equal multisets. */
function multiset(
  pathway: Pathway,
  describeEdge: (edge: { pre: number; post: number; synapses: number; sign: number; types: string }) => unknown,
): string[] {
  return pathway.projections
    .flatMap((projection) => {
      const [from, to] = [populationOf(pathway, projection.pre), populationOf(pathway, projection.post)];
      const edges = edgesOf(projection);
      return Array.from(edges.pre, (pre, e) => {
        const post = edges.post[e]!;
        const types = `${from.types[from.typeIdx[pre]!]}>${to.types[to.typeIdx[post]!]}`;
        const synapses = edges.synCount[e]!;
        const kept = describeEdge({ pre, post, synapses, sign: edges.sign[e]!, types });
        return JSON.stringify([projection.pre, projection.post, kept]);
      });
    })
    .sort();
}

const mask = (p: Projection): number[][] => [[...p.rowPtr], [...p.colIdx]];

/** Gives every cell the sign of its transmitter, as the transmitter rules by neuron do. */
function withDalesRule(pathway: Pathway): Pathway {
  return {
    ...pathway,
    projections: pathway.projections.map((projection) => {
      const { transmitterIdx, transmitters } = populationOf(pathway, projection.pre);
      const sign = Int8Array.from(edgesOf(projection).pre, (cell) =>
        transmitters[transmitterIdx[cell]!] === 'ACH' ? 1 : -1,
      );
      return { ...projection, sign };
    }),
  };
}

const seeds = fc.nat(1000);

function holds(kind: NullModelKind, check: (before: Pathway, after: Pathway) => void): void {
  fc.assert(
    fc.property(arbitraryPathway().map(withDalesRule), seeds, (before, seed) => {
      const after = applyNullModel(before, { kind, seed });
      checkPathway(after);
      assert.deepEqual(after.provenance, { ...before.provenance, nullModel: { kind, seed } });
      check(before, after);
      assert.deepEqual(applyNullModel(before, { kind, seed }), after, 'the same seed');
    }),
    { numRuns: 60 },
  );
}

const loops = (pathway: Pathway): number =>
  pathway.projections
    .filter(({ pre, post }) => pre === post)
    .reduce((n, projection) => {
      const { pre, post } = edgesOf(projection);
      return n + pre.filter((cell, e) => cell === post[e]).length;
    }, 0);

describe('connectome/null-models', () => {
  it('permuteWeights keeps the mask, the signs, and the counts of every pair of types', () => {
    holds('permuteWeights', (before, after) => {
      assert.deepEqual(after.projections.map(mask), before.projections.map(mask));
      assert.deepEqual(
        after.projections.map((p) => p.sign),
        before.projections.map((p) => p.sign),
      );
      const kept = (p: Pathway): string[] => multiset(p, ({ synapses, types }) => [synapses, types]);
      assert.deepEqual(kept(after), kept(before));
      assert.equal(after.populations, before.populations);
    });
  });

  it('swapEdges keeps, per pair of types, every in-degree, and every sender’s degree, counts and sign; no self-loop comes or goes', () => {
    holds('swapEdges', (before, after) => {
      const sent = (p: Pathway): string[] =>
        multiset(p, ({ pre, synapses, sign, types }) => [pre, synapses, sign, types]);
      const received = (p: Pathway): string[] => multiset(p, ({ post, types }) => [post, types]);
      assert.deepEqual(sent(after), sent(before));
      assert.deepEqual(received(after), received(before));
      assert.equal(loops(after), loops(before));
    });
  });

  it('erdosRenyi keeps the number of edges and the counts of every pair of types, and the sign of every sender', () => {
    holds('erdosRenyi', (before, after) => {
      const kept = (p: Pathway): string[] => multiset(p, ({ synapses, types }) => [synapses, types]);
      assert.deepEqual(kept(after), kept(before));
      assert.deepEqual(withDalesRule(after), after);
    });
  });

  it('permuteSigns keeps the wiring, one sign a cell, and the transmitters of each population', () => {
    holds('permuteSigns', (before, after) => {
      assert.deepEqual(after.projections.map(mask), before.projections.map(mask));
      assert.deepEqual(
        after.projections.map((p) => p.synCount),
        before.projections.map((p) => p.synCount),
      );
      assert.deepEqual(withDalesRule(after), after);
      const released = (p: Pathway): number[][] => p.populations.map((q) => [...q.transmitterIdx].sort());
      assert.deepEqual(released(after), released(before));
    });
  });

  it('permuteSigns refuses cells with edges of both signs', () => {
    const edge = { rowPtr: Int32Array.of(0, 2, 2), colIdx: Int32Array.of(0, 1), synCount: Int32Array.of(5, 5) };
    const pathway = oneType(2, { ...edge, sign: Int8Array.of(1, -1) });
    assert.throws(() => applyNullModel(pathway, { kind: 'permuteSigns' }), /LN cell 1 has edges of both signs/);
  });

  it('does shuffle: few edges, weights or signs of a large type stay where they were', () => {
    const size = 60;
    const pathway = ringOf(size, 6);
    const edgeSet = (p: Pathway): Set<string> => {
      const { pre, post } = edgesOf(p.projections[0]!);
      return new Set(Array.from(pre, (from, e) => `${from}>${post[e]}`));
    };
    const before = edgeSet(pathway);
    for (const kind of ['swapEdges', 'erdosRenyi'] as const) {
      const after = edgeSet(applyNullModel(pathway, { kind, seed: 5 }));
      const stayed = [...after].filter((pair) => before.has(pair)).length;
      // A random graph of this density shares 10 % of its 360 edges with the ring: 36 ± 6.
      assert.ok(stayed < 60, `${kind}: ${stayed} of ${before.size} edges stayed`);
    }
    const weights = applyNullModel(pathway, { kind: 'permuteWeights', seed: 5 }).projections[0]!.synCount;
    const same = weights.filter((w, e) => w === pathway.projections[0]!.synCount[e]).length;
    assert.ok(same < 20, `${same} weights stayed`);
    const signs = applyNullModel(pathway, { kind: 'permuteSigns', seed: 5 }).projections[0]!.sign;
    assert.notDeepEqual(signs, pathway.projections[0]!.sign);
    assert.notDeepEqual(
      applyNullModel(pathway, { kind: 'swapEdges', seed: 6 }).projections,
      applyNullModel(pathway, { kind: 'swapEdges', seed: 5 }).projections,
    );
  });

  it('leaves the pathway that it was given alone', () => {
    const pathway = ringOf(12, 3);
    const copy = structuredClone(pathway);
    for (const kind of ['permuteWeights', 'swapEdges', 'erdosRenyi', 'permuteSigns'] as const) {
      applyNullModel(pathway, { kind });
    }
    assert.deepEqual(pathway, copy);
    assert.throws(() => applyNullModel(pathway, { kind: 'swapEdges', seed: -1 }), /seed is -1/);
  });
});

function oneType(size: number, edges: Omit<Projection, 'pre' | 'post'>): Pathway {
  const ids = BigInt64Array.from({ length: size }, (_, i) => BigInt(i + 1));
  return {
    populations: [
      {
        name: 'LN',
        size,
        rootIds: ids,
        types: ['LN_a'],
        typeIdx: new Int32Array(size),
        side: new Uint8Array(size),
        transmitters: ['ACH', 'GABA'],
        transmitterIdx: Uint8Array.from(ids, (_, i) => i % 2),
      },
    ],
    projections: [{ pre: 'LN', post: 'LN', ...edges }],
    provenance: {},
  };
}

/** Cell i sends to the next `degree` cells; every weight is different, odd cells inhibit. */
function ringOf(size: number, degree: number): Pathway {
  const targets = Array.from({ length: size }, (_, i) =>
    Array.from({ length: degree }, (_, k) => (i + k + 1) % size).sort((a, b) => a - b),
  );
  return oneType(size, {
    rowPtr: Int32Array.from({ length: size + 1 }, (_, i) => i * degree),
    colIdx: Int32Array.from(targets.flat()),
    synCount: Int32Array.from({ length: size * degree }, (_, e) => e + 1),
    sign: Int8Array.from({ length: size * degree }, (_, e) => (Math.floor(e / degree) % 2 === 0 ? 1 : -1)),
  });
}
