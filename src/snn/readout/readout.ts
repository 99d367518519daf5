/** The linear readout of spike counts, as plain arithmetic. Knows no training and no network. */

import type { Readout, Topology } from '../network/network.ts';
import { sliceOf } from '../network/topology.ts';

/**
 * Logits [B, C] of a readout: logit_c = Σ_i weight[c, i]·scale[i]·(count_i − mean_i) + bias_c, summed in f64 in the order of cells.
 * `counts` is [B, N] of the whole network. Throws RangeError on sizes that do not fit. cost: B·C·(cells whose standardised count is not 0).
 */
export function readoutLogits(readout: Readout, topology: Topology, counts: Float32Array): Float64Array {
  const { offset, size } = sliceOf(topology, readout.population);
  const trials = counts.length / topology.size;
  const classes = readout.classes.length;
  if (!Number.isInteger(trials)) {
    throw new RangeError(`readoutLogits: ${counts.length} counts are not whole rows of ${topology.size} cells`);
  }
  const logits = new Float64Array(trials * classes);
  const x = new Float64Array(size);
  const active = new Int32Array(size);
  for (let b = 0; b < trials; b++) {
    let used = 0;
    for (let i = 0; i < size; i++) {
      x[i] = readout.scale[i]! * (counts[b * topology.size + offset + i]! - readout.mean[i]!);
      if (x[i] !== 0) active[used++] = i;
    }
    for (let c = 0; c < classes; c++) {
      let sum = readout.bias[c]!;
      for (let k = 0; k < used; k++) sum += readout.weight[c * size + active[k]!]! * x[active[k]!]!;
      logits[b * classes + c] = sum;
    }
  }
  return logits;
}
