/** The plainest classifier: the class whose mean is nearest. Knows no task. */

export type Similarity = 'cosine' | 'euclid';

/** Means [C, n] of the rows [B, n] of each class; a class without rows has zeros. */
export function centroidsOf(rows: Float64Array, labels: ArrayLike<number>, classes: number): Float64Array {
  const n = rows.length / labels.length;
  const centroids = new Float64Array(classes * n);
  const trials = new Int32Array(classes);
  for (let b = 0; b < labels.length; b++) {
    const c = labels[b]!;
    trials[c]!++;
    for (let i = 0; i < n; i++) centroids[c * n + i]! += rows[b * n + i]!;
  }
  return centroids.map((sum, k) => sum / Math.max(1, trials[Math.floor(k / n)]!));
}

/** Scores [B, C], larger is nearer: cosine, or minus the squared Euclidean distance. cost: B·C·n. */
export function centroidScores(
  rows: Float64Array,
  centroids: Float64Array,
  classes: number,
  by: Similarity,
): Float64Array {
  const n = centroids.length / classes;
  const trials = rows.length / n;
  const scores = new Float64Array(trials * classes);
  const norm = new Float64Array(classes);
  for (let c = 0; c < classes; c++) for (let i = 0; i < n; i++) norm[c]! += centroids[c * n + i]! ** 2;
  for (let b = 0; b < trials; b++) {
    for (let c = 0; c < classes; c++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += rows[b * n + i]! * centroids[c * n + i]!;
      const scaled = norm[c]! > 0 ? dot / Math.sqrt(norm[c]!) : Number.NEGATIVE_INFINITY;
      scores[b * classes + c] = by === 'cosine' ? scaled : 2 * dot - norm[c]!;
    }
  }
  return scores;
}
