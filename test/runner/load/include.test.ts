/** `include`: files beside pipeline.yaml become one plan, are refused in their own place, and are never taken for what they were. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatDiagnostic } from '../../../src/base/located-error.ts';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import { selectStages } from '../../../src/runner/load/select.ts';
import type { Plan } from '../../../src/runner/model/plan.ts';
import { stageOf, withProject } from './write-project.ts';

const root = `version: 1
include: [more/*.yaml]
params: { seed: 1 }
profiles: { big: { params: { seed: 9 } } }
targets: { default: [draw] }
stages:
  draw: { command: "echo \${params.seed} > \${outputs.o}", params: [seed], outputs: { o: o.txt } }
`;
const nulls = `params: { nulls: { width: 3 } }
profiles: { big: { params: { nulls: { width: 30 } } }, wide: { params: { nulls: { width: 300 } } } }
plan: { margin: 1, expected: higher }
targets: { nulls: [judge] }
stages:
  fit:
    command: "echo \${params.nulls.width} \${inputs.i} > \${outputs.o}"
    params: [nulls.width]
    inputs: { i: artifacts/draw/o.txt }
    outputs: { o: o.txt }
  judge: { command: "echo \${params.plan.margin} > \${outputs.o}", params: [plan], inputs: { i: artifacts/fit/o.txt }, outputs: { o: o.txt } }
`;
const project = { 'pipeline.yaml': root, 'more/nulls.yaml': nulls };

interface Options {
  readonly profiles?: readonly string[];
  readonly cacheDir?: string | null;
}

async function loadIn(dir: string, { profiles = [], cacheDir = null }: Options = {}): Promise<Plan | string> {
  const plan = await loadPlan({ projectDir: dir, profiles, sets: [], cacheDir });
  return plan.ok ? plan.value : plan.error.map(formatDiagnostic).join('\n');
}

async function mustLoadIn(dir: string, options: Options = {}): Promise<Plan> {
  const plan = await loadIn(dir, options);
  if (typeof plan === 'string') assert.fail(plan);
  return plan;
}

const refusal = async (files: Record<string, string | Uint8Array>): Promise<string> =>
  withProject(files, async (dir) => {
    const plan = await loadIn(dir);
    return typeof plan === 'string' ? plan : 'accepted';
  });

describe('an included file', () => {
  it('adds its parameters, profiles, stages and targets; its stages know it', async () => {
    await withProject(project, async (dir) => {
      const plan = await mustLoadIn(dir);
      assert.deepEqual(plan.params, { seed: 1, nulls: { width: 3 } });
      assert.deepEqual(
        plan.stages.map(({ id, at }) => [id, at]),
        [
          ['draw', { file: 'pipeline.yaml', line: 7, column: 3 }],
          ['fit', { file: 'more/nulls.yaml', line: 6, column: 3 }],
          ['judge', { file: 'more/nulls.yaml', line: 11, column: 3 }],
        ],
      );
      assert.deepEqual(plan.targets, { default: ['draw'], nulls: ['judge'] });
      assert.deepEqual((await mustLoadIn(dir, { profiles: ['big'] })).params, { seed: 9, nulls: { width: 30 } });
      assert.deepEqual((await mustLoadIn(dir, { profiles: ['wide'] })).params, { seed: 1, nulls: { width: 300 } });
    });
  });

  it('shows its plan to those of its stages that declare it, and to no other', async () => {
    await withProject(project, async (dir) => {
      const plan = await mustLoadIn(dir);
      assert.deepEqual(stageOf(plan, 'judge').params, { plan: { margin: 1, expected: 'higher' } });
      assert.deepEqual(stageOf(plan, 'fit').params, { nulls: { width: 3 } });
    });
    const outside = root.replace('params: [seed]', 'params: [seed, plan]');
    assert.match(await refusal({ ...project, 'pipeline.yaml': outside }), /^pipeline\.yaml:7:\d+ no parameter 'plan'/);
  });

  it('is left alone by what names no target', async () => {
    await withProject(project, async (dir) => {
      const plan = await mustLoadIn(dir);
      const ids = (selection: Parameters<typeof selectStages>[1]): string[] => {
        const found = selectStages(plan, selection);
        return found.ok ? found.value.map(({ id }) => id) : [formatDiagnostic(found.error[0]!)];
      };
      assert.deepEqual(ids({ targets: [] }), ['draw']);
      assert.deepEqual(ids({ targets: [], from: 'draw' }), ['draw']);
      assert.deepEqual(ids({ targets: [], from: 'fit' }), ['fit', 'judge']);
      assert.deepEqual(ids({ targets: [], until: 'fit' }), ['draw', 'fit']);
      assert.deepEqual(ids({ targets: ['nulls'] }), ['draw', 'fit', 'judge']);
    });
  });

  it('comes in the order of the names, hidden ones and other endings left out', async () => {
    const stage = (name: string): string => `stages: { ${name}: { command: x, outputs: { o: o } } }\n`;
    const files = {
      'more/b.yaml': stage('b'),
      'more/a.yaml': stage('a'),
      'more/.c.yaml': stage('c'),
      'more/d.yml': ']',
    };
    await withProject({ 'pipeline.yaml': root, ...files }, async (dir) => {
      const plan = await mustLoadIn(dir);
      assert.deepEqual(
        plan.stages.map(({ id }) => id),
        ['draw', 'a', 'b'],
      );
    });
  });

  it('may be absent where a pattern names it, and not where its name does', async () => {
    assert.equal(await refusal({ 'pipeline.yaml': root }), 'accepted');
    assert.equal(
      await refusal({ 'pipeline.yaml': root.replace('more/*.yaml', 'more/nulls.yaml') }),
      'pipeline.yaml:2:11 more/nulls.yaml does not exist',
    );
  });
});

describe('an included file is refused in its own place', () => {
  const withText = (text: string): Promise<string> => refusal({ 'pipeline.yaml': root, 'more/nulls.yaml': text });

  it('for keys that are not for it, and parameters of others', async () => {
    assert.equal(
      await withText('version: 1\nstages: {}\n'),
      "more/nulls.yaml:1:1 unknown key 'version'\n  known keys are: params, profiles, plan, targets, stages",
    );
    assert.equal(
      await withText('params: { nulls: {}, train: { epochs: 1 } }\n'),
      "more/nulls.yaml:1:22 'train' is no parameter of this file\n  its parameters lie under 'nulls'; lay others over by a stage's 'set' or 'matrix'",
    );
    assert.match(
      await withText('profiles: { big: { params: { seed: 3 } } }\n'),
      /^more\/nulls\.yaml:1:30 'seed' is no parameter of this file/,
    );
    assert.equal(
      await withText('targets: { default: [draw] }\n'),
      "more/nulls.yaml:1:12 'default' is named in pipeline.yaml alone",
    );
  });

  it('for what is wrong with its stages, beside what is wrong elsewhere', async () => {
    const bad = nulls.replace('artifacts/draw/o.txt', 'artifacts/drawn/o.txt').replace('[nulls.width]', '[nulls.with]');
    const text = await refusal({ 'pipeline.yaml': root.replace('seed: 1', 'seed: 1, a.b: 2'), 'more/nulls.yaml': bad });
    assert.match(text, /^more\/nulls\.yaml:7:20 \$\{params\.nulls\.width\} is not among this stage's params/m);
    assert.match(text, /^more\/nulls\.yaml:8:14 no parameter 'nulls\.with'\n {2}did you mean 'nulls\.width'\?/m);
    assert.match(text, /^more\/nulls\.yaml:9:18 .*there is no stage 'drawn'\n {2}did you mean 'draw'\?/m);
    assert.match(text, /^pipeline\.yaml:3:20 the key 'a\.b' holds a dot/m);
  });

  it('for names that stand in another file already', async () => {
    const other = 'targets: { nulls: [fit] }\nstages:\n  fit: { command: x, outputs: { o: o } }\n';
    assert.equal(
      await refusal({ ...project, 'more/other.yaml': other }),
      [
        "more/other.yaml:1:12 there is a target list 'nulls' already",
        '  more/nulls.yaml:4:12 first stood here',
        '  names are unique over all files',
        "more/other.yaml:3:3 there is a stage 'fit' already",
        '  more/nulls.yaml:6:3 first stood here',
        '  names are unique over all files',
      ].join('\n'),
    );
    assert.match(
      await refusal({ ...project, 'pipeline.yaml': root.replace('seed: 1 }', 'seed: 1, nulls: 2 }') }),
      /^more\/nulls\.yaml:1:11 there is a parameter 'nulls' already\n {2}pipeline\.yaml:3:20 first stood here/,
    );
  });

  it('for text that is no YAML or no text, and a name that cannot be a key', async () => {
    assert.match(await withText('stages: ['), /^more\/nulls\.yaml:1:\d+ /);
    assert.equal(
      await refusal({ 'pipeline.yaml': root, 'more/nulls.yaml': new Uint8Array([0xff, 0xfe]) }),
      'more/nulls.yaml:1:1 is not UTF-8 text',
    );
    assert.match(
      await refusal({ 'pipeline.yaml': root, 'more/a.b.yaml': 'stages: {}\n' }),
      /^more\/a\.b\.yaml:1:1 'a\.b' cannot name an included file/,
    );
  });

  it('for a cycle through several files, each hop in its own', async () => {
    const cyclic = root.replace('params: [seed],', 'params: [seed], inputs: { i: artifacts/judge/o.txt },');
    const text = await refusal({ ...project, 'pipeline.yaml': cyclic });
    assert.match(text, /^pipeline\.yaml:7:3 Cycle: /m);
    assert.match(text, /^ {2}more\/nulls\.yaml:9:18 'fit' reads artifacts\/draw\/o\.txt$/m);
  });

  it('and a pattern that leads elsewhere in the place of the pattern', async () => {
    for (const [pattern, message] of [
      ['../x/*.yaml', "leads out of its folder by '..'"],
      ['more/**/x.yaml', 'is a pattern of folders'],
      ['more/', 'names no .yaml files'],
      ['/etc/x.yaml', 'is absolute'],
    ])
      assert.equal(
        await refusal({ 'pipeline.yaml': root.replace('more/*.yaml', pattern!) }),
        `pipeline.yaml:2:11 '${pattern}' ${message}\n  such as experiments/*.yaml: files of one folder of the project, relative to its root`,
      );
  });
});

