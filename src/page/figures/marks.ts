/** Charts whose marks say their values under the pointer and by keyboard. Knows no neuroscience. */
import { escaped } from '../../base/text.ts';
import { type Axis, frame, line, svg } from '../../drawing/frame.ts';
import { linearScale } from '../../drawing/scale.ts';
import { spreadApart } from '../../drawing/spread-apart.ts';
import { type Attributes, element, label, linePath } from '../../drawing/svg.ts';

/** Every chart is this wide and shrinks or grows with its card. */
export const CHART_WIDTH = 440;

/** A circle that says something. */
function dot(cx: number, cy: number, r: number, kind: string, say: string): string {
  return element('circle', { cx, cy, r, class: kind, 'data-say': say });
}

export interface MarkedSeries {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly say: string }[];
  readonly dashed?: boolean;
}

interface LineOptions {
  readonly about: string;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** Lines with dots, their names at the right end, moved apart where they would overlap. */
export function markedLines(options: LineOptions, series: readonly MarkedSeries[]): string {
  const right = 14 + 8.8 * Math.max(0, ...series.map(({ name }) => name.length));
  return frame({ width: CHART_WIDTH, right, ...options }, (x, y, area) => {
    const radius = (points: number): number => (points > 40 ? 1.4 : points > 15 ? 2 : 2.8);
    const drawn = series.map(({ colour, points, dashed }) => {
      const path = linePath(points.map((point) => [x.at(point.x), y.at(point.y)]));
      const marks = points.map((point) =>
        dot(
          x.at(point.x),
          y.at(point.y),
          radius(points.length),
          `${colour}${dashed === true ? ' hollow' : ''}`,
          point.say,
        ),
      );
      return element('path', { d: path, class: `line ${colour}${dashed === true ? ' dashed' : ''}` }) + marks.join('');
    });
    const ends = spreadApart(
      series.map(({ points }) => y.at(points.at(-1)?.y ?? Number.NaN)),
      13,
      area.bottom,
    );
    const names = series.map(({ name, colour }, k) =>
      Number.isFinite(ends[k]) ? label(area.right + 7, ends[k]! + 4, name, { class: `name ${colour}` }) : '',
    );
    return [...drawn, ...names].join('');
  });
}

export interface MarkedRow {
  readonly name: string;
  readonly colour: string;
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** To the right of it. */
  readonly note: string;
  readonly say: string;
  readonly hollow?: boolean;
  readonly strong?: boolean;
  /** Begins a group with this heading. */
  readonly group?: string;
}

/** One row a value between 0 and 1: name, dot with interval, note; `reference` is a vertical line through all rows. */
export function markedDots(
  about: string,
  rows: readonly MarkedRow[],
  reference?: { readonly value: number; readonly name: string },
): string {
  const [left, right, step, head] = [164, 66, 22, 24];
  let y = 4;
  const tops = rows.map(({ group }) => {
    if (group !== undefined) y += head;
    y += step;
    return y - step / 2;
  });
  const height = y + 40;
  const x = linearScale(0, 1, left, CHART_WIDTH - right);
  const bottom = height - 34;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (t) =>
      line(x.at(t), 4, x.at(t), bottom, 'grid') + label(x.at(t), bottom + 15, `${100 * t} %`, { class: 'tick mid' }),
  );
  const mark =
    reference === undefined
      ? ''
      : line(x.at(reference.value), 4, x.at(reference.value), bottom, 'reference') +
        label(x.at(reference.value) + 4, bottom + 29, reference.name, { class: 'tick' });
  const drawn = rows.map((row, k) => {
    const cy = tops[k]!;
    const heading = row.group === undefined ? '' : label(0, cy - 18, row.group, { class: 'tick group' });
    const strong = row.strong === true ? ' strong' : '';
    const interval =
      row.low === undefined || row.high === undefined
        ? ''
        : line(x.at(row.low), cy, x.at(row.high), cy, `interval ${row.colour}`);
    return (
      heading +
      label(8, cy + 4, row.name, { class: `row${strong}` }) +
      interval +
      dot(
        x.at(row.value),
        cy,
        row.strong === true ? 6 : 4.5,
        `${row.colour}${row.hollow === true ? ' hollow' : ''}`,
        row.say,
      ) +
      label(CHART_WIDTH, cy + 4, row.note, { class: `row end${strong}` })
    );
  });
  return svg({ width: CHART_WIDTH, height, about }, ...grid, mark, ...drawn);
}

/** A rectangle that says something. */
export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  kind: string,
  say: string,
  more: Attributes = {},
): string {
  return element('rect', { x, y, width, height, class: kind, 'data-say': say, ...more });
}

/** A cell of a table: text, or text with a class, or with the number that it is sorted by. */
export interface Cell {
  readonly text: string;
  readonly sort?: number;
  readonly kind?: string;
  /** Class of the colour of a square before the text. */
  readonly swatch?: string;
}

/** A table whose columns sort by a click or a key; columns whose first cell has `sort` are right-aligned numbers. */
export function sortableTable(about: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const first = rows[0] ?? [];
  const aligned = (k: number): string => (first[k]?.sort === undefined ? '' : ' class="number"');
  const heads = head.map(
    (text, k) => `<th scope="col"${aligned(k)} aria-sort="none"><button type="button">${escaped(text)}</button></th>`,
  );
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, k) => `<td${aligned(k)}${cell.sort === undefined ? '' : ` data-sort="${cell.sort}"`}>${inside(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(about)}"><table class="sortable"><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function inside({ text, kind, swatch }: Cell): string {
  const square = swatch === undefined ? '' : element('i', { class: `swatch ${swatch}` }, '');
  return square + (kind === undefined ? escaped(text) : element('span', { class: kind }, escaped(text)));
}
