/** JSON with its own checksum in front, so that a damaged record is noticed before it is believed. Knows no meaning of the value. */
import { digestOf } from '../../base/digest.ts';
import { isRefused, readTextIfPresent, writeFileAtomic } from './atomic-file.ts';

const head = '{"sha256":"';
const middle = '","body":';
const bodyStart = head.length + 64 + middle.length;

/** Writes `{"sha256":…,"body":value}` atomically. */
export function writeSealed(path: string, value: unknown): void {
  const body = JSON.stringify(value);
  writeFileAtomic(path, `${head}${digestOf(body)}${middle}${body}}\n`);
}

/** The value, or what is wrong: there is no file that may be read, or its checksum does not hold. */
export function readSealed<T>(
  path: string,
): { readonly state: 'whole'; readonly value: T } | { readonly state: 'missing' | 'damaged' } {
  const text = readIfAllowed(path);
  if (text === undefined) return { state: 'missing' };
  const body = text.slice(bodyStart, -2);
  if (!text.startsWith(head) || text.slice(head.length, head.length + 64) !== digestOf(body))
    return { state: 'damaged' };
  try {
    return { state: 'whole', value: JSON.parse(body) as T };
  } catch {
    return { state: 'damaged' };
  }
}

/** What another user keeps to himself counts as missing. */
function readIfAllowed(path: string): string | undefined {
  try {
    return readTextIfPresent(path);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}
