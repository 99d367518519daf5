/** Ids that are in no table: how many, and why probably. */
import type { Doubt } from './doubt.ts';
import { roundedIds } from './rounded-ids.ts';

/** Up to this share of rows with unknown ids is only told (free parameter). */
const FEW = 0.01;

export interface UnknownIds {
  /** The table or list that has them. */
  readonly file: string;
  /** The table that lacks them. */
  readonly lacking: string;
  readonly rows: number;
  readonly of: number;
  readonly ids: readonly bigint[];
  /** Line of the first. */
  readonly line: number;
}

/** The doubt, if some ids are unknown. `known`: the ids that there are. */
export function unknownIdDoubts(unknown: UnknownIds, known: readonly bigint[]): Doubt[] {
  const { file, lacking, rows, of, ids, line } = unknown;
  if (rows === 0) return [];
  const rounded = roundedIds(ids, known);
  if (rounded.example !== undefined && 2 * rounded.count >= ids.length) {
    const [written, was] = rounded.example;
    return [
      {
        kind: 'roundedIds',
        refuses: true,
        count: rounded.count,
        message: `${file}: ${rounded.count} of ${ids.length} unknown ids are rounded ones of ${lacking} (${written} was ${was}): they went through a floating-point number`,
        cure: 'write the table anew with ids as text or 64-bit integers (pandas: dtype=str; never Excel, JavaScript numbers or float64)',
      },
    ];
  }
  const all = rows === of;
  const share = `${rows} of ${of} rows (${((100 * rows) / of).toFixed(1)} %)`;
  return [
    {
      kind: 'unknownIds',
      refuses: rows > FEW * of,
      count: rows,
      message: `${file}: ${share} name ids that are not in ${lacking}, e.g. ${ids[0]} (${file}:${line})`,
      cure: all
        ? 'are the tables of one release (FlyWire materialisation 783)?'
        : 'take all tables from one release, or leave those rows out',
    },
  ];
}
