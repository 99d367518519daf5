/** What makes a choice of odours too hard or too easy: silent, identical and near ones, on a table of three cells. */
import assert from 'node:assert/strict';
import { identicalOdours, nearestNeighbours, silentOdours } from '../../src/odour/difficulty.ts';

const drive = Float32Array.from(
  [
    [0, 0, 0],
    [1, 2, 0],
    [0, 0, 0],
    [1, 2, 0],
    [2, 4, 0.5],
    [0, 0, 3],
  ].flat(),
);

describe('odour/difficulty', () => {
  it('finds the odours that drive no cell', () => {
    assert.deepEqual(silentOdours(drive, 3), [0, 2]);
  });

  it('finds odours that drive every cell alike; silent ones are not called identical', () => {
    assert.deepEqual(identicalOdours(drive, 3), [[1, 3]]);
  });

  it('finds the nearest other odour by the cosine of the drives, among those that are heard', () => {
    const found = nearestNeighbours(drive, 3);
    assert.deepEqual(
      found.map(({ odour, nearest }) => [odour, nearest]),
      [
        [1, 3],
        [3, 1],
        [4, 1],
        [5, 4],
      ],
    );
    assert.ok(Math.abs(found[2]!.cosine - 10 / Math.sqrt(5 * 20.25)) < 1e-6);
    assert.deepEqual(nearestNeighbours(drive.subarray(0, 6), 3), []);
  });
});
