import assert from 'node:assert/strict';
import type { Pathway, Projection } from '../../src/connectome/pathway.ts';
import { pathwaySvg } from '../../src/connectome/pathway-svg.ts';

function population(name: string, size: number): Pathway['populations'][number] {
  return {
    name,
    size,
    types: ['a'],
    typeIdx: new Int32Array(size),
    side: new Uint8Array(size),
    rootIds: BigInt64Array.from({ length: size }, (_, i) => BigInt(i + 1)),
    transmitters: ['ACH'],
    transmitterIdx: new Uint8Array(size),
  };
}

/** One edge from the first cell to each of the first cells of `post`. */
function projection(pre: string, post: string, size: number, synCount: number[], sign: number[]): Projection {
  const rowPtr = new Int32Array(size + 1).fill(synCount.length, 1);
  const colIdx = Int32Array.from(synCount, (_, i) => i);
  return { pre, post, rowPtr, colIdx, synCount: Int32Array.from(synCount), sign: Int8Array.from(sign) };
}

const pathway: Pathway = {
  populations: [population('ORN', 40), population('PN', 10), population('<my & own>', 3)],
  projections: [
    projection('ORN', 'PN', 40, [10, 30], [1, 1]),
    projection('PN', 'PN', 10, [5, 6, 7], [1, -1, -1]),
    projection('PN', '<my & own>', 10, [2000], [1]),
  ],
  provenance: {},
};

const widths = (svg: string): number[] =>
  [...svg.matchAll(/<title>.*?stroke-width="([\d.]+)"/g)].map((m) => Number(m[1]));

describe('connectome/pathway-svg', () => {
  const svg = pathwaySvg(pathway);

  it('draws one arrow a projection and sign, with its numbers as its title', () => {
    const titles = [...svg.matchAll(/<title>(.*?)<\/title>/g)].map((m) => m[1]);
    assert.deepEqual(titles, [
      'PN → &lt;my &amp; own&gt;, excitatory: 1 pairs, 2,000 synapses',
      'ORN → PN, excitatory: 2 pairs, 40 synapses',
      'PN → PN, inhibitory: 2 pairs, 13 synapses',
      'PN → PN, excitatory: 1 pairs, 5 synapses',
    ]);
    assert.match(svg, /<title>PN → PN, inhibitory[^<]*<\/title><path [^>]*class="stroke inhibits"/);
  });

  it('makes arrows wider for more synapses and discs larger for more cells', () => {
    const drawn = widths(svg);
    assert.deepEqual(
      drawn,
      [...drawn].sort((a, b) => b - a),
    );
    assert.equal(new Set(drawn).size, 4);
    const radii = [...svg.matchAll(/<circle [^>]*r="([\d.]+)"/g)].map((m) => Number(m[1]));
    assert.ok(radii[0]! > radii[1]! && radii[1]! > radii[2]!);
  });

  it('tells excitation from inhibition by shape too: an arrow head of three corners, a bar of four', () => {
    const corners = (sign: string) =>
      [...svg.matchAll(new RegExp(`<polygon points="([^"]*)" class="mark ${sign}"`, 'g'))].map(
        (found) => found[1]!.split(' ').length,
      );
    assert.ok(corners('excites').length >= 3 && corners('excites').every((n) => n === 3));
    assert.ok(corners('inhibits').length >= 1 && corners('inhibits').every((n) => n === 4));
  });

  it('is well-formed, with finite coordinates, also for an empty pathway', () => {
    for (const text of [svg, pathwaySvg({ populations: [], projections: [], provenance: {} })]) {
      assert.doesNotMatch(text, /NaN|Infinity|undefined/);
      const open: string[] = [];
      for (const [, close, name, , self] of text.matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/g)) {
        if (close === '/') assert.equal(open.pop(), name);
        else if (self !== '/') open.push(name!);
      }
      assert.deepEqual(open, []);
    }
    assert.equal(pathwaySvg(pathway), svg);
  });
});
