/** Arrays that a page carries: every bit comes back, and few values take few bytes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PackedArray, pack, unpack } from '../../src/page/live/pack.ts';

const wordsOf = (values: PackedArray): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

describe('pack', () => {
  it('gives back every bit of any arrays, not-a-number, −0 and jumps over the whole range among them', () => {
    const bits = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 60 });
    const some = fc.oneof(
      bits.map((list) => Int32Array.from(list)),
      bits.map((list) => Int32Array.from([...list].sort((a, b) => a - b))),
      bits.map((list) => new Float32Array(Int32Array.from(list).buffer)),
      fc.array(fc.constantFrom(0, -0, Number.NaN, 1.5), { maxLength: 60 }).map((list) => Float32Array.from(list)),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), some), (arrays) => {
        const back = unpack(pack(arrays as Record<string, PackedArray>));
        assert.deepEqual(Object.keys(back), Object.keys(arrays));
        for (const [name, values] of Object.entries(arrays)) {
          assert.equal(back[name]!.constructor, values.constructor);
          assert.deepEqual(wordsOf(back[name]!), wordsOf(values));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes a table of more than 256 values with two bytes a place', () => {
    const many = Float32Array.from({ length: 3000 }, (_, k) => Math.sqrt(k % 700));
    assert.deepEqual(unpack(pack({ many }))['many'], many);
  });

  it('is the same bytes twice, and small where few values occur', () => {
    const few = Float32Array.from({ length: 20000 }, (_, k) => [-55, 0.1, 17][(k * k) % 3]!);
    const bytes = pack({ few });
    assert.deepEqual(bytes, pack({ few: few.slice() }));
    assert.ok(bytes.length < 500, `${bytes.length} bytes`);
  });

  it('refuses bytes whose header asks for more than there is', () => {
    const bytes = pack({ a: Uint8Array.of(1, 2, 3) });
    const text = new TextDecoder('latin1').decode(bytes).replace('"length":3', '"length":9');
    assert.throws(() => unpack(Uint8Array.from(text, (c) => c.charCodeAt(0))), /unpack: 3 bytes, want 9/);
  });
});
