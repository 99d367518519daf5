import assert from 'node:assert/strict';
import { parseRootIdList } from '../../src/connectome/codex/root-id-list.ts';

describe('connectome/build: root id lists', () => {
  it('takes ids by line or by comma, Windows line ends, a heading and comments', () => {
    const wanted = [720575940602553568n, 720575940602553569n];
    for (const text of [
      '720575940602553568\n720575940602553569\n',
      '720575940602553568,720575940602553569',
      '\uFEFFroot_id\r\n720575940602553568\r\n\r\n# a comment\r\n720575940602553569 # another',
    ]) {
      assert.deepEqual(parseRootIdList(text, 'root_ids_x.txt'), wanted);
    }
  });

  it('names the line of what is not a root id', () => {
    assert.throws(
      () => parseRootIdList('1\n7.2e17\n', 'root_ids_x.txt'),
      /root_ids_x\.txt:2 '7\.2e17' is not a root id/,
    );
    assert.throws(() => parseRootIdList('9223372036854775808', 'root_ids_x.txt'), /is not below 2\^63/);
  });
});
