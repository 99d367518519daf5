/**
 * The Codex tables of FlyWire v783 (connections, classification, consolidated_cell_types, neurons, names, processed_labels): chunks → rows.
 * Knows the columns' names and nothing of what they mean; reads no files. Every reader throws UserError with file, line and column.
 * Root ids are 64-bit: two 32-bit words in the connections table, BigInt elsewhere. Pinned by test/formats/codex.test.ts.
 */
import type { ByteSink } from './csv.ts';
import { CsvTable, type TableRow } from './csv-table.ts';
import { parsePythonStringList } from './python-list.ts';
import { type IdWords, idOfWords } from './root-id.ts';

/** One row (pre, post, neuropil) of connections.csv; reused for the next row, so use it within the callback only. */
export interface ConnectionRow {
  readonly line: number;
  /** Words of the presynaptic root id. */
  readonly preHi: number;
  readonly preLo: number;
  readonly postHi: number;
  readonly postLo: number;
  readonly preId: bigint;
  readonly postId: bigint;
  readonly synCount: number;
  /** e.g. `AL_L`, `UNASGD`; made into a string only when asked for. */
  readonly neuropil: string;
  /** e.g. `ACH`; '' where the table has none. */
  readonly ntType: string;
}

class ConnectionRowView implements ConnectionRow {
  private readonly pre: IdWords = { hi: 0, lo: 0 };
  private readonly post: IdWords = { hi: 0, lo: 0 };
  private row: TableRow | undefined;
  synCount = 0;

  take(row: TableRow): void {
    this.row = row;
    row.id(0, this.pre);
    row.id(1, this.post);
    this.synCount = row.count(3);
  }

  get line(): number {
    return this.row!.line;
  }
  get preHi(): number {
    return this.pre.hi;
  }
  get preLo(): number {
    return this.pre.lo;
  }
  get postHi(): number {
    return this.post.hi;
  }
  get postLo(): number {
    return this.post.lo;
  }
  get preId(): bigint {
    return idOfWords(this.pre.hi, this.pre.lo);
  }
  get postId(): bigint {
    return idOfWords(this.post.hi, this.post.lo);
  }
  get neuropil(): string {
    return this.row!.text(2);
  }
  get ntType(): string {
    return this.row!.text(4);
  }
}

const connectionColumns = ['pre_root_id', 'post_root_id', 'neuropil?', 'syn_count', 'nt_type?'];

/** Rows of connections.csv. cost: about 0.4 µs a row; allocates nothing a row. */
export function readConnections(onRow: (row: ConnectionRow) => void, file = 'connections.csv'): CsvTable {
  const view = new ConnectionRowView();
  return new CsvTable(file, connectionColumns, (row) => {
    view.take(row);
    onRow(view);
  });
}

/** A reader of a table that is small enough for one object a row. */
function reader<T>(
  file: string,
  columns: readonly string[],
  make: (row: TableRow, id: bigint) => T,
  onRow: (row: T, line: number) => void,
): ByteSink {
  const words: IdWords = { hi: 0, lo: 0 };
  return new CsvTable(file, columns, (row) => {
    row.id(0, words);
    onRow(make(row, idOfWords(words.hi, words.lo)), row.line);
  });
}

/** One row of classification.csv; '' where a field is empty. */
export interface ClassificationRow {
  readonly rootId: bigint;
  readonly flow: string;
  readonly superClass: string;
  readonly class: string;
  readonly subClass: string;
  readonly hemilineage: string;
  /** `left`, `right`, `center` or ''. */
  readonly side: string;
  readonly nerve: string;
}

/** Columns of classes; which of them must be there depends on who asks. */
export const classColumns = ['super_class', 'class', 'sub_class'] as const;
export type ClassColumn = (typeof classColumns)[number];

