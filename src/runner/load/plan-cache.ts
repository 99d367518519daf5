/** Keeps parsed plans as JSON under a key of all they depend on, so that a no-op parses no YAML. Knows nothing of YAML. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { Plan } from '../model/plan.ts';

/** Counts up whenever the same pipeline.yaml would give another plan. */
const formatVersion = 6;

/** Of everything a plan depends on but for the files that it includes, which it notes itself: the file's bytes and name (for locations), profiles, sets, this format's version. */
export function planKey(bytes: Uint8Array, file: string, profiles: readonly string[], sets: readonly string[]): Digest {
  return digestOf(JSON.stringify([formatVersion, digestOf(bytes), file, profiles, sets]));
}

function pathOf(cacheDir: string, key: Digest): string {
  return join(cacheDir, 'plans', `${key}.json`);
}

/** The kept plan, or undefined where there is none or its digest (first line) does not fit. */
export function readCachedPlan(cacheDir: string, key: Digest): Plan | undefined {
  try {
    const bytes = readFileSync(pathOf(cacheDir, key));
    const body = bytes.subarray(65);
    if (bytes[64] !== 10 || bytes.toString('latin1', 0, 64) !== digestOf(body)) return undefined;
    return JSON.parse(body.toString('utf8')) as Plan;
  } catch {
    return undefined;
  }
}

/** Keeps a plan by temporary file and rename; where the cache cannot be written, the next run parses again. */
export function writeCachedPlan(cacheDir: string, key: Digest, plan: Plan): void {
  const path = pathOf(cacheDir, key);
  const temporary = `${path}.${process.pid}.tmp`;
  const body = JSON.stringify(plan);
  try {
    mkdirSync(join(cacheDir, 'plans'), { recursive: true });
    writeFileSync(temporary, `${digestOf(body)}\n${body}`);
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
