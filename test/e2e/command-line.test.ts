/** What is typed: where the project is found, targets and patterns, flags that nobody knows, --version, completion. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { cliPath, type Finished, TestProject } from '../rig/test-project.ts';

const yaml = `version: 1
params: { word: w, train: { epochs: 3, learningRate: 0.1 }, toString: 1 }
profiles: { long: { params: { word: long } } }
targets: { default: [first], some: ['many@*'] }
stages:
  first: { command: "echo \${params.word} > \${outputs.o}", params: [word], outputs: { o: o.txt } }
  many: { command: "cat \${inputs.i} > \${outputs.o}; echo \${params.train.epochs} >> \${outputs.o}", params: [train.epochs], inputs: { i: artifacts/first/o.txt }, outputs: { o: o.txt }, matrix: { train.epochs: [1, 2] } }
  folder: { command: "echo x > \${outputs.d}/x.txt", outputs: { d: deep/d/ } }
`;

describe('the project', () => {
  const project = new TestProject(yaml);
  after(() => project.dispose());
  project.write('sub/deep/x.txt', '');

  it('is found from a folder below it, with targets and paths from its root', () => {
    assert.deepEqual(project.pipelineIn('sub/deep', 'run', '--json').status, { first: 'ran' });
    assert.deepEqual(project.pipelineIn('sub', 'run', '--json').status, { first: 'cached' });
    assert.ok(project.exists('pipeline.lock') && !project.exists('sub/cache') && !project.exists('sub/artifacts'));
    const targets = [
      'artifacts/first/o.txt',
      '../../artifacts/first/o.txt',
      '../../artifacts/first',
      project.path('artifacts/first/o.txt'),
    ];
    for (const target of targets)
      assert.deepEqual(project.pipelineIn('sub/deep', 'run', '--json', target).status, { first: 'cached' }, target);
    project.write('.hidden', '');
    assert.match(
      project.pipelineIn('sub/deep', 'run', '../../.hidden').err,
      /no stage, target list or output '.hidden'/,
    );
    assert.match(project.pipelineIn('sub', 'run', '../../outside').err, /output '..\/..\/outside'/);
  });

  it('is not taken from the record of the same words typed elsewhere', () => {
    const { path } = { path: '../artifacts/many' };
    project.pipelineIn('artifacts', 'run', '../artifacts/first');
    project.pipelineIn('artifacts', 'run', '../artifacts/first');
    assert.equal(project.pipelineIn('sub/deep', 'run', '../artifacts/first').code, 2, path);
  });

  it('is the nearest one, or the folder that -C names', () => {
    project.write('sub/inner/pipeline.yaml', yaml.replaceAll('first', 'inner')).write('sub/inner/a/x', '');
    assert.deepEqual(project.pipelineIn('sub/inner/a', 'run', '--json').status, { inner: 'ran' });
    assert.deepEqual(project.pipelineIn('sub/inner/a', 'run', '--json', '-C', '../../..').status, { first: 'cached' });
    assert.match(project.pipelineIn('.', 'run', '-C', 'sub').err, /pipeline.yaml does not exist/);
    assert.equal(project.pipelineIn('.', 'run', '-C', 'sub').code, 2);
  });

  it('is refused in a sentence where -C is a file, a broken link or nothing', () => {
    symlinkSync('nowhere', project.path('dangling'));
    for (const name of ['pipeline.yaml', 'dangling', 'missing', '', 'pipeline.yaml/x'])
      for (const command of ['run', 'status', 'gc', 'history', 'doctor']) {
        const end = project.pipeline(command, '-C', name);
        assert.equal(end.code, 2, `${command} -C '${name}': ${end.err}`);
        assert.match(end.err, /^pipeline: -C/);
        assert.doesNotMatch(end.err, /\n\s+at /);
      }
  });

  it('may have its pipeline in another file, with a lock of its own', () => {
    const before = project.read('pipeline.lock');
    project.write('other/plan.yml', yaml.replaceAll('first', 'second').replace('echo $', 'echo else $'));
    assert.deepEqual(project.pipeline('run', '--json', '-f', 'other/plan.yml').status, { second: 'ran' });
    assert.deepEqual(project.pipelineIn('other', 'run', '--json', '--file=plan.yml').status, { second: 'cached' });
    assert.deepEqual(Object.keys(JSON.parse(project.read('other/plan.lock')).stages), ['second']);
    assert.equal(project.read('pipeline.lock'), before);
    assert.equal(project.pipeline('run', '-f', '../elsewhere.yaml').code, 2);
    assert.match(project.pipeline('run', '-f', 'missing.yaml').err, /^missing.yaml does not exist/);
    project.write('broken.yaml', 'version: 2\n');
    assert.match(project.pipeline('run', '-f', 'broken.yaml').err, /^broken.yaml:1:1 /);
  });
});

describe('targets', () => {
  const project = new TestProject(yaml);
  after(() => project.dispose());

  const selected = (...targets: string[]): string[] => {
    const end = project.pipeline('run', '--json', '--dry-run', ...targets);
    return end.code === 0 ? Object.keys(end.status) : [end.err];
  };

  it('may be patterns of stages, instances, outputs and target lists', () => {
    const many = ['first', 'many@train.epochs=1', 'many@train.epochs=2'];
    assert.deepEqual(selected('many@*'), many);
    assert.deepEqual(selected('some'), many);
    assert.deepEqual(selected('m*'), many);
    assert.deepEqual(selected('many@train.epochs={2,7}'), ['first', 'many@train.epochs=2']);
    assert.deepEqual(selected('many@*[!1]'), ['first', 'many@train.epochs=2']);
    assert.deepEqual(selected('f*'), ['first', 'folder']);
    assert.deepEqual(selected('artifacts/*/o.txt'), ['first']);
    assert.deepEqual(selected('artifacts/**/o.txt'), many);
    assert.deepEqual(selected('./artifacts/many/*=2/'), ['first', 'many@train.epochs=2']);
    assert.deepEqual(selected('artifacts/folder/deep/d/*.txt'), ['folder']);
    assert.deepEqual(selected('artifacts/fo*'), ['folder']);
    for (const none of ['x*', 'many@[z-a]', 'artifacts/first/o.tx', '[', '*/o.txt'])
      assert.match(selected(none)[0]!, /no stage, target list or output/, none);
  });

  it('and cuts that leave nothing to do are refused', () => {
    for (const args of [
      ['--from', 'many', '--until', 'first'],
      ['folder', '--from', 'first'],
      ['first', '--from=many'],
    ])
      assert.match(selected(...args)[0]!, /leaves no stage/, args.join(' '));
    assert.match(selected('first', '--force=folder')[0]!, /--force=folder: .*not among/);
    assert.match(selected('--force=many', 'first')[0]!, /--force=many: .*not among/);
    assert.deepEqual(selected('folder', '--force=folder'), ['folder']);
  });

  it('that are lists which contain each other are refused where they are written', () => {
    const lists = new TestProject(yaml.replace('targets: {', 'targets: { a: [b], b: [a],'));
    const { code, out, err } = lists.run('a');
    assert.equal(code, 2);
    assert.match(out + err, /pipeline\.yaml:\d+:\d+.* the target list 'b' contains itself/);
    lists.dispose();
  });

  it('in a list of a file with a cycle are not called unknown', () => {
    const end = new TestProject(
      'version: 1\ntargets: { all: [a, b] }\nstages:\n  a: { command: "cat ${inputs.i} > ${outputs.o}", inputs: { i: artifacts/b/o }, outputs: { o: o } }\n  b: { command: "cat ${inputs.i} > ${outputs.o}", inputs: { i: artifacts/a/o }, outputs: { o: o } }\n',
    ).pipeline('status');
    assert.match(end.err, /Cycle: 'a' → 'b' → 'a'/);
    assert.doesNotMatch(end.err, /no stage/);
  });
});

