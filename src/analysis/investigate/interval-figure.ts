/** Rows of values with their intervals on one axis, in panels, published values and bands drawn in: the figure of most investigations. Knows no analysis. */

import { line } from '../../drawing/frame.ts';
import { linearScale } from '../../drawing/scale.ts';
import { standAlone } from '../../drawing/stand-alone.ts';
import { element, figure, label } from '../../drawing/svg.ts';

export interface IntervalRow {
  readonly name: string;
  /** Class of the colour table. */
  readonly colour: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly hollow?: boolean;
  /** Further values drawn as small marks: flies, seeds. */
  readonly marks?: readonly number[];
}

export interface IntervalPanel {
  readonly title: string;
  readonly unit: string;
  readonly lo: number;
  readonly hi: number;
  readonly rows: readonly IntervalRow[];
  /** Shaded: what was published, or what flies say of one another. */
  readonly band?: { readonly lo: number; readonly hi: number; readonly name: string };
  /** A dashed line: one published value. */
  readonly mark?: { readonly at: number; readonly name: string };
}

const [WIDTH, LEFT, RIGHT, STEP] = [680, 250, 90, 22] as const;

/** Height of a panel, px. */
function heightOf({ rows }: IntervalPanel): number {
  return 84 + rows.length * STEP;
}

function drawRow(row: IntervalRow, y: number, x: (value: number) => number): string {
  const { low, high, marks = [] } = row;
  const interval = low === undefined || high === undefined ? '' : line(x(low), y, x(high), y, `interval ${row.colour}`);
  const small = marks.map((value) => line(x(value), y - 5, x(value), y + 5, `stroke ${row.colour}`)).join('');
  const kind = `${row.colour}${row.hollow === true ? ' hollow' : ''}`;
  const dot = Number.isFinite(row.value) ? element('circle', { cx: x(row.value), cy: y, r: 4.5, class: kind }) : '';
  const name = label(LEFT - 12, y + 4, row.name, { class: 'row end' });
  return name + small + interval + dot + label(WIDTH - RIGHT + 14, y + 4, figure(row.value), { class: 'row' });
}

function drawPanel(panel: IntervalPanel, top: number): string {
  const right = WIDTH - RIGHT;
  const scale = linearScale(panel.lo, panel.hi, LEFT, right);
  const x = (value: number) => scale.at(Math.min(panel.hi, Math.max(panel.lo, value)));
  const [from, to] = [top + 44, top + 44 + panel.rows.length * STEP];
  const grid = scale.ticks.map(
    (t) => line(x(t), from, x(t), to, 'grid') + label(x(t), to + 16, figure(t), { class: 'tick mid' }),
  );
  const { band, mark } = panel;
  const shaded =
    band === undefined
      ? ''
      : element('rect', {
          x: x(band.lo),
          y: from,
          width: Math.max(2, x(band.hi) - x(band.lo)),
          height: to - from,
          class: 'band',
        });
  const dashed = mark === undefined ? '' : line(x(mark.at), from, x(mark.at), to, 'line soft dashed');
  const notes = [
    ...(band === undefined ? [] : [`shaded: ${band.name}`]),
    ...(mark === undefined ? [] : [`dashed: ${mark.name}`]),
  ].join('; ');
  const rows = panel.rows.map((row, k) => drawRow(row, from + (k + 0.5) * STEP, x));
  return [
    label(16, top + 16, panel.title, { class: 'name' }),
    label(16, top + 32, notes, { class: 'tick' }),
    shaded,
    ...grid,
    dashed,
    ...rows,
    label((LEFT + right) / 2, to + 32, panel.unit, { class: 'title mid' }),
  ].join('');
}

/** Lines of at most `most` characters, broken at spaces. */
function wrapped(text: string, most = 104): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The whole SVG file: panels from top to bottom under a heading, notes below. The same content is the same bytes. */
export function intervalFigure(heading: string, panels: readonly IntervalPanel[], notes: readonly string[]): string {
  let top = 40;
  const drawn = panels.map((panel) => {
    const at = top;
    top += heightOf(panel) + 10;
    return drawPanel(panel, at);
  });
  const lines = notes.flatMap((note) => wrapped(note));
  const words = lines.map((note, k) => label(16, top + 14 + 16 * k, note, { class: 'tick' }));
  const height = top + 24 + 16 * lines.length;
  const about = `${heading}. ${panels.map(({ title, rows }) => `${title}: ${rows.map((r) => `${r.name} ${figure(r.value)}`).join(', ')}`).join('. ')}`;
  return standAlone(
    { width: WIDTH, height, about },
    label(16, 26, heading, { class: 'heading strong' }),
    ...drawn,
    ...words,
  );
}
