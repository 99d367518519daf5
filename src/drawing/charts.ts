/** The charts of the reports: lines, dots with intervals, histograms, spreads, tables of levels. Knows no neuroscience. */

import { compareText } from '../base/compare-text.ts';
import { escaped, percent } from '../base/text.ts';
import { type FrameOptions, frame, line, svg } from './frame.ts';
import { linearScale } from './scale.ts';
import { spreadApart } from './spread-apart.ts';
import { coordinate, element, figure, label, linePath } from './svg.ts';

export interface LineSeries {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
  /** Dots at the points as well. */
  readonly dots?: boolean;
}

/** Lines with their names at the right end, moved apart where they would overlap. */
export function lineChart(options: FrameOptions, series: readonly LineSeries[]): string {
  return frame({ right: 104, ...options }, (x, y, area) => {
    const drawn = series.map(({ colour, points, dashed, dots }) => {
      const pixels = points.map(([px, py]) => [x.at(px), y.at(py)] as const);
      const path = element('path', {
        d: linePath(pixels),
        class: `line ${colour}${dashed === true ? ' dashed' : ''}`,
      });
      const marks = dots === true ? pixels.map(([cx, cy]) => element('circle', { cx, cy, r: 3, class: colour })) : [];
      return path + marks.join('');
    });
    const ends = spreadApart(
      series.map(({ points }) => y.at(points[points.length - 1]?.[1] ?? Number.NaN)),
      13,
      area.bottom,
    );
    const names = series.map(({ name, colour }, k) =>
      Number.isFinite(ends[k]) ? label(area.right + 6, ends[k]! + 4, name, { class: `name ${colour}` }) : '',
    );
    return [...drawn, ...names].join('');
  });
}

export interface DotRow {
  readonly name: string;
  readonly colour: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** An empty dot. */
  readonly hollow?: boolean;
  /** Starts a new group. */
  readonly gapBefore?: boolean;
  readonly strong?: boolean;
}

/** One row a value in [0, 1]: name, dot with interval, percentage. */
export function dotChart(about: string, rows: readonly DotRow[], width = 560): string {
  const [left, right, step] = [210, 76, 24];
  const tops: number[] = [];
  rows.reduce((top, row) => {
    const y = top + (row.gapBefore === true ? 14 : 0);
    tops.push(y);
    return y + step;
  }, 18);
  const height = (tops[tops.length - 1] ?? 0) + 40;
  const x = linearScale(0, 1, left, width - right);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (t) =>
      line(x.at(t), 6, x.at(t), height - 26, 'grid') +
      label(x.at(t), height - 10, `${100 * t} %`, { class: 'tick mid' }),
  );
  const drawn = rows.map((row, k) => {
    const y = tops[k]!;
    const interval = row.low === undefined ? '' : line(x.at(row.low), y, x.at(row.high!), y, `interval ${row.colour}`);
    const dot = element('circle', {
      cx: x.at(row.value),
      cy: y,
      r: 5,
      class: `${row.colour}${row.hollow === true ? ' hollow' : ''}`,
    });
    const bold = row.strong === true ? ' strong' : '';
    return (
      label(left - 14, y + 4, row.name, { class: `row end${bold}` }) +
      interval +
      dot +
      label(width - right + 10, y + 4, percent(row.value), { class: `row${bold}` })
    );
  });
  return svg({ width, height, about }, ...grid, ...drawn);
}

export interface HistogramSeries {
  readonly name: string;
  readonly colour: string;
  readonly values: ArrayLike<number>;
}

/** Shares of values in equal bins from lo to hi, as filled steps over each other; `band` is shaded, names stand where there is room. */
export function histogram(
  options: Omit<FrameOptions, 'y'>,
  series: readonly HistogramSeries[],
  bins: number,
  more: { readonly band?: readonly [number, number]; readonly namesAt?: 'left' | 'right' } = {},
): string {
  const { band, namesAt = 'right' } = more;
  const { lo, hi } = options.x;
  const shares = series.map(({ values }) => {
    const share = new Float64Array(bins);
    for (let i = 0; i < values.length; i++) {
      const k = Math.floor(((values[i]! - lo) / (hi - lo)) * bins);
      share[Math.min(bins - 1, Math.max(0, k))]! += 100 / values.length;
    }
    return share;
  });
  const most = Math.max(1, ...shares.map((share) => share.reduce((a, b) => Math.max(a, b), 0)));
  return frame({ ...options, y: { title: 'share, %', lo: 0, hi: 1.08 * most } }, (x, y, area) => {
    const shade =
      band === undefined
        ? ''
        : element('rect', {
            x: x.at(band[0]),
            y: area.top,
            width: x.at(band[1]) - x.at(band[0]),
            height: area.bottom - area.top,
            class: 'band',
          });
    const steps = series.map(({ colour }, s) => {
      const points = Array.from(shares[s]!).flatMap((share, k) =>
        [k, k + 1].map((edge) => [x.at(lo + (edge / bins) * (hi - lo)), y.at(share)] as const),
      );
      const top = linePath([[x.at(lo), y.at(0)], ...points, [x.at(hi), y.at(0)]]);
      return element('path', { d: `${top}Z`, class: `area ${colour}` });
    });
    const names = series.map(({ name, colour }, s) =>
      label(namesAt === 'left' ? area.left + 10 : area.right, area.top + 12 + 15 * s, name, {
        class: `name ${namesAt === 'left' ? '' : 'end '}${colour}`,
      }),
    );
    return [shade, ...steps, ...names].join('');
  });
}

