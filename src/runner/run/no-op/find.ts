/**
 * "Nothing changed since this very command found nothing to do": every file and folder that the command looked at, and one digest of
 * their fingerprints. Loaded by every run, so it imports next to nothing. A record that does not hold costs only the time to see it.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, readFileSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findProjectRoot } from '../../model/find-project.ts';

/** Where a command works and what it was told: a record holds for exactly this. */
export interface NoOpQuestion {
  readonly args: readonly string[];
  readonly root: string;
  readonly cacheDir: string;
}

export interface NoOpRecord {
  readonly version: 3;
  readonly args: readonly string[];
  readonly root: string;
  /** Names of the environment variables that entered a key, and the digest of their values. */
  readonly env: readonly string[];
  readonly envDigest: string;
  /** How many stages were in place. */
  readonly stages: number;
  /** What is printed before and after the seconds that it took; with --json without the first event. */
  readonly text: readonly [string, string];
  /** Digest of the fingerprints of `paths`, in their order. */
  readonly statDigest: string;
  /** Absolute, or relative to the root. */
  readonly paths: readonly string[];
}

/** The question that a command line asks, or undefined where only the whole command line parser knows. */
export function noOpQuestion(args: readonly string[], cwd: string): NoOpQuestion | undefined {
  if (args[0] !== 'run') return undefined;
  let project: string | undefined;
  let cache = 'cache';
  for (const [i, arg] of args.entries()) {
    if (arg === '-C') project = args[i + 1];
    else if (arg === '--cache-dir') cache = args[i + 1] ?? 'cache';
    else if (/^(-C.|--C|--cache|--force|--dry|--watch|--help|-h|-n|-f|--file|--check|\.\.\/)/.test(arg))
      return undefined;
  }
  try {
    const root = project === undefined ? findProjectRoot(cwd) : resolve(cwd, project);
    return { args, root: realpathSync(root), cacheDir: resolve(root, cache) };
  } catch {
    return undefined;
  }
}

/** One of 256 places, so that many different command lines do not fill the cache. */
export function noOpPath({ args, root, cacheDir }: NoOpQuestion): string {
  const slot = sha256(JSON.stringify([root, args])).slice(0, 2);
  return `${cacheDir}/state/no-op-${slot}.json`;
}

/** The record, if all that it stands on is as it was. */
export function findNoOp(question: NoOpQuestion): NoOpRecord | undefined {
  let record: NoOpRecord;
  try {
    const text = readFileSync(noOpPath(question), 'utf8');
    const body = text.slice(65);
    if (text.slice(0, 64) !== sha256(body)) return undefined;
    record = JSON.parse(body) as NoOpRecord;
  } catch {
    return undefined;
  }
  const asked = record.version === 3 && record.root === question.root && sameTexts(record.args, question.args);
  if (!asked || envDigest(record.env) !== record.envDigest) return undefined;
  try {
    return statDigest(record.root, record.paths) === record.statDigest ? record : undefined;
  } catch {
    // A folder on the way is a file now, or may not be read: whoever looks properly says so.
    return undefined;
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** Of the variables' present values. */
export function envDigest(names: readonly string[]): string {
  return sha256(JSON.stringify(names.map((name) => process.env[name] ?? null)));
}

/** Of the present fingerprints. Cost: one stat a path, some 5 µs. */
export function statDigest(root: string, paths: readonly string[]): string {
  const fields = new BigInt64Array(5 * paths.length);
  for (const [i, path] of paths.entries()) {
    const stat = statAt(path.startsWith('/') ? path : `${root}/${path}`);
    if (stat !== undefined) fields.set([stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs], 5 * i);
  }
  return sha256(fields);
}

/** Undefined also where a file stands in the place of a folder, which throwIfNoEntry does not mean. */
function statAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The same of fingerprints taken before; '' stands for nothing there. */
export function fingerprintsDigest(fingerprints: readonly string[]): string {
  const fields = new BigInt64Array(5 * fingerprints.length);
  for (const [i, text] of fingerprints.entries()) if (text !== '') fields.set(text.split(':').map(BigInt), 5 * i);
  return sha256(fields);
}

function sha256(data: string | BigInt64Array): string {
  return createHash('sha256').update(data).digest('hex');
}
