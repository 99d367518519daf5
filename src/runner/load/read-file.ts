/** Bytes and text of a pipeline file, or why there are none. Knows no YAML. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, type Result } from '../../base/result.ts';

/** A file above this size is refused unread: 4 MiB hold some 20,000 stages; parsing takes up to 0.9 GB. */
const maxBytes = 4 * 2 ** 20;

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

/** The text of bytes in UTF-8; undefined where they are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
