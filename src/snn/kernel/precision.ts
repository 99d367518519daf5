/** The arithmetic that a kernel runs in: f32, as every fast kernel, or f64, for checks against finite differences. Knows no network. */

export type FloatArray = Float32Array | Float64Array;

/** T with arrays of either precision for its f32 arrays. */
export type InPrecision<T> = { readonly [K in keyof T]: Float32Array extends T[K] ? FloatArray : T[K] };

export interface Precision {
  /** Applied after every single operation. */
  readonly round: (x: number) => number;
  readonly zeros: (length: number) => FloatArray;
}

export const single: Precision = { round: Math.fround, zeros: (length) => new Float32Array(length) };
export const double: Precision = { round: (x) => x, zeros: (length) => new Float64Array(length) };
