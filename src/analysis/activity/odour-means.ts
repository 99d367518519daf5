/** Mean spike counts of every cell for every odour, whole and in two halves of the trials. Knows no populations. */

export interface OdourMeans {
  readonly odours: number;
  readonly cells: number;
  /** [C, N] mean spikes a trial over all trials of an odour; over its 1st, 3rd, … trials; over its 2nd, 4th, … */
  readonly all: Float64Array;
  readonly odd: Float64Array;
  readonly even: Float64Array;
  /** Every odour has trials in both halves. */
  readonly split: boolean;
}

/** Means of counts [B, N] whose trials belong to odours labels[B]. Throws RangeError on sizes that do not fit. cost: O(B·N). */
export function odourMeans(counts: ArrayLike<number>, labels: ArrayLike<number>, odours: number): OdourMeans {
  const cells = counts.length / labels.length;
  if (!Number.isInteger(cells)) {
    throw new RangeError(`odourMeans: ${counts.length} counts are not rows of ${labels.length} trials`);
  }
  const sums = [new Float64Array(odours * cells), new Float64Array(odours * cells)] as const;
  const trials = [new Int32Array(odours), new Int32Array(odours)] as const;
  const seen = new Int32Array(odours);
  for (let b = 0; b < labels.length; b++) {
    const c = labels[b]!;
    const half = seen[c]!++ % 2 === 0 ? 0 : 1;
    trials[half][c]!++;
    for (let i = 0; i < cells; i++) sums[half][c * cells + i]! += counts[b * cells + i]!;
  }
  const over = (part: Float64Array, n: Int32Array) =>
    part.map((sum, k) => sum / Math.max(1, n[Math.floor(k / cells)]!));
  return {
    odours,
    cells,
    all: over(
      sums[0].map((sum, k) => sum + sums[1][k]!),
      seen,
    ),
    odd: over(sums[0], trials[0]),
    even: over(sums[1], trials[1]),
    split: trials[0].every((n) => n > 0) && trials[1].every((n) => n > 0),
  };
}

/** Columns [offset, offset + size) of a matrix [C, N] as [C, size]. */
export function columnsOf(matrix: Float64Array, cells: number, offset: number, size: number): Float64Array {
  const rows = matrix.length / cells;
  const out = new Float64Array(rows * size);
  for (let r = 0; r < rows; r++) {
    out.set(matrix.subarray(r * cells + offset, r * cells + offset + size), r * size);
  }
  return out;
}
