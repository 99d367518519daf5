/** Treves–Rolls sparseness of cells over odours and of odours over cells. Knows no populations. */

/**
 * S = (1 − (Σr/n)²/(Σr²/n))/(1 − 1/n), r clipped at 0: 0 uniform, 1 a single response; null for no response at all or n < 2.
 * Source: Vinje & Gallant 2000, doi:10.1126/science.287.5456.1273. Pinned by test/analysis/activity.
 */
export function sparseness(responses: ArrayLike<number>): number | null {
  const n = responses.length;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const r = Math.max(0, responses[i]!);
    sum += r;
    squares += r * r;
  }
  return squares === 0 || n < 2 ? null : (1 - (sum * sum) / (n * squares)) / (1 - 1 / n);
}

/** Lifetime sparseness of each column (cell) of responses [C, n], silent cells left out. */
export function lifetimeSparseness(responses: Float64Array, odours: number): number[] {
  const n = responses.length / odours;
  const column = new Float64Array(odours);
  const found: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < odours; c++) column[c] = responses[c * n + i]!;
    const value = sparseness(column);
    if (value !== null) found.push(value);
  }
  return found;
}

/** Population sparseness of each row (odour) of responses [C, n], odours without any response left out. */
export function populationSparseness(responses: Float64Array, odours: number): number[] {
  const n = responses.length / odours;
  return Array.from({ length: odours }, (_, c) => sparseness(responses.subarray(c * n, (c + 1) * n))).filter(
    (value) => value !== null,
  );
}
