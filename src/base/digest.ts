/** Content identity: SHA-256 as lower-case hex. Knows no files. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** 64 lower-case hex digits. */
export type Digest = string & { readonly __brand: 'sha256' };

/** SHA-256 of bytes or of a text's UTF-8. */
export function digestOf(data: string | Uint8Array): Digest {
  return createHash('sha256').update(data).digest('hex') as Digest;
}

/** SHA-256 of a value's canonical JSON. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}
