/** How output-neuron lines answer odours: means over flies, agreement of flies, of lines and of odours. Knows no model and no files. */
import { mean } from '../../base/numbers.ts';
import type { MbonTable } from '../../formats/recordings/mbon.ts';
import { meanVector, pearson } from './similarity.ts';

export interface LineMean {
  readonly driver: string;
  readonly cellType: string;
  readonly types: readonly string[];
  /** [odours] mean over flies, ΔF/F %. */
  readonly response: Float64Array;
  /** One row a fly. */
  readonly flies: readonly Float64Array[];
}

/** Each line over the odours asked for (all by default), in the order of the file; the calyx line's cells are another kind of neuron and left out. */
export function lineMeans({ odours, flies }: MbonTable, among: readonly string[]): LineMean[] {
  const places = among.map((name) => {
    const at = odours.indexOf(name);
    if (at < 0) throw new RangeError(`output-neuron lines: no odour '${name}', there are ${odours.join(', ')}`);
    return at;
  });
  const drivers = [...new Set(flies.map(({ driver }) => driver))];
  return drivers.flatMap((driver) => {
    const own = flies.filter((fly) => fly.driver === driver);
    const { cellType, types } = own[0]!;
    if (cellType === 'calyx') return [];
    const rows = own.map(({ response }) => Float64Array.from(places, (at) => response[at]!));
    return [{ driver, cellType, types, response: meanVector(rows), flies: rows }];
  });
}

/** Mean over flies of r with the mean of the others of their line (lower) and with the mean of all (upper). */
export function lineCeiling(lines: readonly LineMean[]): { readonly lower: number; readonly upper: number } {
  const lower = lines.flatMap(({ flies }) =>
    flies.map((fly, k) => pearson(fly, meanVector(flies.filter((_, j) => j !== k)))),
  );
  const upper = lines.flatMap(({ flies, response }) => flies.map((fly) => pearson(fly, response)));
  return { lower: mean(lower), upper: mean(upper) };
}
