/** Calcium traces of an aversive training (two odours in turn, one of them shocked), by line, odour, trial and fly. Judges nothing. */
import { columnNamed, numberAt, readTextTable } from './text-table.ts';

export interface LearningTrace {
  readonly line: string;
  readonly odour: string;
  readonly trial: number;
  readonly fly: string;
  /** ΔF/F by sample (5 Hz). */
  readonly samples: Float64Array;
}

/** `line,odour,trial,shock,fly,s0…`. */
export function readLearningTraces(file: string, bytes: Uint8Array): LearningTrace[] {
  const table = readTextTable(file, bytes);
  const [line, odour, trial, fly] = ['line', 'odour', 'trial', 'fly'].map((name) => columnNamed(table, name)) as [
    number,
    number,
    number,
    number,
  ];
  const first = columnNamed(table, 's0');
  return table.rows.map((row, k) => ({
    line: row[line]!,
    odour: row[odour]!,
    trial: numberAt(table, k, trial),
    fly: row[fly]!,
    samples: Float64Array.from(row.slice(first), (_, s) => numberAt(table, k, first + s)),
  }));
}
