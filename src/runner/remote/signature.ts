/** Who vouches for a record: Ed25519 over its bytes and its key. Knows no files and no remote. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Digest } from '../../base/digest.ts';

/** A record as it travels: its text as it was signed, who signed it, and the signature (base64). */
interface Envelope {
  readonly record: string;
  readonly signer?: string;
  readonly signature?: string;
}

/** Short name of a public key: 16 hex digits of the SHA-256 of its SPKI form. */
export function keyName(key: KeyObject): string {
  const spki = createPublicKey(key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' })).export({
    type: 'spki',
    format: 'der',
  });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

/** Binds the text to the key that it is served under and to this use, so that a result cannot stand for another. */
function signedBytes(key: Digest, record: string): Buffer {
  return Buffer.from(`pipeline action result 1\n${key}\n${record}`);
}

export function seal(key: Digest, record: string, signer: KeyObject | undefined): Uint8Array {
  const vouched =
    signer === undefined
      ? {}
      : { signer: keyName(signer), signature: sign(null, signedBytes(key, record), signer).toString('base64') };
  const envelope: Envelope = { record, ...vouched };
  return Buffer.from(JSON.stringify(envelope));
}

/** The record's text, or why it is not believed. With `trusted` empty, no signature is asked for. */
export function open(
  key: Digest,
  bytes: Uint8Array,
  trusted: readonly KeyObject[],
): { readonly record: string } | { readonly why: string } {
  const envelope = parse(bytes);
  if (envelope === undefined) return { why: 'it is no record of this runner' };
  const { record, signer, signature } = envelope;
  if (trusted.length === 0) return { record };
  if (signature === undefined) return { why: 'it is not signed' };
  const key_ = trusted.find((one) => keyName(one) === signer);
  if (key_ === undefined) return { why: 'it is signed by a key that is not trusted here' };
  const holds = verify(null, signedBytes(key, record), key_, Buffer.from(signature, 'base64'));
  return holds ? { record } : { why: 'its signature does not hold' };
}

function parse(bytes: Uint8Array): Envelope | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    return isEnvelope(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null || !('record' in value)) return false;
  const { record, signer, signature } = value as Record<string, unknown>;
  const isText = (part: unknown): boolean => part === undefined || typeof part === 'string';
  return typeof record === 'string' && isText(signer) && isText(signature);
}
