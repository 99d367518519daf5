/**
 * A pathway as an SVG drawing: populations are discs whose area grows with their cells, arrows are projections whose width grows with the
 * root of their synapses, green where they excite and red where they inhibit. Knows no files. Pinned by test/connectome/pathway-svg.test.ts.
 */

import { escaped, thousands } from '../base/text.ts';
import type { Pathway, Population, Projection } from './pathway.ts';

const WIDTH = 1000;
const HEIGHT = 580;
const COLOURS = { excitatory: '#1b7f4d', inhibitory: '#c0392b' };
/** Free parameters, px: arrow width for one synapse and for the most; disc radius for one cell and for the most. */
const LINE = [0.6, 13] as const;
const RADIUS = [31, 68] as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Disc extends Point {
  readonly name: string;
  readonly size: number;
  readonly radius: number;
}

/** Where the populations of the olfactory pathway are drawn: from the antenna on the left to the mushroom body's output on the right. */
const places: Readonly<Record<string, Point>> = {
  ORN: { x: 105, y: 270 },
  LN: { x: 290, y: 445 },
  PN: { x: 400, y: 175 },
  KC: { x: 650, y: 250 },
  APL: { x: 585, y: 465 },
  MBON: { x: 900, y: 170 },
  DAN: { x: 850, y: 435 },
};

/** Others are set in a row along the top. */
function placeOf(name: string, others: readonly string[]): Point {
  return places[name] ?? { x: ((others.indexOf(name) + 0.5) * WIDTH) / others.length, y: 80 };
}

function discsOf(populations: readonly Population[]): Map<string, Disc> {
  const others = populations.map(({ name }) => name).filter((name) => places[name] === undefined);
  const most = Math.max(1, ...populations.map(({ size }) => size));
  return new Map(
    populations.map(({ name, size }): [string, Disc] => {
      const radius = RADIUS[0] + (RADIUS[1] - RADIUS[0]) * Math.sqrt(size / most);
      return [name, { ...placeOf(name, others), name, size, radius }];
    }),
  );
}

/** The part of a projection that has one sign. */
interface Arrow {
  readonly pre: Disc;
  readonly post: Disc;
  readonly sign: 1 | -1;
  readonly pairs: number;
  readonly synapses: number;
  /** The other sign is drawn too, so this one bends more. */
  readonly outer: boolean;
}

function arrowsOf({ pre, post, synCount, sign }: Projection, discs: ReadonlyMap<string, Disc>): Arrow[] {
  const sums = ([1, -1] as const).map((wanted) => {
    let [pairs, synapses] = [0, 0];
    synCount.forEach((count, e) => {
      if (sign[e] !== wanted) return;
      pairs += 1;
      synapses += count;
    });
    return { sign: wanted, pairs, synapses };
  });
  const ends = { pre: discs.get(pre)!, post: discs.get(post)! };
  return sums
    .filter(({ pairs }) => pairs > 0)
    .map((sum, i, drawn) => ({ ...ends, ...sum, outer: drawn.length === 2 && i === 1 }));
}

const px = (x: number): string => (Math.round(x * 10) / 10).toString();

/** The point at `distance` from a towards b. */
function towards(a: Point, b: Point, distance: number): Point {
  const length = Math.sqrt((b.x - a.x) ** 2 + (b.y - a.y) ** 2) || 1;
  return { x: a.x + ((b.x - a.x) * distance) / length, y: a.y + ((b.y - a.y) * distance) / length };
}

/** Beside the middle of a and b, to the left of the way. */
function beside(a: Point, b: Point, distance: number): Point {
  const length = Math.sqrt((b.x - a.x) ** 2 + (b.y - a.y) ** 2) || 1;
  return {
    x: (a.x + b.x) / 2 + ((b.y - a.y) * distance) / length,
    y: (a.y + b.y) / 2 - ((b.x - a.x) * distance) / length,
  };
}

interface Curve {
  readonly path: string;
  /** Where the head points, and from where. */
  readonly tip: Point;
  readonly before: Point;
}

/** A curve from one disc to another, bent so that the way back and the other sign do not lie on it. */
function between({ pre, post, outer }: Arrow, headLength: number): Curve {
  const control = beside(pre, post, outer ? 84 : 34);
  const start = towards(pre, control, pre.radius + 2);
  const tip = towards(post, control, post.radius + 3);
  const before = towards(post, control, post.radius + 3 + headLength);
  return {
    path: `M${px(start.x)} ${px(start.y)}Q${px(control.x)} ${px(control.y)} ${px(before.x)} ${px(before.y)}`,
    tip,
    before,
  };
}

