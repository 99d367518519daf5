/** What the Codex tables say of each cell, collected row by row. Knows no populations and no edges. */
import {
  type ClassColumn,
  type NeuronRow,
  readCellTypes,
  readClassification,
  readNeurons,
  scoredTransmitters,
} from '../../formats/codex/codex.ts';
import type { ByteSink } from '../../formats/codex/csv.ts';
import { IdIndex } from '../../formats/codex/id-index.ts';
import { wordsOfId } from '../../formats/codex/root-id.ts';
import { IdDigits } from './doubts/rounded-ids.ts';
import { sideSpellings, transmitterSpellings, WordReader } from './doubts/word-reader.ts';

export interface CodexCell {
  readonly rootId: bigint;
  readonly superClass: string;
  readonly class: string;
  readonly subClass: string;
  /** `left`, `right`, `center` or ''. */
  readonly side: string;
  /** '' is untyped. */
  readonly primaryType: string;
  /** nt_type of neurons.csv; '' where it is not clear. */
  readonly ntType: string;
  /** The transmitter with the largest *_avg (the first of equals in this project's order); '' where all are 0 or missing. */
  readonly likeliest: string;
  /** How far that average leads the second largest, to six decimals. */
  readonly lead: number;
}

const unknown: CodexCell = {
  rootId: 0n,
  superClass: '',
  class: '',
  subClass: '',
  side: '',
  primaryType: '',
  ntType: '',
  likeliest: '',
  lead: 0,
};

function likeliestOf({ averages }: NeuronRow): Pick<CodexCell, 'likeliest' | 'lead'> {
  const [first, second] = [...scoredTransmitters].sort((a, b) => averages[b] - averages[a]);
  const lead = Math.round(1e6 * (averages[first!] - averages[second!])) / 1e6;
  return averages[first!] > 0 ? { likeliest: first!, lead } : { likeliest: '', lead: 0 };
}

/** One table as it was read: where each cell stands in it, and what was odd. */
class TableReading {
  file: string;
  rows = 0;
  readonly words: Readonly<Record<string, WordReader>>;
  readonly digits: IdDigits = new IdDigits();
  /** Ids that come again: with equal fields, with others; line of the first of these, or else of those. */
  readonly duplicates: { equal: number; other: number; line: number } = { equal: 0, other: 0, line: 0 };
  /** Line of each cell's first row; 0 where it has none. */
  private lines: number[] = [];

  constructor(file: string, words: Readonly<Record<string, WordReader>> = {}) {
    this.file = file;
    this.words = words;
  }

  has(cell: number): boolean {
    return (this.lines[cell] ?? 0) > 0;
  }

  /** Notes a row; `isEqual`: whether the cell has the same fields already. */
  note(cell: number, line: number, isEqual: () => boolean): void {
    this.rows += 1;
    if (!this.has(cell)) {
      this.lines[cell] = line;
      return;
    }
    const kind = isEqual() ? 'equal' : 'other';
    if (this.duplicates.line === 0 || (kind === 'other' && this.duplicates.other === 0)) this.duplicates.line = line;
    this.duplicates[kind] += 1;
  }

  /** Cells of this table that the other has not, and where they stand. */
  unknown(other: TableReading): { readonly cell: number; readonly line: number }[] {
    return this.lines.flatMap((line, cell) => (line > 0 && !other.has(cell) ? [{ cell, line }] : []));
  }
}

/** The cells of classification.csv, with what the other tables add; ids that only the others hold become cells without a class. */
export class CodexCells {
  readonly index: IdIndex = new IdIndex();
  readonly cells: CodexCell[] = [];
  readonly tables: {
    readonly classification: TableReading;
    readonly cellTypes: TableReading;
    readonly neurons: TableReading;
  } = {
    classification: new TableReading('classification.csv', {
      superClass: new WordReader('super_class'),
      class: new WordReader('class'),
      subClass: new WordReader('sub_class'),
      side: new WordReader('side', sideSpellings),
    }),
    cellTypes: new TableReading('consolidated_cell_types.csv', { primaryType: new WordReader('primary_type') }),
    neurons: new TableReading('neurons.csv', { ntType: new WordReader('nt_type', transmitterSpellings) }),
  };

  /** Rows of each table. */
  get rows(): { readonly classification: number; readonly cellTypes: number; readonly neurons: number } {
    const { classification, cellTypes, neurons } = this.tables;
    return { classification: classification.rows, cellTypes: cellTypes.rows, neurons: neurons.rows };
  }

  /** Notes a row; its words are read as they are meant. */
  private merge(table: TableReading, line: number, rootId: bigint, fields: Partial<CodexCell>): void {
    const { hi, lo } = wordsOfId(rootId);
    table.digits.add(hi, lo);
    const at = this.index.add(hi, lo);
    const read = Object.entries(fields).map(([key, text]) => [key, table.words[key]?.read(String(text), line) ?? text]);
    const part = Object.fromEntries(read) as Partial<CodexCell>;
    const before = this.cells[at] ?? { ...unknown, rootId };
    const after = { ...before, ...part };
    table.note(at, line, () => Object.entries(part).every(([key, text]) => before[key as keyof CodexCell] === text));
    this.cells[at] = after;
  }

  /** `needed`: columns of classes that must be there; all where nothing is said. */
  classification(file = 'classification.csv', needed?: readonly ClassColumn[]): ByteSink {
    const table = this.tables.classification;
    table.file = file;
    return readClassification(
      ({ rootId, superClass, class: className, subClass, side }, line) => {
        this.merge(table, line, rootId, { superClass, class: className, subClass, side });
      },
      file,
      needed,
    );
  }

  cellTypes(file = 'consolidated_cell_types.csv'): ByteSink {
    const table = this.tables.cellTypes;
    table.file = file;
    return readCellTypes(({ rootId, primaryType }, line) => this.merge(table, line, rootId, { primaryType }), file);
  }

  neurons(file = 'neurons.csv'): ByteSink {
    const table = this.tables.neurons;
    table.file = file;
    return readNeurons((row, line) => {
      this.merge(table, line, row.rootId, { ntType: row.ntType, ...likeliestOf(row) });
    }, file);
  }
}
