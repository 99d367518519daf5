/** A readout to convergence: it reads its own population alone, learns what is there, and finds nothing where there is nothing. */
import assert from 'node:assert/strict';
import { convergedReadout, type LabelledCounts } from '../../../src/analysis/evaluation/converged-readout.ts';
import { RandomStream } from '../../../src/base/random.ts';

const classes = 4;
const slice = { name: 'MBON', offset: 3, size: 5 };
const cells = 8;

/** Cell 3 + c fires 9 times with odour c and once otherwise, in `told`; cells outside the population tell the odour in all trials. */
function trials(each: number, seed: number, told: boolean): LabelledCounts {
  const random = new RandomStream([seed, 1]);
  const labels = Int32Array.from({ length: classes * each }, (_, b) => b % classes);
  const counts = Float32Array.from({ length: labels.length * cells }, (_, k) => {
    const [label, cell] = [labels[Math.floor(k / cells)]!, k % cells];
    if (cell < 3) return label === cell ? 50 : 0;
    return random.below(3) + (told && cell === 3 + label ? 9 : 1);
  });
  return { counts, labels };
}

describe('a converged readout', () => {
  it('names odours that the population tells, and only those', () => {
    const read = (told: boolean) =>
      convergedReadout(slice, cells, trials(20, 1, told), trials(50, 2, told), classes, 1).top1.mean;
    assert.equal(read(true), 1);
    assert.ok(read(false) < 0.5, `${read(false)}`);
  });
});
