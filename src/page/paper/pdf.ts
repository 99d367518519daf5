/** A chart of the page → a PDF of one page, lines and letters as such. Knows the elements that src/drawing writes and no others. */
import { palette } from '../../drawing/colours.ts';
import { inks } from '../../drawing/style.ts';

/** Widths of Helvetica from the space (32) to the tilde (126), thousandths of its size. Source: Adobe's font metrics for the core fonts. */
const WIDTHS: readonly number[] = [
  ...[278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278],
  ...[556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556],
  ...[1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778],
  ...[667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556],
  ...[333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556],
  ...[556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584],
];

/** Letters beyond ASCII as Windows-1252 has them; others become a question mark. */
const LETTERS: Readonly<Record<string, string>> = {
  '–': '\\226',
  '−': '-',
  '’': '\\222',
  '·': '\\267',
  '…': '\\205',
  '→': '>',
};

type Attributes = Readonly<Record<string, string>>;

/** Bytes of the PDF; the same chart is the same bytes. `widthMm` is that of a column of text. */
export function chartPdf(svg: string, widthMm: number): Uint8Array {
  const [, , width, height] = (/viewBox="([^"]*)"/.exec(svg)?.[1] ?? '0 0 440 300').split(' ').map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const scale = ((widthMm / 25.4) * 72) / width;
  const content = `${number(scale)} 0 0 ${number(-scale)} 0 ${number(height * scale)} cm 1 J 1 j\n${drawn(svg)}`;
  return assembled(content, width * scale, height * scale);
}

function drawn(svg: string): string {
  const tags = svg.matchAll(/<(line|path|circle|rect)\b([^>]*)\/?>|<text\b([^>]*)>([^<]*)<\/text>/g);
  return [...tags]
    .map(([, name, attributes, own, text]) =>
      name === undefined ? letters(attributesOf(own!), text!) : shape(name, attributesOf(attributes!)),
    )
    .join('');
}

function attributesOf(text: string): Attributes {
  return Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
}

function classes({ class: names = '' }: Attributes): readonly string[] {
  return names.split(' ');
}

/** Red, green, blue of the first class that has a colour, on a light page. */
function colour(of: Attributes): string {
  const named: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(palette).map(([name, [light]]) => [name, light])),
    ...{ grid: inks.rule[0], outline: inks.rule[0], axis: inks.soft[0], reference: inks.bad[0], on: inks.card[0] },
    ...{ tick: inks.soft[0], title: inks.soft[0] },
  };
  const own = classes(of);
  const hex = [...own].reverse().find((name) => name in named);
  return rgb(hex === undefined ? inks.ink[0] : named[hex]!);
}

function rgb(hex: string): string {
  return [1, 3, 5].map((k) => number(Number.parseInt(hex.slice(k, k + 2), 16) / 255)).join(' ');
}

/** With an opacity the colour is mixed with the paper's white. */
function mixed(colourText: string, opacity: number): string {
  return colourText
    .split(' ')
    .map((value) => number(1 - opacity * (1 - Number(value))))
    .join(' ');
}

function shape(name: string, of: Attributes): string {
  const own = classes(of);
  const ink = own.includes('interval') ? mixed(colour(of), 0.7) : colour(of);
  const dash = own.includes('dashed') || own.includes('reference') ? '[4 3] 0 d ' : '[] 0 d ';
  const width =
    own.includes('grid') || own.includes('axis') || own.includes('outline') ? 0.8 : own.includes('median') ? 3 : 2;
  const stroke = `${ink} RG ${width} w ${dash}`;
  const value = (key: string): number => Number(of[key] ?? 0);
  if (name === 'line') return `${stroke}${value('x1')} ${value('y1')} m ${value('x2')} ${value('y2')} l S\n`;
  if (name === 'path')
    return `${stroke}${(of['d'] ?? '').replace(/([ML])(-?[\d.]+) (-?[\d.]+)/g, (_, step: string, x: string, y: string) => `${x} ${y} ${step.toLowerCase()} `)}S\n`;
  if (name === 'circle')
    return `${stroke}${own.includes('hollow') ? '1 1 1' : ink} rg ${circle(value('cx'), value('cy'), value('r'))} B\n`;
  const rectangle = `${value('x')} ${value('y')} ${value('width')} ${value('height')} re`;
  if (own.includes('outline')) return `${stroke}${rectangle} S\n`;
  return `${mixed(ink, Number(of['fill-opacity'] ?? 1))} rg ${rectangle} f\n`;
}

/** Four Bézier curves. */
function circle(x: number, y: number, r: number): string {
  const k = 0.5523 * r;
  const curve = (...points: readonly number[]): string => `${points.map(number).join(' ')} c`;
  return [
    `${number(x + r)} ${number(y)} m`,
    curve(x + r, y + k, x + k, y + r, x, y + r),
    curve(x - k, y + r, x - r, y + k, x - r, y),
    curve(x - r, y - k, x - k, y - r, x, y - r),
    curve(x + k, y - r, x + r, y - k, x + r, y),
  ].join(' ');
}

function letters(of: Attributes, escapedText: string): string {
  const text = escapedText
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  const own = classes(of);
  const size = own.includes('small') ? 10 : own.includes('tick') ? 11 : own.includes('row') ? 13 : 12;
  const font = own.some((name) => ['strong', 'name', 'group', 'on'].includes(name)) ? 'B' : 'R';
  const back = own.includes('end') ? 1 : own.includes('mid') ? 0.5 : 0;
  const place = /translate\((-?[\d.]+) (-?[\d.]+)\)/.exec(of['transform'] ?? '');
  const degrees = Number(/rotate\((-?[\d.]+)\)/.exec(of['transform'] ?? '')?.[1] ?? 0);
  const [x, y] = place === null ? [Number(of['x']), Number(of['y'])] : [Number(place[1]), Number(place[2])];
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const shift = back * widthOf(text, size);
  const matrix = [c, s, s, -c, x - shift * c, y - shift * s].map(number).join(' ');
  return `BT /${font} ${size} Tf ${colour(of)} rg ${matrix} Tm (${encoded(text)}) Tj ET\n`;
}

function widthOf(text: string, size: number): number {
  let sum = 0;
  for (const letter of text) sum += WIDTHS[letter.charCodeAt(0) - 32] ?? 556;
  return (sum * size) / 1000;
}

function encoded(text: string): string {
  return [...text]
    .map((letter) => LETTERS[letter] ?? (/[()\\]/.test(letter) ? `\\${letter}` : letter <= '~' ? letter : '?'))
    .join('');
}

function number(value: number): string {
  return String(Math.round(value * 10000) / 10000);
}

/** Objects, their places, the trailer. */
function assembled(content: string, width: number, height: number): Uint8Array {
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${number(width)} ${number(height)}] /Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, k) => {
    const at = text.length;
    text += `${k + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = text.length;
  const table = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
