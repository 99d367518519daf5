/** A run that found nothing to do is repeated without reading the plan, and only as long as nothing at all has changed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { withProject } from '../load/write-project.ts';

const cli = resolve('dist/src/cli.js');

const yaml = `version: 1
include: [more/*.yaml]
params: { seed: 1 }
stages:
  file: { command: 'cat \${inputs.i} > \${outputs.o}', code: [tool.sh], inputs: { i: data/a.txt }, outputs: { o: o.txt }, env: [FLAVOUR] }
  folder: { command: 'ls -R \${inputs.i} > \${outputs.o}/list', inputs: { i: tree/ }, outputs: { o: o/ } }
  glob: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: 'many/*/x/*.csv' }, outputs: { o: o.txt } }
  last: { command: 'cat \${inputs.a} > \${outputs.o}; echo \${params.seed} >> \${outputs.o}', params: [seed], inputs: { a: artifacts/file/o.txt }, outputs: { o: o.txt } }
`;

const files = {
  'pipeline.yaml': yaml,
  'more/beside.yaml': 'params: { beside: 1 }\n',
  'tool.sh': 'true\n',
  'data/a.txt': 'one\n',
  'tree/deep/b.txt': 'b\n',
  'many/p/x/1.csv': '1\n',
  'many/q/y/1.csv': 'not matched\n',
};

interface Ended {
  readonly text: string;
  readonly status: number | null;
}

function run(dir: string, args: readonly string[] = [], env: Record<string, string> = {}): Ended {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, 'run', ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: dir, CI: '1', ...env },
  });
  return { text: stdout + stderr, status };
}

/** How many stages ran or were brought back. */
function busy(ended: Ended): number {
  const words = /(\d+) ran, \d+ cached, (\d+) restored/.exec(ended.text);
  const [, ran, restored] = words ?? /"ran":(\d+),"cached":\d+,"restored":(\d+)/.exec(ended.text) ?? [];
  assert.ok(ran !== undefined, ended.text);
  return Number(ran) + Number(restored);
}

function records(dir: string): string[] {
  const folder = join(dir, 'cache/state');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('no-op-')) : [];
}

/** Runs until nothing is left to do and a record of that is kept. */
function settle(dir: string, args: readonly string[] = []): void {
  for (let attempt = 0; attempt < 10; attempt++) {
    const before = records(dir).map((name) => statSync(join(dir, 'cache/state', name)).mtimeMs);
    const ended = run(dir, args);
    const after = records(dir).map((name) => statSync(join(dir, 'cache/state', name)).mtimeMs);
    // A run that leaves the record alone has gone by it.
    if (busy(ended) === 0 && after.length > 0 && JSON.stringify(before) === JSON.stringify(after)) return;
  }
  assert.fail('no record was kept');
}

/** In place of how many stages an edit makes stale: the pipeline is no longer valid. */
const refused = -1;

/** What may be changed behind a record's back, and how many stages that makes stale at least. */
const edits: Readonly<Record<string, readonly [(dir: string) => void, number]>> = {
  'a file, with its size and times restored': [
    (dir) => {
      const path = join(dir, 'data/a.txt');
      const { atime, mtime } = statSync(path);
      writeFileSync(path, 'two\n');
      utimesSync(path, atime, mtime);
    },
    2,
  ],
  'a file, only touched': [(dir) => utimesSync(join(dir, 'data/a.txt'), 1, 1), 0],
  'a code file': [(dir) => appendFileSync(join(dir, 'tool.sh'), '# more\n'), 1],
  'a new file deep in a folder': [(dir) => writeFileSync(join(dir, 'tree/deep/new.txt'), ''), 1],
  'a file renamed in a folder': [(dir) => renameSync(join(dir, 'tree/deep/b.txt'), join(dir, 'tree/deep/c.txt')), 1],
  'a new file that a pattern means, where its folder was not': [
    (dir) => {
      mkdirSync(join(dir, 'many/q/x'));
      writeFileSync(join(dir, 'many/q/x/2.csv'), '2\n');
    },
    1,
  ],
  'a folder put in place of a link': [
    (dir) => {
      renameSync(join(dir, 'many/p'), join(dir, 'kept'));
      symlinkSync('../kept', join(dir, 'many/p'));
      writeFileSync(join(dir, 'kept/x/1.csv'), 'other\n');
    },
    1,
  ],
  'an output, by hand': [(dir) => appendFileSync(join(dir, 'artifacts/file/o.txt'), 'tampered'), 1],
  'a file put into an output folder': [(dir) => writeFileSync(join(dir, 'artifacts/folder/o/extra'), ''), 1],
  'an output, removed': [(dir) => unlinkSync(join(dir, 'artifacts/last/o.txt')), 1],
  'a parameter': [(dir) => writeFileSync(join(dir, 'pipeline.yaml'), yaml.replace('seed: 1', 'seed: 2')), 1],
  'an included file, to one that is refused': [
    (dir) => appendFileSync(join(dir, 'more/beside.yaml'), 'x: 1\n'),
    refused,
  ],
  'a new file to include': [(dir) => writeFileSync(join(dir, 'more/new.yaml'), 'version: 1\n'), refused],
  'an included file, removed': [(dir) => unlinkSync(join(dir, 'more/beside.yaml')), 0],
  'the whole cache, removed': [(dir) => rmSync(join(dir, 'cache'), { recursive: true }), 0],
};

describe('the record of a no-op', () => {
  for (const [what, [edit, stale]] of Object.entries(edits))
    it(`does not hide a change of ${what}`, async () => {
      await withProject(files, async (dir) => {
        settle(dir);
        edit(dir);
        const ended = run(dir);
        assert.equal(ended.status, stale === refused ? 2 : 0, ended.text);
        if (stale !== refused) assert.equal(busy(ended), stale, ended.text);
      });
    });

  it('holds for these arguments and this environment only', async () => {
    await withProject(files, async (dir) => {
      settle(dir);
      assert.equal(busy(run(dir, [], { FLAVOUR: 'sweet' })), 1);
      assert.equal(busy(run(dir, ['--set', 'seed=3'])), 1);
      assert.equal(busy(run(dir, ['last'])), 1);
      assert.equal(run(dir, ['lats']).status, 2);
    });
  });

  it('brings a lock file back that was removed', async () => {
    await withProject(files, async (dir) => {
      settle(dir);
      const text = readFileSync(join(dir, 'pipeline.lock'), 'utf8');
      unlinkSync(join(dir, 'pipeline.lock'));
      run(dir);
      assert.equal(readFileSync(join(dir, 'pipeline.lock'), 'utf8'), text);
    });
  });

  it('is not believed when damaged', async () => {
    await withProject(files, async (dir) => {
      settle(dir);
      const path = join(dir, 'cache/state', records(dir)[0]!);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('4 cached', '9 cached'));
      assert.match(run(dir).text, /4 cached/);
    });
  });

  it('prints what the run printed, also as JSON', async () => {
    await withProject(files, async (dir) => {
      settle(dir, ['--json']);
      const [path] = records(dir).map((name) => join(dir, 'cache/state', name));
      const plain = (text: string): string => text.replace(/"(run|seconds)":("[^"]*"|[\d.]+)/g, '"$1":0');
      const quick = run(dir, ['--json']).text;
      rmSync(path!);
      assert.equal(plain(quick), plain(run(dir, ['--json']).text));
    });
  });
});