/** Columns of `classColumns` that are not `needed` read as empty where they are missing. */
export function readClassification(
  onRow: (row: ClassificationRow, line: number) => void,
  file = 'classification.csv',
  needed: readonly ClassColumn[] = classColumns,
): ByteSink {
  const classes = classColumns.map((name) => (needed.includes(name) ? name : `${name}?`));
  const columns = ['root_id', 'flow?', ...classes, 'hemilineage?', 'side', 'nerve?'];
  const make = (row: TableRow, rootId: bigint): ClassificationRow => ({
    rootId,
    flow: row.text(1),
    superClass: row.text(2),
    class: row.text(3),
    subClass: row.text(4),
    hemilineage: row.text(5),
    side: row.text(6),
    nerve: row.text(7),
  });
  return reader(file, columns, make, onRow);
}

/** One row of consolidated_cell_types.csv. */
export interface CellTypeRow {
  readonly rootId: bigint;
  readonly primaryType: string;
  /** Other names, in the table's order. */
  readonly additionalTypes: readonly string[];
}

export function readCellTypes(
  onRow: (row: CellTypeRow, line: number) => void,
  file = 'consolidated_cell_types.csv',
): ByteSink {
  const make = (row: TableRow, rootId: bigint): CellTypeRow => {
    const others = row.text(2);
    return { rootId, primaryType: row.text(1), additionalTypes: others === '' ? [] : others.split(/\s*,\s*/) };
  };
  return reader(file, ['root_id', 'primary_type', 'additional_type(s)?'], make, onRow);
}

/** The transmitters that the neurons table scores, in this project's order. */
export const scoredTransmitters = ['ACH', 'GABA', 'GLUT', 'DA', 'SER', 'OCT'] as const;
type ScoredTransmitter = (typeof scoredTransmitters)[number];

/** One row of neurons.csv. */
export interface NeuronRow {
  readonly rootId: bigint;
  readonly group: string;
  /** e.g. `ACH`; '' where the prediction is not clear. */
  readonly ntType: string;
  readonly ntTypeScore: number;
  /** Mean score per transmitter, NaN where the table has none. */
  readonly averages: Readonly<Record<ScoredTransmitter, number>>;
}

export function readNeurons(onRow: (row: NeuronRow, line: number) => void, file = 'neurons.csv'): ByteSink {
  const scores = scoredTransmitters.map((name) => `${name.toLowerCase()}_avg?`);
  const make = (row: TableRow, rootId: bigint): NeuronRow => ({
    rootId,
    group: row.text(1),
    ntType: row.text(2),
    ntTypeScore: row.number(3),
    averages: {
      ACH: row.number(4),
      GABA: row.number(5),
      GLUT: row.number(6),
      DA: row.number(7),
      SER: row.number(8),
      OCT: row.number(9),
    },
  });
  return reader(file, ['root_id', 'group?', 'nt_type', 'nt_type_score?', ...scores], make, onRow);
}

/** One row of names.csv. */
export interface NameRow {
  readonly rootId: bigint;
  /** e.g. `GNG.96`. */
  readonly name: string;
  readonly group: string;
}

export function readNames(onRow: (row: NameRow) => void, file = 'names.csv'): ByteSink {
  const make = (row: TableRow, rootId: bigint): NameRow => ({ rootId, name: row.text(1), group: row.text(2) });
  return reader(file, ['root_id', 'name', 'group?'], make, onRow);
}

/** One row of processed_labels.csv. */
export interface LabelRow {
  readonly rootId: bigint;
  readonly labels: readonly string[];
}

export function readProcessedLabels(onRow: (row: LabelRow) => void, file = 'processed_labels.csv'): ByteSink {
  const make = (row: TableRow, rootId: bigint): LabelRow => {
    const text = row.text(1);
    try {
      return { rootId, labels: text === '' ? [] : parsePythonStringList(text) };
    } catch {
      throw row.error(1, "a list such as ['ORN_DL5; Or7a', 'DL5 / Or7a ORN']");
    }
  };
  return reader(file, ['root_id', 'processed_labels'], make, onRow);
}
