import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IdIndex } from '../../src/formats/codex/id-index.ts';
import { idOfWords, parseRootId, wordsOfId } from '../../src/formats/codex/root-id.ts';

const rootId = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
const flyWireId = fc.bigInt({ min: 720575940596125868n, max: 720575940661339777n });

function parsed(text: string): bigint | undefined {
  const out = { hi: 0, lo: 0 };
  const bytes = new TextEncoder().encode(`,${text},`);
  return parseRootId(bytes, 1, bytes.length - 1, out) ? idOfWords(out.hi, out.lo) : undefined;
}

describe('formats/root-id', () => {
  it('parses every id below 2^63 exactly', () => {
    fc.assert(
      fc.property(fc.oneof(rootId, flyWireId, fc.bigInt({ min: 0n, max: 20000000000n })), (id) => {
        assert.equal(parsed(id.toString()), id);
        const { hi, lo } = wordsOfId(id);
        assert.equal(idOfWords(hi, lo), id);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells neighbours apart beyond 2^53, and refuses what is no id', () => {
    assert.notEqual(parsed('720575940602553568'), parsed('720575940602553569'));
    assert.equal(parsed('9223372036854775807'), (1n << 63n) - 1n);
    for (const text of ['', '-1', '1.5', '7e17', ' 1', '9223372036854775808', '99999999999999999999']) {
      assert.equal(parsed(text), undefined, text);
    }
  });
});

describe('formats/id-index', () => {
  it('finds exactly the ids it was given, each at its place', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(rootId, flyWireId), { maxLength: 200 }), rootId, (ids, other) => {
        const index = new IdIndex(ids);
        assert.equal(index.size, ids.length);
        ids.forEach((id, i) => {
          assert.equal(index.findId(id), i);
          assert.equal(index.idAt(i), id);
        });
        assert.equal(index.findId(other), ids.indexOf(other));
      }),
    );
  });

  it('numbers new ids as they come and keeps known ones', () => {
    const index = new IdIndex();
    assert.deepEqual([index.add(1, 2), index.add(2, 1), index.add(1, 2)], [0, 1, 0]);
  });

  it('refuses an id given twice', () => {
    assert.throws(() => new IdIndex([5n, 6n, 5n]), /root id 5 is there twice/);
  });
});
