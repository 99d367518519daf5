/** A local cache in a temporary folder and an honest result in it, for tests of remotes. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import { type Ingredient, keyOf } from '../../src/runner/model/ingredients.ts';
import type { LocalCache } from '../../src/runner/remote/remote-cache.ts';
import { ActionCache, type ActionRecord } from '../../src/runner/store/actions.ts';
import { ObjectStore } from '../../src/runner/store/objects.ts';
import { type FileRecord, fileRecord, folderRecord } from '../../src/runner/store/tree.ts';

export interface TestCache extends LocalCache {
  readonly root: string;
}

export function emptyCache(): TestCache {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'remote-test-')));
  const cacheDir = join(root, 'cache');
  mkdirSync(cacheDir);
  return { root, cacheDir, actions: new ActionCache(cacheDir), objects: new ObjectStore(cacheDir) };
}

/** A result of one file and one folder, with these bytes in it, stored. */
export async function storedResult(
  cache: TestCache,
  word: string,
  bytes: readonly Uint8Array[],
): Promise<ActionRecord> {
  const put = async (content: Uint8Array): Promise<{ digest: Digest; size: number; executable: boolean }> => {
    const path = join(cache.root, 'source');
    writeFileSync(path, content);
    await cache.objects.put(path, digestOf(content), content.length);
    return { digest: digestOf(content), size: content.length, executable: false };
  };
  const ingredients: Ingredient[] = [
    ['param', 'word', word],
    ['output', 'd', 'd/'],
    ['output', 'o', 'o.txt'],
  ];
  const parts: FileRecord[] = [];
  for (const [i, content] of bytes.entries()) parts.push({ path: `x/${i}`, ...(await put(content)) });
  const one = await put(Buffer.from(`one ${word}`));
  const record: ActionRecord = {
    ...{ format: 1, key: keyOf(ingredients), stage: 's', ingredients, inputFiles: {} },
    outputs: { d: folderRecord(parts, ['empty']), o: fileRecord(one) },
    ...{ headlines: [{ label: 'accuracy', value: '9 %' }], seconds: 1, run: 'r' },
  };
  cache.actions.write(record);
  return record;
}
