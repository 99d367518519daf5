/** The linear readout of spike counts, as plain arithmetic. Knows no training and no network. */

import type { Readout, Topology } from '../network/network.ts';
import { sliceOf } from '../network/topology.ts';

/**
 * Logits [B, C] of a readout: logit_c = Σ_i weight[c, i]·scale[i]·(count_i − mean_i) + bias_c, summed in f64 in the order of cells.
 * `counts` is [B, N] of the whole network. Throws RangeError on sizes that do not fit.
 */
export function readoutLogits(readout: Readout, topology: Topology, counts: Float32Array): Float64Array {
  const { offset, size } = sliceOf(topology, readout.population);
  const trials = counts.length / topology.size;
  const classes = readout.classes.length;
  if (!Number.isInteger(trials)) {
    throw new RangeError(`readoutLogits: ${counts.length} counts are no rows of ${topology.size} cells`);
  }
  const logits = new Float64Array(trials * classes);
  const x = new Float64Array(size);
  for (let b = 0; b < trials; b++) {
    for (let i = 0; i < size; i++)
      x[i] = readout.scale[i]! * (counts[b * topology.size + offset + i]! - readout.mean[i]!);
    for (let c = 0; c < classes; c++) {
      let sum = readout.bias[c]!;
      for (let i = 0; i < size; i++) sum += readout.weight[c * size + i]! * x[i]!;
      logits[b * classes + c] = sum;
    }
  }
  return logits;
}

/** Index of the largest logit of each row; the first of equals. */
export function argmaxRows(logits: ArrayLike<number>, classes: number): Int32Array {
  const out = new Int32Array(logits.length / classes);
  for (let b = 0; b < out.length; b++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[b * classes + c]! > logits[b * classes + best]!) best = c;
    out[b] = best;
  }
  return out;
}
