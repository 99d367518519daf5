/**
 * A pathway as an SVG drawing: populations are discs whose area grows with their cells, lines are projections whose width grows with the
 * root of their synapses; they end in a green arrow where they excite and in a red bar where they inhibit. Knows no files.
 * Pinned by test/connectome/pathway-svg.test.ts.
 */
import { escaped, thousands } from '../base/text.ts';
import { colourOf } from '../drawing/colours.ts';
import { standAlone } from '../drawing/stand-alone.ts';
import { coordinate, element, label } from '../drawing/svg.ts';
import type { Pathway, Population, Projection } from './pathway.ts';

const WIDTH = 1000;
const HEIGHT = 640;
const LEGEND_Y = 612;
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
    path: `M${coordinate(start.x)} ${coordinate(start.y)}Q${coordinate(control.x)} ${coordinate(control.y)} ${coordinate(before.x)} ${coordinate(before.y)}`,
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
  const path = `M${coordinate(x - out)} ${coordinate(y + edge)}C${coordinate(x - radius - 8)} ${coordinate(y + down * reach)} ${coordinate(x + radius + 8)} ${coordinate(y + down * reach)} ${coordinate(before.x)} ${coordinate(before.y)}`;
  return { path, tip, before };
}

function drawArrow(arrow: Arrow, most: number): string {
  const width = widthOf(arrow.synapses, most);
  const head = 6 + 1.1 * width;
  const { path, tip, before } = arrow.pre === arrow.post ? loop(arrow, head) : between(arrow, head);
  const colour = arrow.sign > 0 ? 'excites' : 'inhibits';
  const title = `${arrow.pre.name} → ${arrow.post.name}, ${arrow.sign > 0 ? 'excitatory' : 'inhibitory'}: ${thousands(arrow.pairs)} pairs, ${thousands(arrow.synapses)} synapses`;
  const corners = arrow.sign > 0 ? arrowHead(tip, before, width) : bar(tip, before, width);
  return element(
    'g',
    { opacity: 0.82 },
    element('title', {}, escaped(title)),
    element('path', { d: path, class: `stroke ${colour}`, 'stroke-width': width }),
    element('polygon', {
      points: corners.map(({ x, y }) => `${coordinate(x)},${coordinate(y)}`).join(' '),
      class: `mark ${colour}`,
    }),
  );
}

/** A triangle that points from `before` to `tip`. */
function arrowHead(tip: Point, before: Point, width: number): Point[] {
  const half = (2.5 + 0.75 * width) / (6 + 1.1 * width);
  const [dx, dy] = [(tip.x - before.x) * half, (tip.y - before.y) * half];
  return [tip, { x: before.x - dy, y: before.y + dx }, { x: before.x + dy, y: before.y - dx }];
}

/** A bar across the end of a line, from `before` to half of the way to `tip`. */
function bar(tip: Point, before: Point, width: number): Point[] {
  const half = (4 + 0.9 * width) / (6 + 1.1 * width);
  const [dx, dy] = [(tip.x - before.x) * half, (tip.y - before.y) * half];
  const end = { x: (tip.x + before.x) / 2, y: (tip.y + before.y) / 2 };
  return [
    { x: before.x - dy, y: before.y + dx },
    { x: before.x + dy, y: before.y - dx },
    { x: end.x + dy, y: end.y - dx },
    { x: end.x - dy, y: end.y + dx },
  ];
}

function drawDisc({ name, size, x, y, radius }: Disc, index: number): string {
  return [
    element('circle', { cx: x, cy: y, r: radius, class: `disc ${colourOf(name, index)}` }),
    label(x, y - 1, name, { class: 'mid strong row' }),
    label(x, y + 15, `${thousands(size)} cells`, { class: 'mid' }),
  ].join('');
}

/** What the two signs and two widths look like, in one row. */
function legend(most: number): string {
  const y = LEGEND_Y;
  const sign = (x: number, colour: string, corners: readonly Point[], words: string): string =>
    element('path', { d: `M${x} ${y}h26`, class: `stroke ${colour}`, 'stroke-width': 4 }) +
    element('polygon', { points: corners.map((p) => `${p.x},${p.y}`).join(' '), class: `mark ${colour}` }) +
    label(x + 46, y + 4, words);
  const width = (x: number, synapses: number): string =>
    element('path', { d: `M${x} ${y}h34`, class: 'stroke soft', 'stroke-width': widthOf(synapses, most) }) +
    label(x + 42, y + 4, `${thousands(synapses)} synapses`);
  const few = Math.max(1, Math.round(most / 100));
  return [
    sign(24, 'excites', arrowHead({ x: 60, y }, { x: 50, y }, 4), 'excites'),
    sign(150, 'inhibits', bar({ x: 186, y }, { x: 176, y }, 4), 'inhibits'),
    width(290, most),
    ...(few < most ? [width(480, few)] : []),
    label(660, y + 4, 'width of a line ∝ √synapses', { class: 'tick' }),
  ].join('');
}

/** Width of a line, px. */
function widthOf(synapses: number, most: number): number {
  return LINE[0] + (LINE[1] - LINE[0]) * Math.sqrt(synapses / most);
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
  return standAlone(
    { width: WIDTH, height: HEIGHT, about: `pathway: ${heading}` },
    label(24, 36, `Pathway: ${heading}`, { class: 'heading strong' }),
    ...arrows.map((arrow) => drawArrow(arrow, most)),
    ...[...discs.values()].map(drawDisc),
    legend(most),
  );
}
