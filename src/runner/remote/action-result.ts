/**
 * What lies under /ac/KEY: an ActionResult of the Remote Execution API (github.com/bazelbuild/remote-apis, remote_execution.proto), so that a
 * server that looks at it (bazel-remote does) finds a valid one, and knows which objects belong to it. The record itself stands in stdout_raw.
 */
import type { Digest } from '../../base/digest.ts';

/** Names of an output file for the server; nothing is read back from them. */
export interface NamedObject {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly executable: boolean;
}

/** Field numbers of ActionResult, OutputFile and Digest. */
const outputFiles = 2;
const stdoutRaw = 5;
const filePath = 1;
const fileDigest = 2;
const isExecutable = 4;
const digestHash = 1;
const digestSize = 2;

export function encodeActionResult(record: Uint8Array, objects: readonly NamedObject[]): Uint8Array {
  const files = objects.map(({ path, digest, size, executable }) => {
    const identity = Buffer.concat([bytesField(digestHash, Buffer.from(digest)), numberField(digestSize, size)]);
    const mode = executable ? [numberField(isExecutable, 1)] : [];
    const fields = [bytesField(filePath, Buffer.from(path)), bytesField(fileDigest, identity), ...mode];
    return bytesField(outputFiles, Buffer.concat(fields));
  });
  return Buffer.concat([...files, bytesField(stdoutRaw, record)]);
}

/** The record, or undefined where the bytes are no such message. Cost: one pass. */
export function decodeActionResult(message: Uint8Array): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  let at = 0;
  while (at < message.length) {
    const tag = readNumber(message, at);
    if (tag === undefined) return undefined;
    const kind = tag.value % 8;
    const value = kind === 0 || kind === 2 ? readNumber(message, tag.end) : undefined;
    if (value === undefined) return undefined;
    const end = kind === 0 ? value.end : value.end + value.value;
    if (end > message.length) return undefined;
    if (kind === 2 && Math.floor(tag.value / 8) === stdoutRaw) found = message.subarray(value.end, end);
    at = end;
  }
  return found;
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function numberField(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** Base 128, the least part first; up to 2⁵³. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function readNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte % 128) * 128 ** i;
    if (byte < 128) return Number.isSafeInteger(value) ? { value, end: at + i + 1 } : undefined;
  }
  return undefined;
}
