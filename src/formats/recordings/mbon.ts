/** Calcium responses of output-neuron lines, and tables of compartments by odour. Judges nothing. */
import { columnNamed, numberAt, readTextTable } from './text-table.ts';

/** One fly of one driver line. */
export interface MbonFly {
  readonly driver: string;
  readonly cellType: string;
  /** FlyWire types of the line's cells. */
  readonly types: readonly string[];
  /** [odours] ΔF/F, %. */
  readonly response: Float64Array;
}

export interface MbonTable {
  readonly odours: readonly string[];
  readonly flies: readonly MbonFly[];
}

/** `driver,cell_type,mbon,fly,ODOUR…`; two types of one line are separated by a space, +, / or ;. */
export function readMbonLines(file: string, bytes: Uint8Array): MbonTable {
  const table = readTextTable(file, bytes);
  const [driver, cellType, mbon] = ['driver', 'cell_type', 'mbon'].map((name) => columnNamed(table, name)) as [
    number,
    number,
    number,
  ];
  const first = columnNamed(table, 'fly') + 1;
  return {
    odours: table.header.slice(first),
    flies: table.rows.map((row, k) => ({
      driver: row[driver]!,
      cellType: row[cellType]!,
      types: row[mbon]!.split(/[\s+/;]+/).filter((type) => type !== ''),
      response: Float64Array.from(row.slice(first), (_, c) => numberAt(table, k, first + c)),
    })),
  };
}

export interface CompartmentTable {
  readonly odours: readonly string[];
  readonly compartments: readonly string[];
  /** [compartments, odours] */
  readonly response: Float64Array;
}

/** `COMPARTMENT,ODOUR…`: the first column names the row. */
export function readCompartments(file: string, bytes: Uint8Array): CompartmentTable {
  const table = readTextTable(file, bytes);
  const odours = table.header.slice(1);
  return {
    odours,
    compartments: table.rows.map((row) => row[0]!),
    response: Float64Array.from(table.rows.flatMap((_, k) => odours.map((_, c) => numberAt(table, k, c + 1)))),
  };
}
