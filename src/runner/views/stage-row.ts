/** One running stage as one line of a given width: what matters most is kept longest. */
import stringWidth from 'string-width';
import { cut, flat } from './fit.ts';
import { formatSeconds } from './words.ts';

export interface RowState {
  readonly stage: string;
  readonly seconds: number;
  readonly secondsLeft?: number | undefined;
  readonly progress?:
    | {
        readonly done: number;
        readonly total: number;
        readonly unit?: string;
        readonly figures?: Readonly<Record<string, number | string>>;
      }
    | undefined;
}

const barWidths = [20, 10] as const;

/**
 * Kept in this order as the line gets shorter: name, share done, time left, the first figure, count, the other figures, a bar, time spent.
 * At least the name and the share are shown, cut if need be.
 */
export function stageRow(state: RowState, width: number): string {
  const { progress } = state;
  const name = flat(state.stage);
  const spent = formatSeconds(state.seconds);
  if (progress === undefined) return cut(`  ${name}  ${spent}`, width);
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const left = state.secondsLeft === undefined ? undefined : `${formatSeconds(state.secondsLeft)} left`;
  const count = `${progress.done}/${progress.total}${progress.unit === undefined ? '' : ` ${flat(progress.unit)}`}`;
  const figures = Object.entries(progress.figures ?? {}).map(([label, value]) => flat(`${label} ${value}`));
  const byWorth = [percent, left, figures[0], count, ...figures.slice(1)].filter((part) => part !== undefined);
  const kept = new Set<string>();
  let used = 2 + stringWidth(name);
  for (const part of byWorth) {
    const cells = 2 + stringWidth(part);
    if (kept.size > 0 && used + cells > width) continue;
    kept.add(part);
    used += cells;
  }
  const bar = barWidths.map((cells) => drawBar(share, cells)).find((drawn) => used + 2 + drawn.length <= width);
  used += bar === undefined ? 0 : 2 + bar.length;
  const late = used + 2 + spent.length <= width ? [spent] : [];
  const shown = [count, ...figures].filter((part) => kept.has(part));
  const parts = [name, ...(bar === undefined ? [] : [bar]), percent, ...shown, ...late];
  return cut(`  ${[...parts, ...(left !== undefined && kept.has(left) ? [left] : [])].join('  ')}`, width);
}

function drawBar(share: number, cells: number): string {
  return '█'.repeat(Math.round(share * cells)).padEnd(cells, '░');
}
