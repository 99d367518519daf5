/** Agreement of models: copies agree wholly, shuffled names not at all, and a common start counts for nothing. */
import assert from 'node:assert/strict';
import { agreementOf, changesOf, dissimilarities } from '../../../src/analysis/compare/agreement.ts';
import { RandomStream } from '../../../src/base/random.ts';
import type { Model } from '../../../src/snn/network/network.ts';

const types = 200;

function drawn(random: RandomStream, n: number): Float32Array {
  return Float32Array.from({ length: n }, () => 1 + random.uniform());
}

function model(
  cells: { vThreshMv: Float32Array; tauMMs: Float32Array; iOffsetNa: Float32Array },
  gainNa: Float32Array,
): Model {
  const typeIdx = Int32Array.from({ length: types }, (_, i) => i);
  const typeNames = Array.from({ length: types }, (_, i) => `T${i}`);
  return { network: { cells, gainNa }, typeIdx, typeNames } as unknown as Model;
}

const random = new RandomStream([1, 1]);
const start = model(
  { vThreshMv: drawn(random, types), tauMMs: drawn(random, types), iOffsetNa: new Float32Array(types) },
  drawn(random, types),
);
const trained = (order: (values: Float32Array) => Float32Array = (values) => values): Model => {
  const own = new RandomStream([2, 2]);
  const changed = (from: Float32Array): Float32Array => {
    const factors = order(drawn(own, types));
    return from.map((value, k) => value * factors[k]!);
  };
  const { cells, gainNa } = start.network;
  return model(
    { vThreshMv: changed(cells.vThreshMv), tauMMs: changed(cells.tauMMs), iOffsetNa: order(drawn(own, types)) },
    changed(gainNa!),
  );
};

describe('the agreement of models', () => {
  const agreementIn = (models: readonly Model[], name: string) =>
    agreementOf(models.map((one) => changesOf(one, start).get(name)!));

  it('is 1 between copies, and about 0 once the names of the types are shuffled', () => {
    const shuffled = trained((values) => Float32Array.from(new RandomStream([3, 3]).shuffle([...values])));
    for (const name of ['vThresh', 'tauM', 'iOffset', 'gain']) {
      const copies = agreementIn([trained(), trained(), trained()], name);
      assert.equal(copies.pairs, 3);
      assert.ok(copies.least! > 1 - 1e-6, name);
      assert.ok(Math.abs(agreementIn([trained(), shuffled], name).mean!) < 0.2, name);
    }
  });

  it('says nothing of models that training left at their common start', () => {
    assert.deepEqual(agreementIn([start, start], 'gain'), { pairs: 0, mean: null, least: null, most: null });
    assert.equal(agreementOf([[1, 2]]).pairs, 0);
  });

  it('is of the changes by type, whatever the order of magnitude', () => {
    assert.ok(
      Math.abs(
        agreementOf([
          [1, 2, 3],
          [10, 20, 30],
        ]).mean! - 1,
      ) < 1e-12,
    );
    assert.ok(
      Math.abs(
        agreementOf([
          [1, 2, 3],
          [3, 2, 1],
        ]).mean! + 1,
      ) < 1e-12,
    );
  });
});

describe('the dissimilarities of patterns', () => {
  it('are 0 for the same pattern, 2 for the opposite, 1 for one that does not vary', () => {
    const patterns = Float64Array.of(1, 2, 3, 2, 4, 6, 3, 2, 1, 5, 5, 5);
    const expected = [0, 2, 1, 2, 1, 1];
    dissimilarities(patterns, 4).forEach((value, k) => {
      assert.ok(Math.abs(value - expected[k]!) < 1e-12, `${k}: ${value}`);
    });
  });
});
