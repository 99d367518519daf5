/** Calcium responses of glomeruli (of receptor neurons or projection neurons), fly by fly → patterns by odour. Averages trials, nothing more. */
import { columnNamed, numberAt, readTextTable, rowsBy } from './text-table.ts';

/** What one fly's glomeruli answered. */
export interface GlomerularFly {
  readonly fly: string;
  readonly glomeruli: readonly string[];
  /** [odours, glomeruli] ΔF/F, mean of the trials that there are; NaN where there are none. */
  readonly response: Float64Array;
}

export interface GlomerularTable {
  readonly odours: readonly string[];
  readonly flies: readonly GlomerularFly[];
}

/** `fly,glomerulus,odour,dff_1,dff_2,…` → one pattern an odour and fly; odours and glomeruli in the order in which they first stand. */
export function readGlomeruli(file: string, bytes: Uint8Array): GlomerularTable {
  const table = readTextTable(file, bytes);
  const [glomerulus, odour] = [columnNamed(table, 'glomerulus'), columnNamed(table, 'odour')];
  const trials = table.header.flatMap((name, k) => (/^dff_\d+$/.test(name) ? [k] : []));
  if (trials.length === 0) columnNamed(table, 'dff_1');
  const odours = [...new Set(table.rows.map((row) => row[odour]!))];
  const flies = [...rowsBy(table, 'fly')].map(([fly, rows]): GlomerularFly => {
    const glomeruli = [...new Set(rows.map((row) => table.rows[row]![glomerulus]!))];
    const response = new Float64Array(odours.length * glomeruli.length).fill(Number.NaN);
    for (const row of rows) {
      const given = trials.map((column) => numberAt(table, row, column)).filter((x) => !Number.isNaN(x));
      const c = odours.indexOf(table.rows[row]![odour]!);
      const g = glomeruli.indexOf(table.rows[row]![glomerulus]!);
      response[c * glomeruli.length + g] = given.reduce((sum, x) => sum + x, 0) / given.length;
    }
    return { fly, glomeruli, response };
  });
  return { odours, flies };
}