describe('the words of a command line', () => {
  const project = new TestProject(yaml);
  after(() => project.dispose());

  it('that no flag is called like may be a parameter', () => {
    const hint = (...args: string[]): string =>
      project
        .pipeline('run', ...args)
        .err.split('\n')[1]!
        .trim();
    assert.equal(hint('--epochs', '3'), 'a parameter is set by --set train.epochs=3');
    assert.equal(hint('--epochs=4'), 'a parameter is set by --set train.epochs=4');
    assert.equal(hint('--train.epochs=4'), 'a parameter is set by --set train.epochs=4');
    assert.equal(hint('--learning-rate', '--json'), 'a parameter is set by --set train.learningRate=VALUE');
    assert.equal(hint('--nothing'), 'see pipeline run --help');
    assert.match(hint('--frozne'), /did you mean '--frozen'/);
  });

  it('--version gives the version of package.json, with or without a project', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(project.pipeline('--version').out, `${version}\n`);
    assert.equal(project.pipeline('run', '-V').out, `${version}\n`);
    assert.equal(JSON.parse(project.pipeline('--version', '--json').out).version, version);
  });

  it('named like members of every object are unknown, as any other', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      for (const args of [
        [name],
        ['help', name],
        ['run', name],
        ['why', name],
        ['log', name],
        ['run', `--${name}`],
        ['run', '--profile', name],
        ['run', `--force=${name}`],
        ['params', name],
        ['diff', name, name],
      ]) {
        if (args.join(' ') === 'params toString') continue;
        const end = project.pipeline(...args);
        assert.equal(end.code, 2, `${args.join(' ')}: ${end.out}${end.err}`);
        assert.doesNotMatch(end.err, /\n\s+at /);
      }
    }
  });

  it('are completed: commands, flags, stages, parameters, profiles', () => {
    const words = (...typed: string[]): string[] =>
      project
        .pipeline('completion', 'words', '--', ...typed)
        .out.split('\n')
        .slice(0, -1);
    assert.deepEqual(words('sta'), ['status']);
    assert.deepEqual(words('run', '--fr'), ['--from', '--frozen']);
    assert.deepEqual(words('status', '--fr'), []);
    assert.deepEqual(words('run', 'f'), ['first', 'folder']);
    assert.deepEqual(words('-C', 'x', 'why', 'many@'), ['many@train.epochs=1', 'many@train.epochs=2']);
    assert.deepEqual(words('run', '--set', 'train.l'), ['train.learningRate=']);
    assert.deepEqual(words('run', '--profile', ''), ['long']);
    assert.deepEqual(words('run', '--force=fi'), ['--force=first']);
    assert.deepEqual(words('completion', ''), ['bash', 'zsh', 'fish']);
    assert.deepEqual(new TestProject('version: 3').pipeline('completion', 'words', '--', 'run', '').out, '');
  });

  const completes = (shell: string): string => {
    const bin = project.path('bin/pipeline');
    mkdirSync(dirname(bin), { recursive: true });
    writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${cliPath}" "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${dirname(bin)}${delimiter}${process.env['PATH']}` };
    const ask = (line: string, ...words: string[]): string =>
      `COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _pipeline; echo "\${COMPREPLY[@]}"`;
    const script = [
      'source <(pipeline completion bash)',
      ask('pipeline sta', 'pipeline', 'sta'),
      ask('pipeline run many@train.epochs=', 'pipeline', 'run', 'many@train.epochs', '='),
      ask('pipeline run --force=fi', 'pipeline', 'run', '--force', '=', 'fi'),
      ask('pipeline run ', 'pipeline', 'run', ''),
    ].join('\n');
    return spawnSync(shell, ['-c', script], { cwd: project.root, env, encoding: 'utf8' }).stdout;
  };

  it('in bash also where bash splits a word at @ and =', () => {
    assert.equal(
      completes('bash'),
      'status\n1 2\nfirst\nfirst many many@train.epochs=1 many@train.epochs=2 folder default some\n',
    );
  });

  it('by a script for each shell, and a word for any other', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const end: Finished = project.pipeline('completion', shell);
      assert.match(end.out, /completion words --/);
    }
    assert.match(project.pipeline('completion', 'fihs').err, /did you mean 'fish'/);
  });
});
