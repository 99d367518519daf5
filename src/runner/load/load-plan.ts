/** pipeline.yaml → Plan: from the parse cache where its very bytes were seen before, else by parsing. Imports nothing heavy. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, type Result } from '../../base/result.ts';
import type { Plan } from '../model/plan.ts';
import { planKey, readCachedPlan, writeCachedPlan } from './plan-cache.ts';

export interface LoadOptions {
  readonly projectDir: string;
  /** Relative to the project; `pipeline.yaml` if not given. */
  readonly file?: string;
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
  /** Where parsed plans are kept; `<projectDir>/cache` if not given, nowhere if null. */
  readonly cacheDir?: string | null;
}

/** A file above this size is refused unread: 4 MiB hold some 20,000 stages; parsing takes up to 0.9 GB. */
const maxBytes = 4 * 2 ** 20;

/**
 * Loads, checks and expands the pipeline; all errors at once, each with its place.
 * Cost: with the same bytes, profiles and sets as before about 1 ms + 5 µs a stage; else about 0.2 s + 0.3 ms a stage.
 */
export async function loadPlan(options: LoadOptions): Promise<Result<Plan, readonly Diagnostic[]>> {
  const file = options.file ?? 'pipeline.yaml';
  const bytes = readPipelineFile(join(options.projectDir, file), file);
  if (!bytes.ok) return bytes;
  const cacheDir = options.cacheDir === undefined ? join(options.projectDir, 'cache') : options.cacheDir;
  const key = planKey(bytes.value, file, options.profiles, options.sets);
  const cached = cacheDir === null ? undefined : readCachedPlan(cacheDir, key);
  if (cached !== undefined) return { ok: true, value: cached };
  const text = decode(bytes.value);
  if (text === undefined) return err([{ at: { file, line: 1, column: 1 }, message: 'is not UTF-8 text' }]);
  const { buildPlan } = await import('./build-plan.ts');
  const plan = buildPlan({ text, file, profiles: options.profiles, sets: options.sets });
  if (plan.ok && cacheDir !== null) writeCachedPlan(cacheDir, key, plan.value);
  return plan;
}

/** The file's bytes, or why there are none: missing, no file, or too big (noticed before reading). */
export function readPipelineFile(path: string, shown: string): Result<Buffer, readonly Diagnostic[]> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return err([{ at: { file: shown }, message: 'is not a file' }]);
    if (stat.size > maxBytes) {
      const message = `has ${stat.size} bytes, more than the ${maxBytes} that a pipeline file may have`;
      return err([{ at: { file: shown }, message }]);
    }
    return { ok: true, value: readFileSync(descriptor) };
  } catch (error) {
    return err([{ at: { file: shown }, ...whyUnreadable(error as NodeJS.ErrnoException) }]);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function whyUnreadable(error: NodeJS.ErrnoException): { readonly message: string; readonly hint?: string } {
  if (error.code === 'ENOENT')
    return { message: 'does not exist', hint: 'run in the project folder, or give it with -C DIR' };
  return { message: `cannot be read: ${error.code ?? error.message}` };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
