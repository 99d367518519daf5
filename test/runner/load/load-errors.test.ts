/** What is wrong with a pipeline.yaml, as printed: every error, its place, what was probably meant. Golden texts; UPDATE_GOLDEN=1 writes them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { formatDiagnostic } from '../../../src/base/located-error.ts';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import { load, mustLoad, withProject } from './write-project.ts';

const goldenFile = 'test/golden/pipeline-errors.txt';

interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly errors: string;
}

function readCases(): Case[] {
  return readFileSync(goldenFile, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [, name, yaml, errors] = /^(.*)\n([\s\S]*?)--- is refused with\n([\s\S]*)$/.exec(part)!;
      return { name: name!, yaml: yaml!, errors: errors!.trimEnd() };
    });
}

describe('pipeline.yaml is refused', () => {
  const cases = readCases();
  const update = process.env['UPDATE_GOLDEN'] === '1';
  const written: string[] = [];

  for (const { name, yaml, errors } of cases)
    it(`for ${name}`, async () => {
      const plan = await load(yaml);
      const text = typeof plan === 'string' ? plan : 'accepted';
      written.push(`=== ${name}\n${yaml}--- is refused with\n${text}\n`);
      if (!update) assert.equal(text, errors);
    });

  after(() => {
    if (update) writeFileSync(goldenFile, written.join('\n'));
  });
});

const small = `version: 1
params: { seed: 1, name: fly, deep: { list: [1], flag: true } }
profiles: { big: { params: { seed: 2 } } }
stages:
  a: { command: x, outputs: { o: o } }
`;

describe('the command line is refused', () => {
  const refusal = async (extras: { profiles?: string[]; sets?: string[] }): Promise<string> => {
    const plan = await load(small, extras);
    return typeof plan === 'string' ? plan : 'accepted';
  };

  it('for unknown profiles and parameters, with what was probably meant', async () => {
    assert.equal(
      await refusal({ profiles: ['bug'] }),
      "--profile bug: there is no such profile\n  did you mean 'big'?",
    );
    assert.equal(await refusal({ sets: ['sead=2'] }), "--set sead=2: no parameter 'sead'\n  did you mean 'seed'?");
    assert.equal(
      await refusal({ sets: ['deep.flg=false'] }),
      "--set deep.flg=false: no parameter 'deep.flg'\n  did you mean 'deep.flag'?",
    );
    assert.equal(
      await refusal({ sets: ['flag=false'] }),
      "--set flag=false: no parameter 'flag'\n  the keys are: seed, name, deep",
    );
  });

  it('for a value of another kind, unless it is null', async () => {
    assert.equal(await refusal({ sets: ['seed=1O'] }), "--set seed=1O: 'seed' is a number (1), got a text");
    assert.equal(
      await refusal({ sets: ['name=7'] }),
      `--set name=7: 'name' is a text ("fly"), got a number\n  write the text in quotes: --set 'name="7"'`,
    );
    assert.equal(
      await refusal({ sets: ['deep.flag=yes'] }),
      "--set deep.flag=yes: 'deep.flag' is a boolean (true), got a text",
    );
    assert.equal(await refusal({ sets: ['seed.x=1'] }), "--set seed.x=1: 'seed' is a number and holds no keys");
    assert.deepEqual((await mustLoad(small, { sets: ['seed=null', 'name="7"', 'deep=3'] })).params, {
      seed: null,
      name: '7',
      deep: 3,
    });
  });

  it('for a value that YAML would lose or change, in the characters that were typed', async () => {
    const typed: readonly (readonly [string, string])[] = [
      ['seed=.nan', '.nan is not a finite number'],
      ['seed=-.INF', '-.INF is not a finite number'],
      ['seed=1e999', '1e999 is not a finite number'],
      ['seed=1e-999', '1e-999 is nearer to zero than a number can be'],
      ['seed=12345678901234567890', '12345678901234567890 has more digits than a number can hold'],
      ['seed=9007199254740993', '9007199254740993 has more digits than a number can hold'],
      ['seed=-9007199254740993', '-9007199254740993 has more digits than a number can hold'],
      ['seed=', "'seed' is a number (1), got nothing\n  to empty it: --set seed=null"],
      ['seed=2 # two', "'# two' is a YAML comment, which would be lost"],
      ['seed=# two', "'# two' is a YAML comment, which would be lost"],
      ['seed=--- 2', "'---' is a YAML document mark, which would be lost"],
      ['seed=&a 2', "'&a' is a YAML anchor, which would be lost"],
      ['seed=!int 2', "'!int' is a YAML tag, which would be lost"],
      ['deep={flag: true, flag: false}', "the key 'flag' stands twice"],
      ['deep={flag: .nan}', '.nan is not a finite number'],
      ['deep={flag: [1, 12e45678]}', '12e45678 is not a finite number'],
      ['deep={flag: *x}', "'*x' is a YAML alias, which stands for nothing here"],
      ['deep={flag: 1} # c', "'# c' is a YAML comment, which would be lost"],
    ];
    for (const [set, message] of typed) assert.equal(await refusal({ sets: [set] }), `--set ${set}: ${message}`);
    const texts: readonly (readonly [string, string])[] = [
      ['1.20', `'name' is a text ("fly"), got a number`],
      ['0x1F', `'name' is a text ("fly"), got a number`],
      ['a: b', `'name' is a text ("fly"), got an object`],
      ['[a, b]', `'name' is a text ("fly"), got a list`],
      ['run #3', "'#3' is a YAML comment, which would be lost"],
      ['*.csv', "'*.csv' is a YAML alias, which stands for nothing here"],
      ['&x', "'&x' is a YAML anchor, which would be lost"],
      ['!important', "'!important' is a YAML tag, which would be lost"],
      ['...', "'...' is a YAML document mark, which would be lost"],
    ];
    for (const [text, message] of texts)
      assert.equal(
        await refusal({ sets: [`name=${text}`] }),
        `--set name=${text}: ${message}\n  write the text in quotes: --set 'name="${text}"'`,
      );
    assert.match(await refusal({ sets: ['name=it\'s # "so"'] }), /--set 'name="it'\\''s # \\"so\\""'$/);
  });

  it('not for a text that only looks like a number, nor for an empty one', async () => {
    for (const text of ['12e45678', '.nan', '12345678901234567890', '', 'abc1234', '"run #3"', "'*x'"])
      assert.deepEqual(
        (await mustLoad(small, { sets: [`name=${text}`] })).params['name'],
        text.replace(/^["'](.*)["']$/, '$1'),
      );
    assert.equal((await mustLoad(small, { sets: ['name=null'] })).params['name'], null);
    assert.deepEqual((await mustLoad(small, { sets: ['deep={flag: "x # y"}'] })).params['deep'], { flag: 'x # y' });
  });

  it('for what is no setting', async () => {
    assert.match(await refusal({ sets: ['seed'] }), /^--set seed: expected key=value/);
    assert.match(await refusal({ sets: ['=1'] }), /expected key=value/);
    assert.match(await refusal({ sets: ['a..b=1'] }), /'a\.\.b' is not a dotted key/);
    assert.match(await refusal({ sets: ['__proto__.x=1'] }), /is not a dotted key/);
    assert.match(await refusal({ sets: ['seed=[1'] }), /the value is not YAML/);
  });
});

describe('a pipeline file', () => {
  const textOf = async (files: Record<string, string | Uint8Array>, file?: string): Promise<string> =>
    withProject(files, async (projectDir) => {
      const plan = await loadPlan({ projectDir, profiles: [], sets: [], ...(file === undefined ? {} : { file }) });
      return plan.ok ? 'accepted' : plan.error.map(formatDiagnostic).join('\n');
    });

  it('is refused when missing, a folder, or not UTF-8', async () => {
    assert.equal(await textOf({}), 'pipeline.yaml does not exist\n  run in the project folder, or give it with -C DIR');
    assert.equal(await textOf({ 'dir/x': '' }, 'dir'), 'dir is not a file');
    assert.equal(
      await textOf({ 'pipeline.yaml': new Uint8Array([0xff, 0xfe, 0]) }),
      'pipeline.yaml:1:1 is not UTF-8 text',
    );
  });

  it('of 100 MB is refused at once, unread', async () => {
    await withProject({ 'pipeline.yaml': Buffer.alloc(100e6, 'a: b\n') }, async (projectDir) => {
      const before = process.cpuUsage();
      const plan = await loadPlan({ projectDir, profiles: [], sets: [] });
      const { user, system } = process.cpuUsage(before);
      assert.equal(
        plan.ok ? '' : formatDiagnostic(plan.error[0]!),
        'pipeline.yaml has 100000000 bytes, more than the 4194304 that a pipeline file may have',
      );
      assert.ok(user + system < 50_000, `${user + system} µs of CPU`);
    });
  });
});