export interface SpreadRow {
  readonly name: string;
  readonly colour: string;
  /** 5th, 25th, 50th, 75th, 95th percentile, and the mean. */
  readonly quantiles: readonly [number, number, number, number, number];
  readonly mean: number;
  readonly note: string;
}

/** One row a group on a logarithmic axis: whisker 5–95 %, bar 25–75 %, tick at the median, dot at the mean. */
export function spreadChart(about: string, rows: readonly SpreadRow[], axis: FrameOptions['x'], width = 560): string {
  const step = 30;
  const height = rows.length * step + 54;
  const y = { title: '', lo: 0, hi: rows.length, ticks: [] };
  return frame({ width, height, x: axis, y, left: 62, right: 150, about }, (x, _y, area) => {
    const grid = x.ticks.map((t) => line(x.at(t), area.top, x.at(t), area.bottom, 'grid'));
    const drawn = rows.map(({ name, colour, quantiles, mean, note }, k) => {
      const cy = area.top + (k + 0.5) * step;
      const [p5, p25, p50, p75, p95] = quantiles.map((q) => x.at(q)) as [number, number, number, number, number];
      return (
        label(area.left - 8, cy + 4, name, { class: `row end strong ${colour}` }) +
        line(p5, cy, p95, cy, `interval ${colour}`) +
        element('rect', { x: p25, y: cy - 6, width: Math.max(1, p75 - p25), height: 12, class: `bar ${colour}` }) +
        line(p50, cy - 8, p50, cy + 8, `median ${colour}`) +
        element('circle', { cx: x.at(mean), cy, r: 4, class: `${colour}` }) +
        label(area.right + 10, cy + 4, note, { class: 'tick' })
      );
    });
    return [...grid, ...drawn].join('');
  });
}

/** One square of a level map. */
export interface LevelCell {
  readonly x: number;
  readonly y: number;
  /** 0 … 1 */
  readonly level: number;
  readonly kind?: string;
}

/** A map of columns × rows: cells of equal level are one path, so that thousands of cells stay a few elements. `unit` is the size of a cell. */
export function levelPaths(cells: readonly LevelCell[], unit: number, left: number, top: number, levels = 8): string {
  const paths = new Map<string, string>();
  for (const { x, y, level, kind = 'ink' } of cells) {
    if (!(level > 0)) continue;
    const step = Math.min(levels, Math.ceil(level * levels));
    const key = `${kind} ${step}`;
    const move = `M${coordinate(left + x * unit)} ${coordinate(top + y * unit)}h${coordinate(unit)}v${coordinate(unit)}h${coordinate(-unit)}z`;
    paths.set(key, (paths.get(key) ?? '') + move);
  }
  return [...paths]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, d]) => {
      const [kind, step] = key.split(' ') as [string, string];
      return element('path', { d, class: `level ${kind}`, 'fill-opacity': figure(Number(step) / levels) });
    })
    .join('');
}

/** A cell of a table: text, or text marked by a class. */
export type TableCell = string | { readonly text: string; readonly kind: string };

/** A table: the first row is its head. */
export function htmlTable(rows: readonly (readonly TableCell[])[]): string {
  const inside = (cell: TableCell) =>
    typeof cell === 'string' ? escaped(cell) : element('span', { class: cell.kind }, escaped(cell.text));
  const [head, ...body] = rows;
  const part = (tag: string, row: readonly TableCell[]) =>
    `<tr>${row.map((cell) => `<${tag}>${inside(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${part('th', head!)}</thead><tbody>${body.map((row) => part('td', row)).join('')}</tbody></table>`;
}
