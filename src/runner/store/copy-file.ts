/**
 * A copy of a file: a reflink where the file system can, else its bytes, begun only where they fit, so that a file too big for a disk
 * does not fill it under the feet of others. Knows no digests.
 */
import { constants, statfsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from '../model/words.ts';

/** Left free on the disk, so that the small records of a run can still be written. */
const spareBytes = 128 << 10;

/** Bytes that copies of this process have begun to write and that the free space may not show yet. */
let claimed = 0;
/** Called when one of those copies ends. */
const waiting: (() => void)[] = [];

/** Copies to a path where nothing is; fails before it writes with ENOSPC, how much is needed and how much is free. May leave half a target. */
export async function copyWhereItFits(source: string, target: string, size: number): Promise<void> {
  if (await reflink(source, target)) return;
  await claim(target, size);
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
  } finally {
    claimed -= size;
    for (const retry of waiting.splice(0)) retry();
  }
}

/** Shares the blocks, which needs no space; false where that is not possible, for whatever reason: the copy tells the true one. */
async function reflink(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    return false;
  }
}

/** Waits while other copies of this process may still end and show what is truly free. */
async function claim(target: string, size: number): Promise<void> {
  for (;;) {
    const free = freeBytes(dirname(target));
    if (size + spareBytes <= free - claimed) break;
    if (claimed === 0) throw noSpace(target, size, free);
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  claimed += size;
}

/** A file system that does not count its blocks (some in user space) is taken at its word only when a write fails. */
function freeBytes(folder: string): number {
  const { bavail, bsize, blocks } = statfsSync(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

function noSpace(target: string, size: number, free: number): Error {
  const text = `${formatBytes(size)} are needed and ${formatBytes(free)} are free in ${dirname(target)}`;
  return Object.assign(new Error(text), { code: 'ENOSPC' });
}
