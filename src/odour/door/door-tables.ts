/** DoOR's three .RData files → one plain record of odours, units and their mapping. Knows no cells, no choice of odours, no files. */
import { columnNumbers, columnTexts, dataFrameOf, type RDataFrame } from '../../formats/r/r-value.ts';
import { decodeRData } from '../../formats/r/rdata.ts';
import type { Odour } from '../odour-task.ts';

/** A row of DoOR.mappings that names a responding unit. */
export interface UnitMapping {
  /** Receptor, or neuron where the receptor is not known, e.g. `Or22a`, `ab2B`. */
  readonly unit: string;
  /** DoOR's text, e.g. `DM2`, `VL1+VM1+VL2p`, `DL2d/v`; '' where there is none. */
  readonly glomerulus: string;
  /** The one glomerulus for which this unit stands in DoOR's own pictures; '' where there is none. */
  readonly code: string;
}

/** DoOR 2.0: how strongly each odour drives each responding unit. */
export interface DoorTables {
  /** [O] without the row of the spontaneous rate. */
  readonly odours: readonly Odour[];
  /** [U] columns of the response matrix. */
  readonly units: readonly string[];
  /** [O, U] responses scaled to 0 … 1 by DoOR; NaN: not measured. */
  readonly response: Float64Array;
  /** [U] response at the spontaneous firing rate; NaN: not known. */
  readonly sfr: Float64Array;
  readonly mappings: readonly UnitMapping[];
}

/** Row name of the spontaneous rate. */
const SFR = 'SFR';

/** Bytes of the three files. */
export interface DoorFiles {
  readonly responseMatrix: Uint8Array;
  readonly odor: Uint8Array;
  readonly mappings: Uint8Array;
}

async function frameOf(bytes: Uint8Array, name: string): Promise<RDataFrame> {
  const values = await decodeRData(bytes).catch((error: Error) => {
    throw new RangeError(`${name}.RData: ${error.message}`);
  });
  const value = values[name];
  if (value === undefined) {
    throw new RangeError(`${name}.RData: no value '${name}', there are: ${Object.keys(values).join(', ')}`);
  }
  return dataFrameOf(value, name);
}

/** Reads `column` for every wanted row, '' where it is NA or the row is missing. */
function lookUp(frame: RDataFrame, key: string, column: string): (name: string) => string {
  const values = columnTexts(frame, column);
  const byKey = new Map(columnTexts(frame, key).map((name, i) => [name, values[i]]));
  return (name) => byKey.get(name) ?? '';
}

function readMappings(frame: RDataFrame): UnitMapping[] {
  const glomerulus = columnTexts(frame, 'glomerulus');
  const code = columnTexts(frame, 'code');
  return columnTexts(frame, 'receptor').map((unit, i) => ({
    unit: unit ?? '',
    glomerulus: glomerulus[i] ?? '',
    code: code[i] ?? '',
  }));
}

/** Column by column in R, row by row here; the row `SFR` apart. */
function readResponses(
  frame: RDataFrame,
): Pick<DoorTables, 'units' | 'response' | 'sfr'> & { readonly keys: string[] } {
  const sfrRow = frame.rowNames.indexOf(SFR);
  const rows = frame.rowNames.flatMap((_, i) => (i === sfrRow ? [] : [i]));
  const units = frame.columnNames;
  const response = new Float64Array(rows.length * units.length);
  const sfr = new Float64Array(units.length).fill(Number.NaN);
  units.forEach((unit, u) => {
    const column = columnNumbers(frame, unit);
    if (sfrRow >= 0) sfr[u] = column[sfrRow]!;
    rows.forEach((row, o) => {
      response[o * units.length + u] = column[row]!;
    });
  });
  return { units, response, sfr, keys: rows.map((row) => frame.rowNames[row]!) };
}

/** The three tables, joined by InChIKey and unit. Throws RangeError on a missing value or column. */
export async function readDoor(files: DoorFiles): Promise<DoorTables> {
  const responses = readResponses(await frameOf(files.responseMatrix, 'response.matrix'));
  const odor = await frameOf(files.odor, 'odor');
  const nameOf = lookUp(odor, 'InChIKey', 'Name');
  return {
    odours: responses.keys.map((key) => ({ key, name: nameOf(key) || key })),
    units: responses.units,
    response: responses.response,
    sfr: responses.sfr,
    mappings: readMappings(await frameOf(files.mappings, 'DoOR.mappings')),
  };
}
