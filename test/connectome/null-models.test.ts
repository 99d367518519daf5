/** What each shuffled control keeps, exactly, and that it does shuffle. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SuperTypes, Within } from '../../src/connectome/null-models/cell-groups.ts';
import { edgesOf } from '../../src/connectome/null-models/edge-list.ts';
import { applyNullModel, type NullModelKind, nullModelKinds } from '../../src/connectome/null-models/null-models.ts';
import { type Pathway, type Population, type Projection, populationOf } from '../../src/connectome/pathway.ts';
import { checkPathway } from '../../src/connectome/pathway-check.ts';
import { arbitraryPathway } from './arbitrary-pathway.ts';

/** Two larger types a population, which cut across its types. */
function largerTypes({ populations }: Pathway): SuperTypes {
  return new Map(populations.map(({ name, side }) => [name, Array.from(side, (s) => (s === 1 ? 'left' : 'other'))]));
}

function groupName(pathway: Pathway, name: string, cell: number, within: Within): string {
  const { types, typeIdx } = populationOf(pathway, name);
  if (within === 'type') return types[typeIdx[cell]!]!;
  return within === 'superType' ? largerTypes(pathway).get(name)![cell]! : name;
}

/** One line an edge, with whatever of it should stay, sorted: equal lists are equal multisets. */
function multiset(
  pathway: Pathway,
  within: Within,
  describeEdge: (edge: { pre: number; post: number; synapses: number; sign: number; types: string }) => unknown,
): string[] {
  return pathway.projections
    .flatMap((projection) => {
      const edges = edgesOf(projection);
      return Array.from(edges.pre, (pre, e) => {
        const post = edges.post[e]!;
        const types = `${groupName(pathway, projection.pre, pre, within)}>${groupName(pathway, projection.post, post, within)}`;
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

function holds(kind: NullModelKind, check: (before: Pathway, after: Pathway, within: Within) => void): void {
  for (const within of ['type', 'superType', 'population'] as const) {
    const sides = 'mix';
    fc.assert(
      fc.property(arbitraryPathway().map(withDalesRule), seeds, (before, seed) => {
        const larger = largerTypes(before);
        const after = applyNullModel(before, { kind, within, sides, seed }, larger);
        checkPathway(after);
        assert.deepEqual(after.provenance, { ...before.provenance, nullModel: { kind, within, sides, seed } });
        check(before, after, within);
        assert.deepEqual(applyNullModel(before, { kind, within, sides, seed }, larger), after, 'the same seed');
      }),
      { numRuns: 40 },
    );
  }
}

const loops = (pathway: Pathway): number =>
  pathway.projections
    .filter(({ pre, post }) => pre === post)
    .reduce((n, projection) => {
      const { pre, post } = edgesOf(projection);
      return n + pre.filter((cell, e) => cell === post[e]).length;
    }, 0);

describe('connectome/null-models', () => {
  it('permuteWeights keeps the mask, the signs, and the counts of every pair of groups', () => {
    holds('permuteWeights', (before, after, within) => {
      assert.deepEqual(after.projections.map(mask), before.projections.map(mask));
      assert.deepEqual(
        after.projections.map((p) => p.sign),
        before.projections.map((p) => p.sign),
      );
      const kept = (p: Pathway): string[] => multiset(p, within, ({ synapses, types }) => [synapses, types]);
      assert.deepEqual(kept(after), kept(before));
      assert.equal(after.populations, before.populations);
    });
  });

  it('swapEdges keeps, per pair of groups, every in-degree, and every sender’s degree, counts and sign; no self-loop comes or goes', () => {
    holds('swapEdges', (before, after, within) => {
      const sent = (p: Pathway): string[] =>
        multiset(p, within, ({ pre, synapses, sign, types }) => [pre, synapses, sign, types]);
      const received = (p: Pathway): string[] => multiset(p, within, ({ post, types }) => [post, types]);
      assert.deepEqual(sent(after), sent(before));
      assert.deepEqual(received(after), received(before));
      assert.equal(loops(after), loops(before));
    });
  });

  it('erdosRenyi keeps the number of edges and the counts of every pair of groups, and the sign of every sender', () => {
    holds('erdosRenyi', (before, after, within) => {
      const kept = (p: Pathway): string[] => multiset(p, within, ({ synapses, types }) => [synapses, types]);
      assert.deepEqual(kept(after), kept(before));
      assert.deepEqual(withDalesRule(after), after);
    });
  });

  it('permuteSigns keeps the wiring, one sign a cell, and the transmitters of each group', () => {
    holds('permuteSigns', (before, after, within) => {
      assert.deepEqual(after.projections.map(mask), before.projections.map(mask));
      assert.deepEqual(
        after.projections.map((p) => p.synCount),
        before.projections.map((p) => p.synCount),
      );
      assert.deepEqual(withDalesRule(after), after);
      const released = (p: Pathway): string[] =>
        p.populations.flatMap(({ name, transmitterIdx }) =>
          Array.from(transmitterIdx, (t, cell) => `${name} ${groupName(p, name, cell, within)} ${t}`).sort(),
        );
      assert.deepEqual(released(after), released(before));
    });
  });

  it('shuffle within types where nothing is said, permuteSigns and randomClaws within populations', () => {
    const pathway = claws([[0, 1]], ['A', 'B'], ['KCab']);
    const likeness = nullModelKinds.map((kind) => {
      const { provenance } = applyNullModel(pathway, { kind, within: null, sides: null });
      const { within, sides } = provenance['nullModel'] as { within: string; sides: string };
      return `${within} ${sides}`;
    });
    const usual = ['type mix', 'type mix', 'type mix', 'population mix', 'population keep'];
    assert.deepEqual(likeness, usual);
    assert.throws(() => applyNullModel(pathway, { kind: 'swapEdges', within: 'superType' }), /0 larger types of 2 PN/);
  });

  it('keeps the side of both ends of every edge where told, within whole populations too', () => {
    const sideOf = (p: Pathway, name: string, cell: number): number => populationOf(p, name).side[cell]!;
    const ends = (p: Pathway): string[] =>
      p.projections.flatMap((projection) => {
        const { pre, post } = edgesOf(projection);
        const from = (e: number): string => `${projection.pre} ${sideOf(p, projection.pre, pre[e]!)}`;
        const to = (e: number): string => `${projection.post} ${sideOf(p, projection.post, post[e]!)}`;
        return Array.from(pre, (_, e) => `${from(e)} > ${to(e)}`).sort();
      });
    fc.assert(
      fc.property(arbitraryPathway(), seeds, fc.constantFrom('swapEdges', 'erdosRenyi'), (before, seed, kind) => {
        const after = applyNullModel(withDalesRule(before), {
          kind: kind as NullModelKind,
          within: 'population',
          sides: 'keep',
          seed,
        });
        checkPathway(after);
        assert.deepEqual(ends(after), ends(before));
      }),
      { numRuns: 60 },
    );
  });

  it('erdosRenyi and swapEdges draw every wiring that there is equally often', () => {
    const before = claws([[0], [1], [2]], ['A', 'A', 'A'], ['KCab', 'KCab', 'KCab']);
    const wiring = (kind: NullModelKind) => (seed: number) =>
      JSON.stringify(mask(applyNullModel(before, { kind, seed }).projections[0]!));
    // 3 of 9 places; 3! ways to give each receiver one sender.
    assertEven(1680, 84, wiring('erdosRenyi'));
    assertEven(600, 6, wiring('swapEdges'));
  });

  it('randomClaws keeps every KC’s number of claws and their counts, draws no pair twice, and touches nothing else', () => {
    fc.assert(
      fc.property(arbitraryPathway(), seeds, (before, seed) => {
        fc.pre(before.projections.some(({ pre, post }) => pre === 'PN' && post === 'KC'));
        const after = applyNullModel(before, { kind: 'randomClaws', seed });
        checkPathway(after);
        const received = (p: Pathway): string[] => multiset(p, 'type', ({ post, synapses }) => [post, synapses]);
        assert.deepEqual(received(after), received(before));
        after.projections.forEach((projection, i) => {
          if (projection.post !== 'KC' || projection.pre !== 'PN') assert.deepEqual(projection, before.projections[i]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('randomClaws draws a projection neuron as often as the group has claws of it, and never one of another group or side', () => {
    // αβ: three claws of PN 0, one of PN 1; γ: PN 2 alone; the αβ cell of the other side: PN 3 alone.
    const wired = [[0], [0], [0], [1], [2], [3]];
    const before = claws(
      wired,
      ['A', 'B', 'A', 'B'],
      ['KCab', 'KCab', 'KCab', 'KCab', 'KCg', 'KCab'],
      [1, 1, 1, 1, 1, 2],
    );
    const drawn = Array.from({ length: 1000 }, (_, seed) => {
      const { pre, post } = edgesOf(
        applyNullModel(before, { kind: 'randomClaws', within: 'type', seed }).projections[0]!,
      );
      const inputs = Array.from(post, (cell, e) => [cell, pre[e]!]).sort(([a], [b]) => a! - b!);
      return inputs.map(([, from]) => from!);
    });
    assert.ok(drawn.every((inputs) => inputs[4] === 2 && inputs[5] === 3));
    const ofFirst = drawn.filter((inputs) => inputs[0] === 0).length;
    assert.ok(Math.abs(ofFirst - 750) < 55, `${ofFirst} of 1000, expected 750 ± 14`);
    const together = drawn.filter((inputs) => inputs[0] === 1 && inputs[1] === 1).length;
    assert.ok(Math.abs(together - 62.5) < 31, `${together} of 1000, expected 63 ± 8: cells draw apart`);
  });

  it('randomClaws takes a neuron’s sign along, and says so where there are no claws', () => {
    const before = claws([[0, 1], [0]], ['A', 'B'], ['KCab', 'KCab'], [1, 1], [1, -1]);
    for (let seed = 0; seed < 20; seed++) {
      const { pre, sign } = edgesOf(applyNullModel(before, { kind: 'randomClaws', seed }).projections[0]!);
      pre.forEach((cell, e) => {
        assert.equal(sign[e], cell === 0 ? 1 : -1);
      });
    }
    assert.throws(
      () => applyNullModel(ringOf(4, 1), { kind: 'randomClaws' }),
      /randomClaws redraws PN → KC, the projections are: LN → LN/,
    );
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
    for (const kind of nullModelKinds.filter((name) => name !== 'randomClaws')) {
      applyNullModel(pathway, { kind });
    }
    assert.deepEqual(pathway, copy);
    assert.throws(() => applyNullModel(pathway, { kind: 'swapEdges', seed: -1 }), /seed is -1/);
  });
});

/** Draws once for each seed; throws unless each of the `kinds` results comes as often as the others (χ², p about 10⁻⁵). */
function assertEven(seedCount: number, kinds: number, draw: (seed: number) => string): void {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < seedCount; seed++) {
    const found = draw(seed);
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  assert.equal(counts.size, kinds);
  const expected = seedCount / kinds;
  const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  const df = kinds - 1;
  assert.ok(chiSquare < df + 4.3 * Math.sqrt(2 * df) + 6, `χ² is ${chiSquare} with ${df} degrees of freedom`);
}

/** PN → KC alone: `inputs` [KC] are the projection neurons of each, `side` of each Kenyon cell, `sign` of each projection neuron. */
function claws(
  inputs: readonly (readonly number[])[],
  pnTypes: readonly string[],
  kcTypes: readonly string[],
  side: readonly number[] = kcTypes.map(() => 1),
  sign: readonly number[] = pnTypes.map(() => 1),
): Pathway {
  const population = (name: string, cellTypes: readonly string[], sides: readonly number[]): Population => {
    const types = [...new Set(cellTypes)].sort();
    return {
      name,
      size: cellTypes.length,
      rootIds: BigInt64Array.from(cellTypes, (_, i) => BigInt(i + 1)),
      types,
      typeIdx: Int32Array.from(cellTypes, (type) => types.indexOf(type)),
      side: Uint8Array.from(sides),
      transmitters: ['ACH'],
      transmitterIdx: new Uint8Array(cellTypes.length),
    };
  };
  const targets = pnTypes.map((_, from) => inputs.flatMap((given, cell) => (given.includes(from) ? [cell] : [])));
  const colIdx = targets.flat();
  const edges = {
    rowPtr: Int32Array.from([0, ...targets.map((_, i) => targets.slice(0, i + 1).flat().length)]),
    colIdx: Int32Array.from(colIdx),
    synCount: Int32Array.from(colIdx, (_, e) => 5 + e),
    sign: Int8Array.from(targets.flatMap((cells, from) => cells.map(() => sign[from]!))),
  };
  return {
    populations: [
      population(
        'PN',
        pnTypes,
        pnTypes.map(() => 1),
      ),
      population('KC', kcTypes, side),
    ],
    projections: [{ pre: 'PN', post: 'KC', ...edges }],
    provenance: {},
  };
}

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
