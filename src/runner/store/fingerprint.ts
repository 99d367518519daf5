/** What of a file's stat record changes whenever its content may have. Reads no content. */
import type { BigIntStats } from 'node:fs';

/** (dev, ino, size, mtimeNs, ctimeNs); ctime because utimes cannot set it. */
export function fingerprintOf(s: BigIntStats): string {
  return `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}:${s.ctimeNs}`;
}
