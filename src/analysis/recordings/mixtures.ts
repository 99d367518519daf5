/** How many cells answer a mixture, beside those that answer one of its parts. Knows no files. */
import { mean } from '../../base/numbers.ts';
import type { ResponderTable } from '../../formats/recordings/kenyon.ts';

export interface MixtureFigures {
  /** Mean over recordings of the share of cells that answer A, B, both together, either alone. */
  readonly a: number;
  readonly b: number;
  readonly mixture: number;
  readonly union: number;
  /** Mean of the mixture over mean of the union: below 1 the mixture is sub-additive. */
  readonly ratio: number;
  /** Share of the cells that answer either part which answer the mixture, mean over recordings. */
  readonly kept: number;
}

/** Of the recordings named, for the columns of A, B and A+B. Throws RangeError on a column that is not there. */
export function mixtureFigures(
  { columns, recordings }: ResponderTable,
  names: readonly string[],
  parts: { readonly a: string; readonly b: string; readonly mixture: string },
): MixtureFigures {
  const [a, b, mixture] = [parts.a, parts.b, parts.mixture].map((name) => {
    const at = columns.indexOf(name);
    if (at < 0) throw new RangeError(`mixtures: no column '${name}', there are ${columns.join(', ')}`);
    return at;
  }) as [number, number, number];
  const shares = recordings
    .filter(({ name }) => names.includes(name))
    .map(({ answers, cells }) => {
      const counts = { a: 0, b: 0, mixture: 0, union: 0, kept: 0 };
      for (let i = 0; i < cells; i++) {
        const at = (c: number) => answers[i * columns.length + c]!;
        const either = Math.max(at(a), at(b));
        counts.a += at(a) / cells;
        counts.b += at(b) / cells;
        counts.mixture += at(mixture) / cells;
        counts.union += either / cells;
        counts.kept += Math.min(either, at(mixture)) / cells;
      }
      return counts;
    });
  const over = (of: (share: (typeof shares)[number]) => number) => mean(shares.map(of));
  const union = over((share) => share.union);
  return {
    a: over((share) => share.a),
    b: over((share) => share.b),
    mixture: over((share) => share.mixture),
    union,
    ratio: over((share) => share.mixture) / union,
    kept: over((share) => share.kept / share.union),
  };
}
