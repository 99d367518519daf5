/** Patterns of glomeruli: means over flies, on glomeruli that all have, and how alike odours are to each fly. Knows no model and no files. */
import type { GlomerularFly, GlomerularTable } from '../../formats/recordings/glomeruli.ts';
import { meanOfNumbers, pairCorrelations } from './similarity.ts';

/** r of the pairs of odours to one fly, over its own glomeruli; NaN where an odour was not given. */
export function pairsOfFly(fly: GlomerularFly, odours: number): Float64Array {
  return pairCorrelations(fly.response, odours);
}

/** Whether a fly was given every odour. */
export function isComplete(fly: GlomerularFly): boolean {
  return fly.response.every((x) => !Number.isNaN(x));
}

/** Glomeruli that every one of the tables has in some fly, in the order of the first table. */
export function commonGlomeruli(...tables: readonly GlomerularTable[]): string[] {
  const [first, ...others] = tables.map(({ flies }) => new Set(flies.flatMap(({ glomeruli }) => glomeruli)));
  return [...(first ?? [])].filter((name) => others.every((names) => names.has(name)));
}

/** [odours, glomeruli] mean over the flies that have it; NaN where none has. */
export function meanPatterns({ odours, flies }: GlomerularTable, glomeruli: readonly string[]): Float64Array {
  const at = flies.map((fly) => glomeruli.map((name) => fly.glomeruli.indexOf(name)));
  return Float64Array.from({ length: odours.length * glomeruli.length }, (_, k) => {
    const [c, g] = [Math.floor(k / glomeruli.length), k % glomeruli.length];
    return meanOfNumbers(
      flies.map(({ response, glomeruli: own }, f) =>
        at[f]![g]! < 0 ? Number.NaN : response[c * own.length + at[f]![g]!]!,
      ),
    );
  });
}
