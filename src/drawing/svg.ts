/** SVG and HTML as text: elements, short numbers. Knows no charts. */
import { escaped } from '../base/text.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A coordinate with at most two decimals: the same bytes everywhere. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

/** `<name attributes>children</name>`; undefined attributes are left out, numbers are coordinates. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escaped(value!)}"`)
    .join('');
  return children.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${children.join('')}</${name}>`;
}

/** A text element; `anchor` start, middle or end. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

/** A path through points, broken where one is not finite. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  let pen = 'M';
  let path = '';
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${coordinate(x)} ${coordinate(y)}`;
    pen = 'L';
  }
  return path;
}

/** A number for people: three significant digits, no needless zeros. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(0).replace('-', '−');
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
