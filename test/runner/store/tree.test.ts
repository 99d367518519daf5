/** What the digest of a folder is made of, and what it is not. */
import assert from 'node:assert/strict';
import { digestOf } from '../../../src/base/digest.ts';
import { type FileRecord, fileRecord, folderRecord } from '../../../src/runner/store/tree.ts';

const file = (path: string, text: string, more: Partial<FileRecord> = {}): FileRecord => ({
  path,
  digest: digestOf(text),
  size: text.length,
  executable: false,
  ...more,
});

describe('the digest of a folder', () => {
  const base = [file('a', '1'), file('b/c', '2')];

  it('changes with each name, each content, each execute bit and each empty folder', () => {
    const others = [
      folderRecord(base),
      folderRecord([file('a', '2'), file('b/c', '1')]),
      folderRecord([file('a2', '1'), file('b/c', '2')]),
      folderRecord([file('a', '1', { executable: true }), file('b/c', '2')]),
      folderRecord([file('a', '1')]),
      folderRecord(base, ['d']),
      folderRecord(base, ['e']),
      folderRecord([]),
      folderRecord([], ['d']),
      fileRecord(file('', '1')),
      fileRecord(file('', '1', { executable: true })),
    ].map(({ digest }) => digest);
    assert.equal(new Set(others).size, others.length);
  });

  it('does not change with the order in which files are listed, nor with what is ignored', () => {
    const { digest } = folderRecord(base, ['d', 'e']);
    assert.equal(folderRecord([...base].reverse(), ['e', 'd']).digest, digest);
    assert.equal(folderRecord([...base, file('x.pyc', '9', { ignored: true })], ['d', 'e']).digest, digest);
  });

  it('of one file is that of its bytes', () => {
    assert.equal(fileRecord(file('', 'text')).digest, digestOf('text'));
  });
});
