import assert from 'node:assert/strict';
import { decodeSafetensors, encodeSafetensors, tensor, tensorData } from '../../src/formats/safetensors.ts';

describe('formats/safetensors', () => {
  const file = {
    tensors: {
      ids: tensor(BigInt64Array.of(720575940602553568n)),
      weight: tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
      flag: tensor(Uint8Array.of(1, 0, 1)),
    },
    metadata: { about: 'a test' },
  };

  it('brings back what it wrote, ids beyond 2^53 included', () => {
    const back = decodeSafetensors(encodeSafetensors(file));
    assert.deepEqual(back, file);
    assert.equal(tensorData(back, 'ids', BigInt64Array)[0], 720575940602553568n);
  });

  it('reads a Buffer, whose memory is a part of a larger pool', () => {
    const pool = Buffer.alloc(1000, 0xff);
    const bytes = encodeSafetensors(file);
    pool.set(bytes, 100);
    assert.deepEqual(decodeSafetensors(pool.subarray(100, 100 + bytes.length)), file);
  });

  it('lays arrays side by side without holes, each aligned to its elements, as other readers demand', () => {
    const bytes = encodeSafetensors(file);
    const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(size % 8, 0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))) as Record<
      string,
      { readonly data_offsets: readonly [number, number] }
    >;
    const offsets = Object.entries(header).flatMap(([name, entry]) =>
      name === '__metadata__' ? [] : [entry.data_offsets],
    );
    assert.deepEqual(
      offsets.sort(([a], [b]) => a - b),
      [
        [0, 8],
        [8, 32],
        [32, 35],
      ],
    );
    assert.equal(bytes.length, 8 + size + 35);
  });

  it('fills its header up to whole words, however long the metadata are', () => {
    for (let length = 0; length < 9; length++) {
      const bytes = encodeSafetensors({ ...file, metadata: { about: 'x'.repeat(length) } });
      assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0, `${length} characters`);
      assert.deepEqual(decodeSafetensors(bytes).tensors, file.tensors);
    }
  });

  it('names the tensor that a damaged file cuts off', () => {
    const bytes = encodeSafetensors(file);
    assert.throws(() => decodeSafetensors(bytes.subarray(0, bytes.length - 1)), /tensor 'flag' lies outside the file/);
  });

  it('says which tensors there are when one is missing or of another type', () => {
    assert.throws(() => tensorData(file, 'w', Float32Array), /no tensor 'w', there are: ids, weight, flag/);
    assert.throws(() => tensorData(file, 'ids', Float32Array), /'ids' is a BigInt64Array, want Float32Array/);
  });
});
