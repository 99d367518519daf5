/** Which odour of a set of recordings is which row of DoOR. Knows no recordings. */
import { columnNamed, readTextTable } from './text-table.ts';

export interface RecordedOdour {
  /** As the set's own files call it. */
  readonly label: string;
  /** InChIKey, the name of DoOR's row; '' where DoOR has none. */
  readonly key: string;
}

/** `set,label,…,inchikey,…` → the odours of one set, in the file's order. */
export function readOdourSet(file: string, bytes: Uint8Array, set: string): RecordedOdour[] {
  const table = readTextTable(file, bytes);
  const [of, label, key] = ['set', 'label', 'inchikey'].map((name) => columnNamed(table, name)) as [
    number,
    number,
    number,
  ];
  return table.rows.filter((row) => row[of] === set).map((row) => ({ label: row[label]!, key: row[key]! }));
}
