/** Installing where it cannot work: said at once, in words, by what `npm ci` runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A Node that says it is of another version. */
function underNode(version: string): { readonly code: number | null; readonly err: string } {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', pretend, 'scripts/surroundings.mjs'], {
    encoding: 'utf8',
  });
  return { code: status, err: stderr };
}

describe('an install', () => {
  for (const version of ['14.21.3', '18.20.8', '19.9.0'])
    it(`under Node ${version} ends with what is wrong and what to do`, () => {
      const { code, err } = underNode(version);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`Node ${version} is too old\n.*Node 20 or newer`));
      assert.equal(err.trim().split('\n').length, 2, err);
    });

  it('under a Node that is new enough goes on', () => {
    for (const version of ['20.0.0', '100.1.0']) assert.deepEqual(underNode(version), { code: 0, err: '' });
  });

  it('asks before all else, by what npm itself runs, for what engines says', () => {
    const { scripts, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly engines: { readonly node: string };
    };
    for (const name of ['prepare', 'build', 'pretest']) assert.equal(scripts[name], 'node scripts/build.mjs');
    assert.equal(engines.node, '>=20');
    assert.match(readFileSync('scripts/build.mjs', 'utf8'), /^(\/\/.*\n)*import '\.\/surroundings\.mjs';\n/);
    assert.match(readFileSync('scripts/surroundings.mjs', 'utf8'), /const oldest = 20;/);
  });
});
