/** What a stage's process is given: paths, pipes, links, a folder to run in, the way out of the sandbox. With bubblewrap and without. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, TestProject } from '../rig/test-project.ts';

/** `{ a: {…}, … }` as pipeline.yaml. */
function yaml(stages: Readonly<Record<string, object>>, top = ''): string {
  return `version: 1\n${top}stages: ${JSON.stringify(stages)}\n`;
}

const o = { outputs: { o: 'o.txt' } };

function errorOf(run: Finished, stage: string): string {
  return run.lines.find((line) => line.event === 'stage' && line.stage === stage)?.error ?? '';
}

function moduleText(body: string, more = '', inputs = '{}'): string {
  return `import * as fs from 'node:fs';\nimport { spawnSync, spawn } from 'node:child_process';
export default { about: 'x', params: { type: 'object' }, inputs: ${inputs}, outputs: { o: { kind: 'text', about: 'x' } }, ${more}
  async run(context) { ${body} } };\n`;
}

let project: TestProject;

for (const sandboxed of [true, false]) {
  /** A project whose commands find these programs; skips the test where it should be sandboxed and cannot be. */
  const open = (test: Mocha.Context, text: string, ...programs: readonly string[]): TestProject => {
    project = new TestProject(text);
    if (!sandboxed) return project.withoutSandbox(...programs);
    if (!project.pipeline('doctor').out.includes('bubblewrap: yes')) {
      console.log('      skipped: bubblewrap is not here');
      test.skip();
    }
    return project;
  };

  describe(`a stage ${sandboxed ? 'in a sandbox' : 'without a sandbox'}`, () => {
    afterEach(() => project.dispose());

    it('may have thousands of inputs and code files', function () {
      open(
        this,
        yaml({
          all: { command: 'cat ${inputs.d} | wc -c > ${outputs.o}', inputs: { d: 'data/*.csv' }, ...o },
          code: { command: 'cat code/*.sh | wc -c > ${outputs.o}', code: ['code/**/*.sh'], ...o },
          module: { module: 'm.mjs', inputs: { d: 'data/*.csv' }, ...o },
        }),
        ...['cat', 'wc', 'node'],
      ).write(
        'm.mjs',
        moduleText(
          "fs.writeFileSync(context.outputs.o, context.inputLists.d.map((path) => fs.readFileSync(path, 'utf8')).join('') + context.inputLists.d.at(-1).split('/').at(-1));",
          '',
          "{ d: { kind: 'text', about: 'x' } }",
        ),
      );
      const long = 'x'.repeat(60);
      for (let i = 0; i < 1400; i++) {
        project.write(`data/sample_${String(i).padStart(5, '0')}_${long}.csv`, 'x');
        project.write(`code/${i % 7}/deep/c_${i}_${long}.sh`, 'x');
        if (i < 1300) project.write(`code/c_${i}.sh`, 'x');
      }
      project.write('data/readme.txt', 'secret').write('data/other/deep.csv', 'secret');
      const run = project.run();
      assert.deepEqual(run.status, { all: 'ran', code: 'ran', module: 'ran' }, run.out.slice(-2000));
      assert.equal(project.read('artifacts/all/o.txt').trim(), '1400');
      assert.equal(project.read('artifacts/code/o.txt').trim(), '1300');
      assert.match(project.read('artifacts/module/o.txt'), /^x{1400}sample_01399_x{60}\.csv$/);
      if (!sandboxed) return;
      for (const file of ['data/readme.txt', 'data/other/deep.csv']) {
        project.write(
          'pipeline.yaml',
          yaml({ a: { command: `cat ${file} > \${outputs.o}`, inputs: { d: 'data/*.csv' }, ...o } }),
        );
        const peek = project.run();
        assert.match(errorOf(peek, 'a'), new RegExp(`read ${file}, which it does not declare`), peek.out.slice(-2000));
      }
    });

    it('may have a command of any length, measured in bytes', function () {
      const words = 'ä'.repeat(70_000);
      open(this, yaml({ a: { command: `echo ${words} > \${outputs.o}`, ...o } }));
      const run = project.run();
      assert.deepEqual(run.status, { a: 'ran' }, run.out.slice(0, 2000));
      assert.equal(project.read('artifacts/a/o.txt'), `${words}\n`);
    });

    it('can open its standard output and error by their names, and so can what a module starts', function () {
      open(
        this,
        yaml({
          e: { command: 'echo y | tee /dev/stderr > ${outputs.o}; echo out > /dev/stdout; echo fd > /dev/fd/2', ...o },
          m: { module: 'm.mjs', ...o },
        }),
        ...['tee', 'node'],
      ).write(
        'm.mjs',
        moduleText(
          "const { status } = spawnSync('bash', ['-c', 'echo one > /dev/stdout; echo two > /dev/stderr'], { stdio: 'inherit' }); fs.writeFileSync(context.outputs.o, String(status));",
          'permissions: { childProcess: true },',
        ),
      );
      const run = project.run();
      assert.deepEqual(run.status, { e: 'ran', m: 'ran' }, run.out);
      assert.equal(project.read('artifacts/m/o.txt'), '0');
      assert.deepEqual(project.pipeline('log', 'e').out.split('\n').sort(), ['', 'fd', 'out', 'y']);
      assert.deepEqual(project.pipeline('log', 'm').out.split('\n').sort(), ['', 'one', 'two']);
    });

    it('reads what links in its folders lead to, wherever that lies', function () {
      const outside = mkdtempSync(join(tmpdir(), 'pipeline-outside-'));
      for (const [name, text] of [
        ['one/g', 'one\n'],
        ['file', 'file\n'],
      ] as const) {
        mkdirSync(join(outside, 'one'), { recursive: true });
        writeFileSync(join(outside, name), text);
      }
      symlinkSync(join(outside, 'one'), join(outside, 'current'));
      open(
        this,
        yaml({
          a: {
            command:
              'cat ${inputs.d}/sub/g ${inputs.d}/deep/current/g ${inputs.d}/file ${inputs.d}/own/h ${inputs.l}/file > ${outputs.o}',
            inputs: { d: 'data/', l: 'linked' },
            ...o,
          },
        }),
        'cat',
      )
        .write('other/h', 'own\n')
        .write('data/deep/x', 'x');
      symlinkSync(join(outside, 'one'), project.path('data/sub'));
      symlinkSync(join(outside, 'current'), project.path('data/deep/current'));
      symlinkSync(join(outside, 'file'), project.path('data/file'));
      symlinkSync('../other', project.path('data/own'));
      symlinkSync(outside, project.path('linked'));
      const run = project.run();
      assert.deepEqual(run.status, { a: 'ran' }, run.out);
      assert.equal(project.read('artifacts/a/o.txt'), 'one\none\nfile\nown\nfile\n');
      rmSync(outside, { recursive: true });
    });

    it('finds inputs as plain files and folders, with their modes', function () {
      open(
        this,
        yaml({
          a: {
            command:
              'find ${inputs.d} ${inputs.f} ${inputs.n} -type f | sort > ${outputs.o}; cp -r ${inputs.d} ${inputs.f} ${outputs.d}; ${inputs.d}/run.sh >> ${outputs.o}',
            inputs: { d: 'data/', f: 'top.txt', n: 'near/by/' },
            outputs: { o: 'o.txt', d: 'd/' },
          },
        }),
        ...['find', 'sort', 'cp'],
      );
      for (const file of ['data/b/c', 'data/a', 'top.txt', 'near/by/f', 'near/other']) project.write(file, file);
      chmodSync(project.write('data/run.sh', '#!/usr/bin/env bash\necho made\n').path('data/run.sh'), 0o755);
      const run = project.run();
      assert.deepEqual(run.status, { a: 'ran' }, run.out);
      assert.equal(project.read('artifacts/a/o.txt'), 'data/a\ndata/b/c\ndata/run.sh\nnear/by/f\ntop.txt\nmade\n');
      assert.equal(project.read('artifacts/a/d/data/b/c'), 'data/b/c');
    });

    it('runs in the folder that it names, with paths from there', function () {
      const text = (workdir: string): string =>
        yaml({
          a: {
            command:
              'cat ${inputs.i} own.txt > ${outputs.o}; echo ${inputs.i} ${inputs.l} ${outputs.o} >> ${outputs.o}; echo more >> ../../artifacts/a/o.txt',
            workdir,
            inputs: { i: 'data/in.txt', l: 'src/*/own.txt' },
            ...o,
          },
        });
      open(this, text('src/lib/'), 'cat').write('data/in.txt', 'in\n').write('src/lib/own.txt', 'own\n');
      const run = project.run();
      assert.deepEqual(run.status, { a: 'ran' }, run.out);
      assert.equal(
        project.read('artifacts/a/o.txt'),
        'in\nown\n../../data/in.txt own.txt ../../artifacts/a/o.txt\nmore\n',
      );
      assert.equal(project.run().status['a'], 'cached');
      project.write('pipeline.yaml', text('src/gone'));
      assert.match(errorOf(project.run(), 'a'), /src\/gone, the workdir of a, is not a folder of the project/);
    });

    it('sees variables that it is passed, outside its key', function () {
      open(
        this,
        yaml({
          a: { command: 'echo $TOKEN $SEEN > ${outputs.o}', env: ['SEEN'], passEnv: ['TOKEN', 'UNSET_HERE'], ...o },
          m: { module: 'm.mjs', passEnv: ['TOKEN'], ...o },
        }),
        'node',
      ).write('m.mjs', moduleText('fs.writeFileSync(context.outputs.o, context.env.TOKEN + process.env.TOKEN);'));
      project.environment = { ...project.environment, TOKEN: 'one', SEEN: 's' };
      assert.deepEqual(project.run().status, { a: 'ran', m: 'ran' });
      assert.equal(project.read('artifacts/a/o.txt'), 'one s\n');
      assert.equal(project.read('artifacts/m/o.txt'), 'oneone');
      project.environment = { ...project.environment, TOKEN: 'two' };
      assert.deepEqual(project.run().status, { a: 'cached', m: 'cached' });
    });

    it('gets the sandbox that it asks for: none, or one with a window', function () {
      const outside = mkdtempSync(join(tmpdir(), 'pipeline-outside-'));
      writeFileSync(join(outside, 'far.txt'), 'far\n');
      const command = `cat ${outside}/far.txt > \${outputs.o}; echo seen > ${outside}/left.txt; ls /dev >> \${outputs.o}`;
      open(
        this,
        yaml({
          off: { command: `${command}; cat data/undeclared.txt >> \${outputs.o}`, sandbox: false, ...o },
          window: {
            command,
            sandbox: { paths: [outside, '/nowhere/at/all'], devices: ['/dev/loop*', '/dev/none'] },
            ...o,
          },
          m: { module: 'm.mjs', sandbox: { paths: [outside] }, ...o },
          n: { module: 'n.mjs', sandbox: false, ...o },
        }),
        ...['cat', 'ls', 'node'],
      ).write('data/undeclared.txt', 'undeclared\n');
      const read = `fs.writeFileSync(context.outputs.o, fs.readFileSync('${outside}/far.txt', 'utf8'));`;
      project.write('m.mjs', moduleText(read)).write('n.mjs', moduleText(`${read} spawnSync('true');`));
      const run = project.run();
      assert.deepEqual(run.status, { off: 'ran', window: 'ran', m: 'ran', n: 'ran' }, run.out);
      assert.match(project.read('artifacts/off/o.txt'), /^far\n[\s\S]*undeclared\n$/);
      assert.equal(project.read('artifacts/n/o.txt'), 'far\n');
      assert.ok(existsSync(join(outside, 'left.txt')), 'a window is as it is');
      const loops = (text: string): string[] => text.split('\n').filter((name) => /^loop/.test(name));
      assert.deepEqual(loops(project.read('artifacts/window/o.txt')), loops(readdirSync('/dev').sort().join('\n')));
      rmSync(outside, { recursive: true });
    });

    it('is told which place of a slot it has, of as many as there are', function () {
      open(
        this,
        yaml(
          Object.fromEntries(
            [1, 2, 3, 4].map((i) => [
              `s${i}`,
              {
                command: `echo $PIPELINE_SLOT_MY_GPU > \${outputs.o}; sleep 0.5 # ${i}`,
                resources: { slots: { 'my-gpu': i === 4 ? 2 : 1 } },
                ...o,
              },
            ]),
          ),
          'slots: { my-gpu: 2 }\n',
        ),
        'sleep',
      );
      const run = project.run('--jobs', '4');
      const places = [1, 2, 3, 4].map((i) => project.read(`artifacts/s${i}/o.txt`).trim());
      assert.deepEqual(places.slice(0, 2), ['0', '1']);
      assert.match(places[2]!, /^[01]$/);
      assert.equal(places[3], '0,1');
      const events = run.lines.filter(({ event }) => event === 'start' || event === 'stage').map(({ event }) => event);
      assert.deepEqual(events.slice(0, 3), ['start', 'start', 'stage'], 'two at a time');
      assert.deepEqual(events.slice(-2), ['start', 'stage'], 'who takes both is alone');
    });

    it('leaves on record what it took of processors and memory', function () {
      open(
        this,
        yaml({
          a: {
            command:
              'x=$(head -c 60000000 /dev/zero | tr "\\0" x); for ((i = 0; i < 200000; i++)); do :; done; echo $${#x} > ${outputs.o}',
            ...o,
          },
          m: { module: 'm.mjs', ...o },
        }),
        ...['head', 'tr', 'node'],
      ).write(
        'm.mjs',
        moduleText(
          'const b = Buffer.alloc(150e6, 1); const end = performance.now() + 400; while (performance.now() < end); fs.writeFileSync(context.outputs.o, String(b.length));',
        ),
      );
      const run = project.run();
      assert.deepEqual(run.status, { a: 'ran', m: 'ran' }, run.out + run.err);
      const stages = run.lines.filter((line) => line.event === 'stage');
      for (const stage of stages) {
        assert.ok(Number(stage['cpuSeconds']) > 0.1 && Number(stage['cpuSeconds']) < 60, JSON.stringify(stage));
        assert.ok(
          Number(stage['peakMemoryBytes']) > 50e6 && Number(stage['peakMemoryBytes']) < 2e9,
          JSON.stringify(stage),
        );
      }
      const record = JSON.parse(project.pipeline('history', '--json').out.trim()) as {
        stages: Record<string, unknown>[];
      };
      assert.deepEqual(
        record.stages.map(({ cpuSeconds, peakMemoryBytes }) => [cpuSeconds, peakMemoryBytes]),
        stages.map(({ cpuSeconds, peakMemoryBytes }) => [cpuSeconds, peakMemoryBytes]),
      );
    });

    it('that fails is told with the meaning of its status and its last lines', function () {
      open(
        this,
        yaml({
          pipe: { command: 'yes | head -n 1 > ${outputs.o}', ...o },
          exec: { command: 'touch x.sh; ./x.sh', ...o },
          kill: { command: "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; bash -c 'kill -9 $$'", ...o },
          absent: { command: 'nonesuch', ...o },
        }),
        ...['yes', 'head', 'touch'],
      );
      const run = project.run('--keep-going');
      assert.match(errorOf(run, 'pipe'), /ended with status 141 \(by SIGPIPE: a program wrote to one that had ended/);
      assert.match(errorOf(run, 'kill'), /ended with status 137 \(by SIGKILL: out of memory\?\)/);
      assert.match(errorOf(run, 'absent'), /ended with status 127 \(a program was not found\)/);
      if (!sandboxed) assert.match(errorOf(run, 'exec'), /ended with status 126 \(a program could not be executed\)/);
      const told = project.pipeline('run', 'kill');
      assert.match(told.out, /ended with status 137.*\n {2}\| line 3\n(?: {2}\| line \d+\n){9} {2}log: /);
    });
  });
}

describe('with a sandbox and without', () => {
  afterEach(() => project.dispose());

  it('a command sees the same paths, makes the same bytes, and one lock holds for both', () => {
    const text = yaml(
      {
        sums: {
          command:
            'echo hello > ${outputs.t}; sha256sum ${outputs.t} ${inputs.i} > ${outputs.s}; ls artifacts/first >> ${outputs.s}',
          inputs: { i: 'artifacts/first/x=1/o.txt', j: 'artifacts/first/x=2/o.txt' },
          outputs: { t: 't.txt', s: 'deep/SUMS' },
        },
        first: { command: 'echo ${outputs.o} > ${outputs.o}', matrix: { x: [1, 2] }, ...o },
      },
      'params: { x: 0 }\n',
    );
    project = new TestProject(text);
    assert.equal(project.run().code, 0);
    const made = ['artifacts/sums/deep/SUMS', 'artifacts/first/x=2/o.txt'].map((path) => project.read(path));
    assert.match(made[0]!, / artifacts\/sums\/t\.txt\n.* artifacts\/first\/x=1\/o\.txt\nx=1\nx=2\n$/);
    project.remove('cache');
    project.remove('artifacts');
    project.withoutSandbox('sha256sum', 'ls');
    const frozen = project.run('--frozen');
    assert.equal(frozen.code, 0, frozen.out);
    assert.equal(frozen.status['sums'], 'ran');
    assert.deepEqual(
      ['artifacts/sums/deep/SUMS', 'artifacts/first/x=2/o.txt'].map((path) => project.read(path)),
      made,
    );
    assert.match(project.pipeline('audit', '--rebuild').out, /sums +same/);
  });

  it('without one a new file beside the outputs lands in the project, and none is left in the way', () => {
    project = new TestProject(
      yaml({ a: { command: 'echo 1 > note.txt; echo 2 >> kept.txt; echo x > ${outputs.o}', ...o } }),
    )
      .withoutSandbox()
      .write('kept.txt', '1\n');
    assert.deepEqual(project.run().status, { a: 'ran' });
    assert.equal(project.read('note.txt'), '1\n');
    assert.equal(project.read('kept.txt'), '1\n2\n');
    assert.deepEqual(readdirSync(project.path('artifacts')), ['a']);
  });

  it('no program to begin with is told as what it is', () => {
    project = new TestProject(yaml({ a: { command: 'true', ...o } }));
    mkdirSync(project.path('empty'));
    for (const name of ['flock']) {
      project.withoutSandbox();
      rmSync(project.path('bin/bash'));
      assert.ok(existsSync(project.path(`bin/${name}`)));
    }
    const run = project.run();
    assert.match(errorOf(run, 'a'), /stage a could not begin: bash is not on the PATH\n {2}PATH is /);
  });
});

describe('what a sandboxed command was refused', () => {
  afterEach(() => project.dispose());

  it('is told by its name, with the line to add', function () {
    const outside = mkdtempSync(join(tmpdir(), 'pipeline-outside-'));
    writeFileSync(join(outside, 'far.txt'), 'far\n');
    const cases: readonly [string, RegExp][] = [
      ['mkdir data', /wrote to data, which is not one of its outputs/],
      ['mkdir -p out/deep', /wrote to out(\/deep)?, which is not one of its outputs/],
      ['python3 -c "import helper"', /read helper\.py, which it does not declare\n.*stages\.a\.code: \[helper\.py\]/],
      ['python3 -c "import pkg.deep"', /read pkg\/__init__\.py, which it does not declare\n.*code: \[pkg\/\]/],
      [
        `cat ${outside}/far.txt`,
        /read .*far\.txt, which is outside the project\n.*sandbox: \{ paths: \[.*far\.txt\] \}/,
      ],
      [
        'cat /dev/mem',
        /looked for the device \/dev\/mem, which its sandbox does not show\n.*sandbox: \{ devices: \[\/dev\/mem\] \}/,
      ],
    ];
    project = new TestProject(yaml({ a: { command: 'true', ...o } }))
      .write('data/x', 'x')
      .write('helper.py', '')
      .write('pkg/deep.py', '')
      .write('pkg/__init__.py', '');
    if (!project.pipeline('doctor').out.includes('bubblewrap: yes')) {
      console.log('      skipped: bubblewrap is not here');
      this.skip();
    }
    for (const [command, expected] of cases) {
      if (command.includes('/dev/mem') && !existsSync('/dev/mem')) continue;
      project.write('pipeline.yaml', yaml({ a: { command: `${command}; echo x > \${outputs.o}`, ...o } }));
      assert.match(errorOf(project.run(), 'a'), expected, command);
    }
    rmSync(outside, { recursive: true });
  });
});

describe('wrong surroundings in pipeline.yaml', () => {
  afterEach(() => project.dispose());

  it('are told with their place and the way out', () => {
    project = new TestProject(`version: 1
slots: { gpu: 1 }
stages:
  a: { command: 'true', workdr: src, outputs: { o: o.txt } }
  b: { command: 'true', workdir: ../up, passEnv: ['1Y'], outputs: { o: o.txt } }
  c: { command: 'true', env: [X], passEnv: [X], resources: { slots: { gpi: 1 } }, sandbox: { device: [] }, outputs: { o: o.txt } }
  d: { command: 'true', resources: { slots: { gpu: 2 } }, sandbox: { devices: [/etc/x], paths: [/, a/../b] }, outputs: { o: o.txt } }
  e: { module: m.mjs, workdir: src, sandbox: no-thanks, outputs: { o: o.txt } }
  f: { command: 'true', workdir: artifacts/a/, outputs: { o: o.txt } }
  g: { command: 'true', workdir: cache, outputs: { o: o.txt } }
`);
    const { err, code } = project.pipeline('run');
    assert.equal(code, 2);
    for (const expected of [
      /pipeline\.yaml:4:25 unknown key 'workdr'[\s\S]*did you mean 'workdir'/,
      /pipeline\.yaml:5:34 workdir '\.\.\/up' leads out of its folder/,
      /pipeline\.yaml:6:\d+ 'X' stands in env too/,
      /pipeline\.yaml:5:\d+ .*passEnv.*expected the name of an environment variable/,
      /pipeline\.yaml:6:\d+ there is no slot 'gpi'\n {2}did you mean 'gpu'/,
      /pipeline\.yaml:6:\d+ unknown key 'device' in 'sandbox' of stage 'c'\n {2}did you mean 'devices'/,
      /pipeline\.yaml:7:\d+ asks for 2 of the slot 'gpu', of which there is 1/,
      /pipeline\.yaml:7:\d+ .*expected a path below \/dev\//,
      /pipeline\.yaml:7:\d+ '\/' is everything there is/,
      /pipeline\.yaml:7:\d+ 'a\/\.\.\/b' leads out of its folder/,
      /pipeline\.yaml:8:\d+ stage 'e' runs a module, which has no working folder/,
      /pipeline\.yaml:9:\d+ workdir 'artifacts\/a\/' lies in a folder of the runner/,
      /pipeline\.yaml:10:\d+ workdir 'cache' lies in a folder of the runner/,
      /pipeline\.yaml:8:\d+ 'sandbox' of stage 'e': expected true or false or keys and values/,
    ])
      assert.match(err, expected);
  });
});
