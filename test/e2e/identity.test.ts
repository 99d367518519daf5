/** What a command sees is what its key says: paths, execute bits, empty folders; and what counts for nothing. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const stage = (command: string, more = ''): string =>
  `version: 1\nstages:\n  a: { command: ${JSON.stringify(command)}, ${more} outputs: { o: o.txt } }\n`;

describe('where an input lies', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  it('is part of a command: the same bytes under another name are another input', () => {
    const yaml = (path: string): string =>
      stage('case ${inputs.i} in *.json) echo json;; *) echo csv;; esac > ${outputs.o}', `inputs: { i: ${path} },`);
    project = new TestProject(yaml('data/x.json')).write('data/x.json', '{}').write('data/y.csv', '{}');
    assert.equal(project.run().status['a'], 'ran');
    project.write('pipeline.yaml', yaml('data/y.csv'));
    const run = project.run();
    assert.equal(run.status['a'], 'ran');
    assert.deepEqual(run.lines.find((line) => line.event === 'start')!.reason, [
      'path inputs.i: data/x.json → data/y.csv',
    ]);
    assert.equal(project.read('artifacts/a/o.txt'), 'csv\n');
    assert.match(project.pipeline('audit', '--rebuild').out, /a +same/);
  });

  it('is part of a command also where a pattern or a folder takes it', () => {
    const yaml = (path: string): string => stage('echo ${inputs.i} > ${outputs.o}', `inputs: { i: '${path}' },`);
    project = new TestProject(yaml('d1/*')).write('d1/x', 'x').write('d1/y', 'y');
    for (const [from, to] of [
      ['d1/*', 'd2/*'],
      ['d2/', 'd3/'],
    ] as const) {
      project.write('pipeline.yaml', yaml(from));
      assert.equal(project.run().status['a'], 'ran', from);
      renameSync(project.path(from.slice(0, 2)), project.path(to.slice(0, 2)));
      project.write('pipeline.yaml', yaml(to));
      assert.equal(project.run().status['a'], 'ran', to);
      assert.ok(project.read('artifacts/a/o.txt').startsWith(to.slice(0, 2)));
    }
  });

  it('counts for a module as far as its own name', () => {
    const yaml = (path: string): string =>
      `version: 1\nstages:\n  m: { module: m.mjs, inputs: { i: ${path} }, outputs: { o: o.txt } }\n`;
    project = new TestProject(yaml('one/x.csv')).write(
      'm.mjs',
      `import * as fs from 'node:fs'; import { basename } from 'node:path';
export default { about: 'x', params: { type: 'object' }, inputs: { i: { kind: 'text', about: 'x' } }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputs, outputs }) { fs.writeFileSync(outputs.o, basename(inputs.i)); } };\n`,
    );
    for (const path of ['one/x.csv', 'two/x.csv', 'two/x.tsv']) project.write(path, 'same');
    assert.equal(project.run().status['m'], 'ran');
    project.write('pipeline.yaml', yaml('two/x.csv'));
    assert.equal(project.run().status['m'], 'cached');
    project.write('pipeline.yaml', yaml('two/x.tsv'));
    assert.equal(project.run().status['m'], 'ran');
    assert.equal(project.read('artifacts/m/o.txt'), 'x.tsv');
  });
});

describe('an empty folder of an output', () => {
  it('is brought back, is missed where it is gone, and is seen by who reads it', () => {
    const project = new TestProject(`
version: 1
params: { n: 1 }
stages:
  a: { command: 'mkdir -p \${outputs.d}/logs/deep \${outputs.d}/kept; echo \${params.n} > \${outputs.d}/kept/f', params: [n], outputs: { d: d/ } }
  e: { command: 'ls -R \${inputs.i} > \${outputs.o}', inputs: { i: artifacts/a/d/ }, outputs: { o: o.txt } }
  w: { command: 'ls \${inputs.i} | wc -l > \${outputs.o}', inputs: { i: artifacts/a/d/logs/ }, outputs: { o: o.txt } }
`);
    assert.deepEqual(project.run().status, { a: 'ran', e: 'ran', w: 'ran' });
    const listed = project.read('artifacts/e/o.txt');
    assert.match(listed, /logs\/deep/);
    project.run('--set', 'n=2');
    assert.deepEqual(project.run().status, { a: 'restored', e: 'cached', w: 'cached' });
    assert.ok(project.exists('artifacts/a/d/logs/deep'));
    assert.deepEqual(project.run('--force=e').status, { a: 'cached', e: 'ran', w: 'cached' });
    assert.equal(project.read('artifacts/e/o.txt'), listed);
    project.remove('artifacts/a/d/logs/deep');
    assert.equal(project.pipeline('audit').code, 3);
    assert.equal(project.run().status['a'], 'restored');
    assert.ok(project.exists('artifacts/a/d/logs/deep'));
    assert.match(project.pipeline('audit', '--rebuild').out, /a +same/);
    project.dispose();
  });
});

describe('modes', () => {
  let project: TestProject;
  const mode = (path: string): string => (statSync(project.path(path)).mode & 0o777).toString(8);
  afterEach(() => project.dispose());

  it('of a program: who can execute it is part of it, of an output file, a file in a folder, an input and code', () => {
    project = new TestProject(`
version: 1
stages:
  tool: { command: 'for f in \${outputs.t} \${outputs.d}/t; do printf "#!/bin/sh\\necho made\\n" > $f; chmod 700 $f; done; echo plain > \${outputs.d}/p; chmod 600 \${outputs.d}/p', outputs: { t: tool.sh, d: d/ } }
  use: { command: '\${inputs.t} > \${outputs.o}; \${inputs.d}/t >> \${outputs.o}', inputs: { t: artifacts/tool/tool.sh, d: artifacts/tool/d/ }, outputs: { o: o.txt } }
  in: { command: 'test -x \${inputs.s} && echo yes > \${outputs.o} || echo no > \${outputs.o}', inputs: { s: data/s.sh }, outputs: { o: o.txt } }
  code: { command: 'test -x code/c.sh && echo yes > \${outputs.o} || echo no > \${outputs.o}', code: [code/], outputs: { o: o.txt } }
`)
      .write('data/s.sh', 'x')
      .write('code/c.sh', 'x');
    assert.equal(project.run().code, 0);
    const own = ['artifacts/tool/tool.sh', 'artifacts/tool/d/t'];
    for (const file of own) {
      chmodSync(project.path(file), 0o644);
      assert.match(project.pipeline('status').out, /tool +would restore|tool +.*changed after the stage made it/);
      assert.equal(project.pipeline('audit').code, 3);
      assert.deepEqual(project.run('tool', 'use').status, { tool: 'restored', use: 'cached' });
    }
    const fromRun = ['artifacts/tool/d/p', ...own].map(mode);
    project.remove('artifacts');
    assert.equal(project.run().status['tool'], 'restored');
    assert.deepEqual(['artifacts/tool/d/p', ...own].map(mode), fromRun, 'restored as it was when it ran');
    for (const [path, id] of [
      ['data/s.sh', 'in'],
      ['code/c.sh', 'code'],
    ] as const) {
      assert.equal(project.read(`artifacts/${id}/o.txt`), 'no\n');
      chmodSync(project.path(path), 0o755);
      assert.equal(project.run().status[id], 'ran');
      assert.equal(project.read(`artifacts/${id}/o.txt`), 'yes\n');
    }
  });

  it('beyond that follow the umask, made and restored alike', () => {
    project = new TestProject(stage('echo x > ${outputs.o}; chmod 600 ${outputs.o}'));
    const before = process.umask(0o027);
    try {
      project.run();
      assert.equal(mode('artifacts/a/o.txt'), '640');
      project.remove('artifacts');
      assert.equal(project.run().status['a'], 'restored');
      assert.equal(mode('artifacts/a/o.txt'), '640');
    } finally {
      process.umask(before);
    }
  });
});

describe('a read-only folder', () => {
  it('in an output leaves a checkout that runs and cleans on, for an ordinary user too', function () {
    const project = new TestProject(`
version: 1
stages:
  a: { command: 'cp -r \${inputs.i} \${outputs.d}/x; chmod -w \${outputs.d}/x; chmod -w \${outputs.d}', inputs: { i: data/ }, outputs: { d: d/ } }
  bad: { command: 'mkdir \${outputs.d}/x; echo 1 > \${outputs.d}/x/f; chmod 000 \${outputs.d}/x; exit 1', outputs: { d: d/ } }
  b: { command: 'echo hi > \${outputs.o}', outputs: { o: o.txt } }
`).write('data/deep/f', '1');
    for (const folder of ['data/deep', 'data']) chmodSync(project.path(folder), 0o555);
    if (!project.asOrdinaryUser()) this.skip();
    for (let time = 0; time < 2; time++) {
      const run = project.run('a', '--force');
      assert.deepEqual(run.status, { a: 'ran' }, run.out + run.err);
      assert.equal(project.read('artifacts/a/d/x/deep/f'), '1');
    }
    const bad = project.run('bad');
    assert.match(bad.out, /ended with status 1/);
    assert.ok(!project.exists('artifacts/.staging'));
    assert.deepEqual(project.run('b').status, { b: 'ran' });
    assert.equal(project.pipeline('audit', 'a').code, 0);
    const clean = project.pipeline('clean');
    assert.equal(clean.code, 0, clean.err);
    assert.deepEqual(project.run('a').status, { a: 'restored' });
    chmodSync(project.path('artifacts/a/d'), 0o555);
    project.remove('artifacts/a/d/x');
    assert.deepEqual(project.run('a').status, { a: 'restored' }, 'what stands in the way is moved whatever its mode');
    for (const folder of ['data', 'data/deep']) chmodSync(project.path(folder), 0o755);
    project.dispose();
  });
});

describe('what counts for nothing', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  it('enters no listing of code and inputs, wherever it comes from', () => {
    project = new TestProject(
      stage(
        'cat ${inputs.d}/in.txt > ${outputs.o}; echo ${inputs.g} >> ${outputs.o}',
        "code: [pkg/, 'src/**'], inputs: { d: data/, g: 'data/*' },",
      ),
    );
    for (const file of ['pkg/m.py', 'src/deep/n.py', 'data/in.txt']) project.write(file, 'x');
    assert.equal(project.run().status['a'], 'ran');
    for (const file of ['__pycache__/m.cpython-311.pyc', '.DS_Store', '.git/HEAD', 'm.py~', '.m.py.swp', 'odd.pyc'])
      for (const folder of ['pkg', 'src/deep', 'data']) project.write(`${folder}/${file}`, 'y');
    assert.equal(project.run().status['a'], 'cached');
    assert.equal(project.run('--frozen').code, 0);
  });

  it('is what the project says, beside the defaults, which it can take back', () => {
    const yaml = (ignore: string): string =>
      stage('ls ${inputs.d} > ${outputs.o}', 'inputs: { d: data/ },').replace('stages:', `ignore: ${ignore}\nstages:`);
    project = new TestProject(yaml("['*.log', tmp/, data/draft-*, '!*.pyc']")).write('data/in.txt', 'x');
    assert.equal(project.run().status['a'], 'ran');
    for (const file of ['a.log', 'deep/b.log', 'tmp/x', 'deep/tmp/x', 'draft-1']) project.write(`data/${file}`, 'y');
    assert.equal(project.run().status['a'], 'cached');
    project.write('data/x.pyc', 'y');
    assert.equal(project.run().status['a'], 'ran');
    project.write('pipeline.yaml', yaml("['*.log', tmp/, '!*.pyc']"));
    assert.equal(project.run().status['a'], 'ran', 'draft-1 counts now');
  });

  it('may lie in an output, is kept with it, and makes it neither other nor tampered', () => {
    project = new TestProject(`
version: 1
params: { n: 1 }
stages:
  a: { command: 'mkdir \${outputs.d}/.git; date +%N > \${outputs.d}/.git/HEAD; echo \${params.n} > \${outputs.d}/f', params: [n], outputs: { d: d/ } }
  b: { command: 'cat \${inputs.d}/.git/HEAD > \${outputs.o}', inputs: { d: artifacts/a/d/ }, outputs: { o: o.txt } }
`);
    assert.deepEqual(project.run().status, { a: 'ran', b: 'ran' });
    assert.match(project.pipeline('audit', '--rebuild').out, /a +same/);
    project.write('artifacts/a/d/.DS_Store', 'mac').write('artifacts/a/.DS_Store', 'mac');
    assert.deepEqual(project.run().status, { a: 'cached', b: 'cached' });
    project.run('--set', 'n=2');
    assert.deepEqual(project.run().status, { a: 'restored', b: 'restored' });
    assert.ok(project.exists('artifacts/a/d/.git/HEAD'));
  });

  it('does not come between a clone and its lock', () => {
    project = new TestProject(stage('cat pkg/m.py > ${outputs.o}', 'code: [pkg/],')).write('pkg/m.py', 'x = 1\n');
    mkdirSync(project.path('pkg/__pycache__'));
    project.write('pkg/__pycache__/m.pyc', 'compiled');
    assert.equal(project.run().code, 0);
    const clone = new TestProject();
    for (const name of ['pkg', 'pipeline.yaml', 'pipeline.lock'])
      cpSync(project.path(name), clone.path(name), { recursive: true });
    rmSync(clone.path('pkg/__pycache__'), { recursive: true });
    assert.equal(clone.run('--frozen').code, 0);
    clone.dispose();
  });
});
