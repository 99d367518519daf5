/** Where the names of lines stand that end close together. Knows no lines. */

/** Heights at least `gap` apart, in the order given by their values, none below `most`. */
export function spreadApart(heights: readonly number[], gap: number, most: number): number[] {
  const order = heights
    .map((_, k) => k)
    .filter((k) => Number.isFinite(heights[k]))
    .sort((a, b) => heights[a]! - heights[b]!);
  const out = [...heights];
  order.forEach((k, rank) => {
    if (rank > 0) out[k] = Math.max(heights[k]!, out[order[rank - 1]!]! + gap);
  });
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const limit = rank === order.length - 1 ? most : out[order[rank + 1]!]! - gap;
    out[order[rank]!] = Math.min(out[order[rank]!]!, limit);
  }
  return out;
}
