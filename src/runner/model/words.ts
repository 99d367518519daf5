/** Text made fit for people: names from files, numbers of bytes, names for ports. Knows no stages and no files. */
import { projectPath } from './project-path.ts';

/** A name from a file as it may be shown: control characters escaped, long ones cut. */
export function printable(text: string, length = 80): string {
  const cut = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
    return short[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `512 B`, `1.5 KiB`, `2.0 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A name for an input or output that nobody named yet, after its file: `data/my-table.csv` → `myTable`. */
export function portName(path: string, fallback: string): string {
  const base = projectPath(path)
    .split('/')
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  return base.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '') || fallback;
}
