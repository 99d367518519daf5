/** How regular spiking is: CV, CV2 and LV of intervals, Fano factor of counts. Knows no edges: only intervals between spikes count. */

/** Intervals between the spikes, ms. */
export function interspikeIntervalsMs(timesMs: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: Math.max(0, timesMs.length - 1) }, (_, i) => timesMs[i + 1]! - timesMs[i]!);
}

/** CV = population SD / mean of the intervals; 0 regular, 1 Poisson; null with fewer than two intervals. */
export function coefficientOfVariation(isiMs: ArrayLike<number>): number | null {
  if (isiMs.length < 2) return null;
  const { mean, variance } = moments(isiMs);
  return Math.sqrt(variance) / mean;
}

/** CV2 = mean of 2|Iₖ₊₁ − Iₖ|/(Iₖ₊₁ + Iₖ) (Holt 1996, doi:10.1152/jn.1996.75.5.1806); null with fewer than two intervals. */
export function cv2(isiMs: ArrayLike<number>): number | null {
  return meanOverNeighbours(isiMs, (a, b) => (2 * Math.abs(b - a)) / (a + b));
}

/** LV = mean of 3(Iₖ − Iₖ₊₁)²/(Iₖ + Iₖ₊₁)² (Shinomoto 2003, doi:10.1162/089976603322518759); null with fewer than two intervals. */
export function localVariation(isiMs: ArrayLike<number>): number | null {
  return meanOverNeighbours(isiMs, (a, b) => (3 * (a - b) ** 2) / (a + b) ** 2);
}

/** Fano factor = population variance / mean of spike counts over trials; 1 Poisson; null where there are no trials or no spikes. */
export function fanoFactor(counts: ArrayLike<number>): number | null {
  if (counts.length === 0) return null;
  const { mean, variance } = moments(counts);
  return mean === 0 ? null : variance / mean;
}

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, variance: squares / values.length };
}

function meanOverNeighbours(isiMs: ArrayLike<number>, of: (a: number, b: number) => number): number | null {
  if (isiMs.length < 2) return null;
  let sum = 0;
  for (let k = 0; k + 1 < isiMs.length; k++) sum += of(isiMs[k]!, isiMs[k + 1]!);
  return sum / (isiMs.length - 1);
}
