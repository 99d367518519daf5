/** Filling holes by a few factors: planted tables whose truth is known. */
import assert from 'node:assert/strict';
import { deriveKey, RandomStream } from '../../src/base/random.ts';
import { completeLowRank } from '../../src/odour/low-rank.ts';

/** A [rows, columns] table of column means plus `rank` factors plus noise, and the same with holes. */
function planted(rows: number, columns: number, rank: number, noise: number, measured: number, seed = 1) {
  const random = new RandomStream(deriveKey([seed, 0], 7, 7));
  const normal = () => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const of = Array.from({ length: (rows + columns) * rank }, () => 4 * normal());
  const means = Array.from({ length: columns }, () => 10 * random.uniform());
  const truth = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = means[column]! + noise * normal();
    for (let k = 0; k < rank; k++) sum += of[row * rank + k]! * of[(rows + column) * rank + k]!;
    return sum;
  });
  const values = truth.map((x) => (random.uniform() < measured ? x : Number.NaN));
  return { truth, table: { rows, columns, values } };
}

function holeError(truth: Float64Array, values: Float64Array, filled: Float64Array): number {
  let [sum, count] = [0, 0];
  values.forEach((x, at) => {
    if (!Number.isNaN(x)) return;
    sum += (filled[at]! - truth[at]!) ** 2;
    count += 1;
  });
  return Math.sqrt(sum / count);
}

describe('odour/low-rank', () => {
  it('finds the planted factors (and at most one of noise) and fills the holes far better than the column means do', () => {
    for (const rank of [1, 2, 3]) {
      const { truth, table } = planted(120, 30, rank, 0.2, 0.6);
      const { values, rank: found, heldOut } = completeLowRank(table);
      assert.ok(found === rank || found === rank + 1, `${found}: ${heldOut.join()}`);
      const error = holeError(truth, table.values, values);
      assert.ok(error < 0.3 * heldOut[0]!, `${error}, by the means ${heldOut[0]}`);
    }
  });

  it('uses the means alone where there are no factors to find', () => {
    const { table } = planted(150, 20, 0, 1, 0.3);
    const { values, rank } = completeLowRank(table);
    assert.equal(rank, 0);
    const column = Array.from({ length: 150 }, (_, row) => row * 20 + 4);
    const there = column.map((at) => table.values[at]!).filter((x) => !Number.isNaN(x));
    const wanted = there.reduce((a, b) => a + b, 0) / there.length;
    const hole = column.find((at) => Number.isNaN(table.values[at]!))!;
    assert.ok(Math.abs(values[hole]! - wanted) < 1e-12);
  });

  it('leaves what was measured to the bit, fills every hole within its column’s range, and is the same each time', () => {
    const { table } = planted(40, 12, 2, 0.5, 0.4);
    const { values } = completeLowRank(table);
    for (let column = 0; column < 12; column++) {
      const own = table.values.filter((x, at) => at % 12 === column && !Number.isNaN(x));
      values.forEach((x, at) => {
        if (at % 12 !== column) return;
        const before = table.values[at]!;
        if (Number.isNaN(before)) assert.ok(x >= Math.min(...own) && x <= Math.max(...own), `${at}: ${x}`);
        else assert.equal(x, before);
      });
    }
    assert.deepEqual(completeLowRank(table).values, values);
  });

  it('fills rows without a number by the means, tables of one number by that, and refuses none at all', () => {
    const _ = Number.NaN;
    const one = completeLowRank({ rows: 2, columns: 2, values: Float64Array.of(3, _, _, _) });
    assert.deepEqual([...one.values], [3, 3, 3, 3]);
    const emptyRow = completeLowRank({ rows: 3, columns: 2, values: Float64Array.of(1, 4, 3, 8, _, _) });
    assert.deepEqual([...emptyRow.values].slice(4), [2, 6]);
    const none = { rows: 1, columns: 2, values: Float64Array.of(_, _) };
    assert.throws(() => completeLowRank(none), /the table holds no number/);
  });
});
