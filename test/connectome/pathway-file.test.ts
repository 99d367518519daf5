import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { decodePathway, encodePathway } from '../../src/connectome/pathway-file.ts';
import { encodeSafetensors, tensor } from '../../src/formats/safetensors.ts';
import { arbitraryPathway } from './arbitrary-pathway.ts';

function twoCells(change: Partial<Pathway['projections'][number]> = {}): Pathway {
  return {
    populations: [
      {
        name: 'PN',
        size: 2,
        rootIds: BigInt64Array.of(720575940602553568n, 720575940602553569n),
        types: ['DA1_lPN'],
        typeIdx: Int32Array.of(0, 0),
        side: Uint8Array.of(1, 2),
        transmitters: ['ACH'],
        transmitterIdx: Uint8Array.of(0, 0),
      },
    ],
    projections: [
      {
        pre: 'PN',
        post: 'PN',
        rowPtr: Int32Array.of(0, 2, 2),
        colIdx: Int32Array.of(0, 1),
        synCount: Int32Array.of(7, 9),
        sign: Int8Array.of(1, 1),
        ...change,
      },
    ],
    provenance: {},
  };
}

describe('connectome/pathway-file', () => {
  it('brings back every pathway that it wrote, and the same bytes', () => {
    fc.assert(
      fc.property(arbitraryPathway(), (pathway) => {
        const bytes = encodePathway(pathway);
        const back = decodePathway(bytes);
        assert.deepEqual(back, pathway);
        assert.deepEqual(encodePathway(back), bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps neighbouring ids beyond 2^53 apart', () => {
    const ids = decodePathway(encodePathway(twoCells())).populations[0]!.rootIds;
    assert.deepEqual([...ids], [720575940602553568n, 720575940602553569n]);
  });

  it('refuses arrays that do not fit, and says which', () => {
    const cases: [Partial<Pathway['projections'][number]>, RegExp][] = [
      [{ rowPtr: Int32Array.of(0, 2) }, /PN→PN\.rowPtr has 2 values, want \[3\]/],
      [{ rowPtr: Int32Array.of(0, 3, 2) }, /PN→PN\.rowPtr falls at row 1/],
      [{ colIdx: Int32Array.of(0, 2) }, /PN→PN\.colIdx\[1\] is 2, want 0 … 1/],
      [{ colIdx: Int32Array.of(1, 0) }, /PN→PN\.colIdx is not ascending in row 0/],
      [{ synCount: Int32Array.of(7, 0) }, /PN→PN\.synCount\[1\] is 0, want ≥ 1/],
      [{ sign: Int8Array.of(1, 0) }, /PN→PN\.sign\[1\] is 0, want 1 or -1/],
      [{ post: 'KC' }, /no population 'KC', there are: PN/],
    ];
    for (const [change, message] of cases) assert.throws(() => encodePathway(twoCells(change)), message);
  });

  it('says so when the file is no pathway', () => {
    const other = encodeSafetensors({ tensors: { a: tensor(Uint8Array.of(1)) }, metadata: {} });
    assert.throws(() => decodePathway(other), /format 'none', want 'cc-snn\/pathway\/1'/);
  });
});
