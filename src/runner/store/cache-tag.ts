/** The mark by which a folder is known to be a cache of this runner; without it nothing in the folder is deleted. Deletes nothing itself. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfPresent, writeFileAtomic } from './atomic-file.ts';

/** Programs that back up know the first line (bford.info/cachedir); the second is ours. */
const tagText = `Signature: 8a477f597d28d172789f06886806bc55
# A cache of the pipeline runner (cc-snn). What it holds can be made again; \`pipeline gc\` takes away what no rule keeps.
`;
const tagName = 'CACHEDIR.TAG';

/** The folders that a cache has. */
const cacheFolders = [
  'objects',
  'actions',
  'incoming',
  'runs',
  'plans',
  'contracts',
  'damaged',
  'scratch',
  'state',
  'locks',
];

/** Whether the folder is marked as a cache of this runner. */
export function isOwnCache(cacheDir: string): boolean {
  try {
    return readTextIfPresent(join(cacheDir, tagName)) === tagText;
  } catch {
    return false;
  }
}

/** Marks a folder that holds nothing but what the runner itself puts into one; a folder that cannot be written stays as it is. */
export function markCache(cacheDir: string): void {
  try {
    const names = readdirSync(cacheDir);
    if (names.includes(tagName) || names.length === 0) return;
    if (names.every((name) => cacheFolders.includes(name))) writeFileAtomic(join(cacheDir, tagName), tagText);
  } catch {
    return;
  }
}

/** Whether an entry of a cache is one of the runner's folders, or the mark. */
export function isOwnName(name: string): boolean {
  return name === tagName || cacheFolders.includes(name);
}
