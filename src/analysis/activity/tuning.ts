/** Tuning curves: how fast responses fall from a cell's best odour on. Knows no populations. */

/**
 * [C] mean response at each rank over cells: odours of a cell ranked by `ranking` [C, n], read from `responses` [C, n]. With two halves of the
 * trials, noise does not look like tuning. Cells without any response in `ranking` are left out; null where none is left. cost: O(n·C·log C).
 */
export function tuningCurve(ranking: Float64Array, responses: Float64Array, odours: number): Float64Array | null {
  const n = ranking.length / odours;
  const curve = new Float64Array(odours);
  const order = Array.from({ length: odours }, (_, c) => c);
  let cells = 0;
  for (let i = 0; i < n; i++) {
    const by = (c: number) => ranking[c * n + i]!;
    if (!order.some((c) => by(c) > 0)) continue;
    cells++;
    order.sort((a, b) => by(b) - by(a) || a - b);
    order.forEach((c, rank) => {
      curve[rank]! += responses[c * n + i]!;
    });
  }
  return cells === 0 ? null : curve.map((sum) => sum / cells);
}
