/** Kernels are opened, used, closed and left behind at exit, while others run: none hangs, all agree. CC_SNN_LONG=1 makes 5,000 cycles of it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const program = resolve('dist/bench/kernel-cycles.js');
/** Far more than the slowest takes; a process that hangs is killed and fails the test. */
const hangs = 120_000;
const [rounds, atOnce, cycles] = process.env['CC_SNN_LONG'] === undefined ? [1, 2, 5] : [125, 4, 10];

describe('kernel threads', () => {
  it(`end with their kernel or their process: ${rounds * atOnce} exits, ${cycles} kernels before each`, async () => {
    for (let round = 0; round < rounds; round++) {
      const seeds = Array.from({ length: atOnce }, (_, k) => round * atOnce + k);
      const runs = seeds.map(async (seed) => {
        const { stdout } = await promisify(execFile)(process.execPath, [program, `${cycles}`, `${seed}`], {
          timeout: hangs,
          killSignal: 'SIGKILL',
        });
        assert.equal(stdout, `${cycles} cycles\n`, `seed ${seed}`);
      });
      await Promise.all(runs);
    }
  });
});
