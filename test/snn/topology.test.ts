import assert from 'node:assert/strict';
import { populationOf } from '../../src/connectome/pathway.ts';
import { buildTopology, sliceOf } from '../../src/snn/network/topology.ts';
import { randomPathway } from '../rig/random-model.ts';

const projections = [
  ['ORN', 'PN'],
  ['PN', 'ORN'],
  ['ORN', 'ORN'],
  ['PN', 'LN'],
  ['LN', 'PN'],
  ['LN', 'LN'],
] as const;
const pathway = randomPathway({ sizes: { LN: 5, ORN: 9, PN: 7 }, inhibitory: ['LN'], projections });
const topology = buildTopology(pathway, { inputPopulation: 'ORN' });

/** Every kept edge as text, read from the pathway by another way than the builder's. */
function expectedEdges(): string[] {
  const rowOf = (name: string, cell: number) => (name === 'ORN' ? cell : 9 + (name === 'LN' ? 0 : 5) + cell);
  const lines: string[] = [];
  for (const { pre, post, rowPtr, colIdx, synCount, sign } of pathway.projections) {
    if (post === 'ORN') continue;
    colIdx.forEach((col, e) => {
      const cell = rowPtr.findIndex((end, i) => i > 0 && end > e) - 1;
      const receptor = sign[e] === 1 ? 'exc' : 'inh';
      lines.push(`${rowOf(pre, cell)} ${rowOf(post, col) - 9} ${synCount[e]} ${pre}→${post} ${receptor}`);
    });
  }
  return lines.sort();
}

function edgesOf(t: typeof topology): string[] {
  const lines: string[] = [];
  for (let row = 0; row < t.inputSize + t.size; row++) {
    for (let e = t.rowPtr[row]!; e < t.rowPtr[row + 1]!; e++) {
      const name = t.gainNames[t.gainIdx[e]!]!;
      assert.equal(t.receptor[e], name.endsWith('inh') ? 1 : 0);
      lines.push(`${row} ${t.colIdx[e]} ${t.synCount[e]} ${name}`);
    }
  }
  return lines.sort();
}

describe('topology', () => {
  it('holds every edge onto a spiking cell and no other', () => {
    assert.deepEqual(edgesOf(topology), expectedEdges());
  });

  it('numbers the input cells first and the populations in order, columns ascending', () => {
    assert.deepEqual(topology.populations, [
      { name: 'LN', offset: 0, size: 5 },
      { name: 'PN', offset: 5, size: 7 },
    ]);
    for (let row = 0; row < 21; row++) {
      const cols = [...topology.colIdx.subarray(topology.rowPtr[row], topology.rowPtr[row + 1])];
      assert.deepEqual(
        cols,
        [...new Set(cols)].sort((x, y) => x - y),
      );
    }
  });

  it('names one gain a pair and receptor, in the order of the pathway', () => {
    assert.deepEqual(topology.gainNames, ['LN→LN inh', 'LN→PN inh', 'ORN→PN exc', 'PN→LN exc']);
  });

  it('splits gains by transmitter or by pair of types', () => {
    const byTransmitter = buildTopology(pathway, { inputPopulation: 'ORN', gainSharing: 'transmitter' });
    assert.deepEqual(byTransmitter.gainNames.slice(0, 2), ['LN→LN inh GABA', 'LN→PN inh GABA']);
    const byType = buildTopology(pathway, { inputPopulation: 'ORN', gainSharing: 'type' });
    assert.ok(byType.gainNames.includes('ORN→PN exc ORN-1→PN-0'));
    assert.equal(byType.gainNames.length, 16);
    assert.deepEqual(byType.colIdx, topology.colIdx);
  });

  it('leaves out the outputs of populations on request', () => {
    const without = buildTopology(pathway, { inputPopulation: 'ORN', dropOutputsOf: ['LN'] });
    assert.deepEqual(without.gainNames, ['ORN→PN exc', 'PN→LN exc']);
    const lnRows = without.rowPtr.slice(9, 15);
    assert.ok(lnRows.every((p) => p === lnRows[0]));
  });

  it('says what is unknown', () => {
    assert.throws(
      () => buildTopology(pathway, { inputPopulation: 'ORNs' }),
      /no population 'ORNs', there are: LN, ORN, PN/,
    );
    assert.throws(() => buildTopology(pathway, { inputPopulation: 'ORN', dropOutputsOf: ['PM'] }), /did you mean 'PN'/);
    assert.throws(() => sliceOf(topology, 'LNN'), /did you mean 'LN'/);
  });

  it('refuses an edge without a sign', () => {
    const projection = pathway.projections[0]!;
    const broken = { ...pathway, projections: [{ ...projection, sign: projection.sign.map(() => 0) }] };
    assert.throws(() => buildTopology(broken, { inputPopulation: 'ORN' }), /edge 0 of ORN → PN has sign 0/);
    assert.equal(populationOf(pathway, 'PN').size, 7);
  });
});