/** A loop below a disc (above it for the second sign). */
function loop({ pre: { x, y, radius }, outer }: Arrow, headLength: number): Curve {
  const down = outer ? -1 : 1;
  const [out, reach] = [0.5 * radius, radius + 46];
  const edge = down * Math.sqrt(Math.max(0, radius * radius - out * out));
  const tip = { x: x + out, y: y + edge + down * 3 };
  const before = { x: tip.x + 0.35 * headLength, y: tip.y + down * headLength };
  const path = `M${px(x - out)} ${px(y + edge)}C${px(x - radius - 8)} ${px(y + down * reach)} ${px(x + radius + 8)} ${px(y + down * reach)} ${px(before.x)} ${px(before.y)}`;
  return { path, tip, before };
}

function drawArrow(arrow: Arrow, most: number): string {
  const width = LINE[0] + (LINE[1] - LINE[0]) * Math.sqrt(arrow.synapses / most);
  const head = 6 + 1.1 * width;
  const { path, tip, before } = arrow.pre === arrow.post ? loop(arrow, head) : between(arrow, head);
  const half = (2.5 + 0.75 * width) / head;
  const [dx, dy] = [(tip.x - before.x) * half, (tip.y - before.y) * half];
  const wings = [tip, { x: before.x - dy, y: before.y + dx }, { x: before.x + dy, y: before.y - dx }];
  const colour = arrow.sign > 0 ? COLOURS.excitatory : COLOURS.inhibitory;
  const title = `${arrow.pre.name} → ${arrow.post.name}, ${arrow.sign > 0 ? 'excitatory' : 'inhibitory'}: ${thousands(arrow.pairs)} pairs, ${thousands(arrow.synapses)} synapses`;
  return [
    `<g opacity="0.82"><title>${escaped(title)}</title>`,
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${px(width)}"/>`,
    `<polygon points="${wings.map(({ x, y }) => `${px(x)},${px(y)}`).join(' ')}" fill="${colour}"/></g>`,
  ].join('');
}

function drawDisc({ name, size, x, y, radius }: Disc): string {
  const text = (dy: number, style: string, words: string): string =>
    `<text x="${px(x)}" y="${px(y + dy)}" ${style}>${escaped(words)}</text>`;
  return [
    `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="#eef1f6" stroke="#34495e" stroke-width="1.5"/>`,
    text(-1, 'font-size="15" font-weight="bold"', name),
    text(15, 'font-size="12"', `${thousands(size)} cells`),
  ].join('');
}

function legend(most: number): string {
  const sample = (x: number, colour: string, width: number, words: string): string =>
    `<path d="M${x} 552h34" stroke="${colour}" stroke-width="${px(width)}"/><text x="${x + 42}" y="557" font-size="13" text-anchor="start">${words}</text>`;
  return [
    sample(24, COLOURS.excitatory, 4, 'excitatory'),
    sample(150, COLOURS.inhibitory, 4, 'inhibitory'),
    sample(276, '#777', LINE[1], `${thousands(most)} synapses`),
    sample(
      440,
      '#777',
      LINE[0] + (LINE[1] - LINE[0]) / 10,
      `${thousands(Math.round(most / 100))} synapses (width ∝ √synapses)`,
    ),
  ].join('');
}

/** The drawing as SVG text; arrows from the strongest, so that weak ones lie on top. Determinism: a function of the pathway. */
export function pathwaySvg(pathway: Pathway): string {
  const discs = discsOf(pathway.populations);
  const arrows = pathway.projections
    .flatMap((projection) => arrowsOf(projection, discs))
    .sort((a, b) => b.synapses - a.synapses);
  const most = Math.max(1, ...arrows.map(({ synapses }) => synapses));
  const edges = pathway.projections.reduce((n, { colIdx }) => n + colIdx.length, 0);
  const cells = pathway.populations.reduce((n, { size }) => n + size, 0);
  const heading = `${thousands(cells)} cells, ${thousands(edges)} connected pairs`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" text-anchor="middle" role="img" aria-label="${escaped(heading)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="24" y="36" font-size="18" font-weight="bold" text-anchor="start">Pathway: ${escaped(heading)}</text>`,
    ...arrows.map((arrow) => drawArrow(arrow, most)),
    ...[...discs.values()].map(drawDisc),
    `${legend(most)}</svg>`,
    '',
  ].join('\n');
}