describe('a kept plan', () => {
  it('is never used once an included file was edited, added, renamed or removed', async () => {
    const edits: readonly ((dir: string) => void)[] = [
      (dir) => writeFileSync(join(dir, 'more/nulls.yaml'), nulls.replace('width: 3 ', 'width: 4 ')),
      (dir) => writeFileSync(join(dir, 'more/other.yaml'), 'params: { other: 1 }\n'),
      (dir) => rmSync(join(dir, 'more/other.yaml')),
      (dir) => rmSync(join(dir, 'more'), { recursive: true }),
      (dir) => {
        mkdirSync(join(dir, 'more'));
        writeFileSync(join(dir, 'more/nulls.yaml'), nulls);
      },
    ];
    await withProject(project, async (dir) => {
      const cacheDir = join(dir, 'cache');
      for (const edit of edits) {
        for (let again = 0; again < 2; again++)
          assert.deepEqual(await loadIn(dir, { cacheDir }), await loadIn(dir), 'the kept plan differs');
        edit(dir);
        assert.deepEqual(await loadIn(dir, { cacheDir }), await loadIn(dir), edit.toString());
      }
    });
  });
});

describe('hostile included files', () => {
  it('give a valid plan or errors located in a file that is there', async () => {
    const seen = { plan: 0, errors: 0 };
    const piece = fc.constantFrom(
      '\0',
      '\n',
      ': ',
      '{',
      ']',
      '&a ',
      '*a',
      '---\n',
      '..',
      '__proto__',
      'plan',
      'default',
      '🪰',
      '99999999999999999999',
    );
    const at = fc.double({ min: 0, max: 1, noNaN: true });
    const edit = fc.record({ at, cut: fc.integer({ min: 0, max: 30 }), piece: fc.option(piece), to: at });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        const text = edits.reduce(
          (before, { at: where, cut, piece: put, to }) => {
            const start = Math.floor(where * before.length);
            const copied = put ?? before.slice(Math.floor(to * before.length)).slice(0, cut);
            return before.slice(0, start) + copied + before.slice(start + (put === null ? 0 : cut));
          },
          `${nulls}# ${'as it was '.repeat(80)}\n`,
        );
        await withProject({ ...project, 'more/nulls.yaml': text }, async (dir) => {
          const plan = await loadPlan({ projectDir: dir, profiles: [], sets: [], cacheDir: null });
          seen[plan.ok ? 'plan' : 'errors']++;
          for (const { at: place, message } of plan.ok ? [] : plan.error) {
            if (/^… and \d+ more$/.test(message)) continue;
            assert.match(place?.file ?? '', /^(pipeline|more\/nulls)\.yaml$/, message);
            assert.ok((place?.line ?? 0) >= 1 && (place?.column ?? 0) >= 1, message);
            assert.doesNotMatch(message, /\n|undefined|\[object|TypeError/);
          }
        });
      }),
      { numRuns: process.env['CC_SNN_LONG'] === '1' ? 5000 : 400 },
    );
    assert.ok(seen.plan > 0 && seen.errors > 0, JSON.stringify(seen));
  }).timeout(600_000);
});
