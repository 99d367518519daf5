import assert from 'node:assert/strict';
import { draw, RandomStream } from '../../src/base/random.ts';

describe('base/random', () => {
  it('gives the published known answers of Threefry-2x32-20', () => {
    assert.deepEqual(draw([0, 0], 0, 0), [0x6b200159, 0x99ba4efe]);
    assert.deepEqual(draw([-1, -1], -1, -1), [0x1cb996fc, 0xbb002be7]);
    assert.deepEqual(draw([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3), [0xc4923a9c, 0x483df7a0]);
  });

  it('shuffles every item to every place about equally often', () => {
    const stream = new RandomStream([1, 2]);
    const seen = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) seen[stream.shuffle([0, 1, 2, 3]).indexOf(0)]! += 1;
    for (const n of seen) assert.ok(Math.abs(n - 1000) < 150, `${seen}`);
  });
});
