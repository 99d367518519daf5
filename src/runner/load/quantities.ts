/** `2GiB` → bytes and `1h30m` → milliseconds. Knows nothing else. */

const bytesOfUnit: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};

/** Bytes of `512MiB`, `2GiB`, `4GB` (powers of ten), `2G` (as GiB) or a plain number; undefined if it is none of them. */
export function parseBytes(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(String(value));
  const unit = match === null ? undefined : bytesOfUnit[match[2]!];
  if (match === null || unit === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * unit);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

const msOfUnit: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, min: 60e3, h: 3600e3, d: 86400e3 };
/** The longest delay a timer can hold: 2³¹ − 1 ms, 24.8 days. */
const longestMs = 2 ** 31 - 1;

/** Milliseconds of `90s`, `10m`, `1h30m`, `500ms`, `1.5h` or a number of seconds; undefined if it is none of them or over 24 days. */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === 'number' || /^\d+(\.\d+)?$/.test(value)) return checkMs(Number(value) * 1e3);
  if (!/^(\d+(\.\d+)?\s*(ms|s|min|m|h|d)\s*)+$/.test(value)) return undefined;
  let ms = 0;
  for (const part of value.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)/g)) ms += Number(part[1]) * msOfUnit[part[2]!]!;
  return checkMs(ms);
}

function checkMs(ms: number): number | undefined {
  const whole = Math.ceil(ms);
  return whole >= 1 && whole <= longestMs ? whole : undefined;
}
