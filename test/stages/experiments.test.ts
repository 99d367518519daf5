/** The shipped experiments: each fits its stages, with every profile; CC_SNN_LONG=1 makes them all. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { cliPath } from '../rig/test-project.ts';

const names = readdirSync('experiments')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''));

interface Experiment {
  readonly profiles?: Readonly<Record<string, unknown>>;
  readonly plan?: { readonly outcomes?: object };
}

function pipeline(
  cache: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, ...args, '--cache-dir', cache], {
    cwd: resolve('.'),
    encoding: 'utf8',
    env: { ...process.env, CI: '1' },
    maxBuffer: 1 << 26,
  });
  return { status, text: stdout + stderr };
}

describe('the shipped experiments', () => {
  let cache: string;
  before(() => {
    cache = mkdtempSync(join(tmpdir(), 'experiments-'));
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  it('say which schema an editor checks them with', () => {
    assert.ok(names.length >= 3);
    for (const name of names)
      assert.match(
        readFileSync(`experiments/${name}.yaml`, 'utf8'),
        /^# yaml-language-server: \$schema=\.\.\/schemas\/experiment\.schema\.json$/m,
      );
  });

  it('fit their stages, as they are and with the profiles that they know', () => {
    for (const name of names) {
      const { profiles = {} } = parse(readFileSync(`experiments/${name}.yaml`, 'utf8'), { merge: true }) as Experiment;
      for (const profile of ['', ...Object.keys(profiles).slice(0, 1)]) {
        const { status, text } = pipeline(
          cache,
          'run',
          name,
          '--dry-run',
          ...(profile === '' ? [] : ['--profile', profile]),
        );
        assert.equal(status, 0, `${name} ${profile}: ${text}`);
      }
    }
  });

  for (const name of ['nulls', 'ensemble', 'free-weights'])
    it(`${name} ends with a verdict`, function () {
      if (process.env['CC_SNN_LONG'] !== '1') this.skip();
      this.timeout(1_800_000);
      const { status, text } = pipeline(cache, 'run', name);
      assert.equal(status, 0, text);
      assert.match(text, /verdict +(support|contradict|undecided|null result)/);
    });
});
