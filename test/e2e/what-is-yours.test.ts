/** Nothing of a person's is ever deleted: not by run, clean or gc, wherever it lies; what a run finds in its way is kept aside. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { TestProject } from '../rig/test-project.ts';

const yaml = `version: 1
params: { word: w, n: 2 }
stages:
  file: { command: "echo \${params.word} > \${outputs.o}", params: [word], outputs: { o: o.txt } }
  deep: { command: "for i in $(seq \${params.n}); do mkdir -p \${outputs.d}/sub; echo \${params.word} $i > \${outputs.d}/sub/$i.txt; done", params: [word, n], outputs: { d: in/d/ } }
  many: { command: "cat \${inputs.i} > \${outputs.o}; echo \${params.n} >> \${outputs.o}", params: [n], inputs: { i: artifacts/file/o.txt }, outputs: { o: o.txt }, matrix: { n: [1, 2] } }
`;

/** Every file and link below the project that holds one of these texts, text → places. */
function placesOf(root: string, texts: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>(texts.map((text) => [text, []]));
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    const stat = lstatSync(path);
    const text = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path, 'utf8') : '';
    found.get(text)?.push(name);
  }
  return found;
}

/** What lies at a path; undefined also where a file stands in the way. */
function existing(path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** A small generator of numbers, the same each time. */
function numbers(seed: number): (below: number) => number {
  let count = 0;
  return (below) => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32LE(0) % below;
}

const places = [
  'artifacts',
  'artifacts/file',
  'artifacts/deep',
  'artifacts/deep/in',
  'artifacts/deep/in/d',
  'artifacts/deep/in/d/sub',
  'artifacts/many/n=1',
  'artifacts/other/x',
  'cache',
  'cache/runs',
  'cache/runs/exp1',
  'cache/objects',
  'cache/objects/ab',
  'cache/actions',
  'cache/plans',
  'cache/contracts',
  'cache/damaged',
  'cache/scratch',
  'cache/scratch/mine',
  'cache/state',
  'cache/locks',
  'data',
];
const names = [
  'notes.md',
  'model.bin',
  'o.txt',
  '1.txt',
  'a.json',
  'abcdef0123456789.json',
  'x.tmp',
  'x.json.12.tmp',
  `${'a'.repeat(62)}`,
  '.hidden',
  'log.log',
];

describe('what is yours', () => {
  for (const seed of process.env['CC_SNN_LONG'] === undefined ? [1, 2] : Array.from({ length: 30 }, (_, i) => i))
    it(`stays, wherever it lies (${seed})`, () => {
      const project = new TestProject(yaml);
      const random = numbers(seed);
      const texts: string[] = [];
      const put = (): void => {
        const path = project.path(`${places[random(places.length)]!}/${names[random(names.length)]!}`);
        const text = `of mine ${texts.length}`;
        const there = existing(path);
        // editing a file of the cache itself is damage, not keeping something there
        if (there !== undefined && (!there.isFile() || path.includes('/cache/'))) return;
        if (there !== undefined && readFileSync(path, 'utf8').startsWith('of mine')) return;
        mkdirSync(dirname(path), { recursive: true });
        texts.push(text);
        if (random(5) === 0 && there === undefined) symlinkSync(text, path);
        else writeFileSync(path, text);
        if (random(2) === 0 && existsSync(path)) utimesSync(path, 1, 1);
      };
      project.run();
      const commands: (readonly string[])[] = [
        ['run', '--json'],
        ['run', '--json', '--set', 'word=v', '--set', 'n=3'],
        ['run', '--json', '--force'],
        ['clean'],
        ['clean', 'deep', 'artifacts/many/n=1'],
        ['clean', '--orphans'],
        ['gc'],
        ['gc', '--keep-days', '0', '--keep-runs', '0'],
      ];
      for (let round = 0; round < 8; round++) {
        for (let i = 0; i < 6; i++) put();
        const args = commands[random(commands.length)]!;
        const end = project.pipeline(...args);
        assert.ok(end.code === 0 || end.code === 1, `${args.join(' ')}: ${end.err}`);
        for (const [text, where] of placesOf(project.root, texts))
          assert.ok(where.length > 0, `${text} is gone after ${args.join(' ')}`);
      }
      project.dispose();
    });

  it('an output edited by hand, and what was put into an output folder, are kept aside and said to be', () => {
    const project = new TestProject(yaml);
    project.run();
    project
      .write('artifacts/file/o.txt', 'edited')
      .write('artifacts/deep/in/d/sub/1.txt', 'edited too')
      .write('artifacts/deep/in/d/sub/mine/x.txt', 'mine');
    const end = project.run();
    assert.deepEqual([end.status['file'], end.status['deep']], ['restored', 'restored']);
    const warnings = end.lines.filter(({ event }) => event === 'warning').map(({ text }) => String(text));
    const folder = (of: string): string =>
      /kept in (artifacts\/\.kept\/[^/]+)\//.exec(warnings.find((text) => text.includes(of))!)![1]!;
    assert.equal(project.read(`${folder('file/o.txt')}/file/o.txt`), 'edited');
    assert.equal(project.read(`${folder('sub/1.txt')}/deep/in/d/sub/1.txt`), 'edited too');
    assert.equal(project.read(`${folder('mine/x.txt')}/deep/in/d/sub/mine/x.txt`), 'mine');
    assert.equal(project.read('artifacts/file/o.txt'), 'w\n');
    assert.ok(!project.exists('artifacts/deep/in/d/sub/mine'));
    project.dispose();
  });

  it('a file, a folder or a broken link in the place of an output or of its folder is moved, and the run goes on', () => {
    for (const [where, what] of [
      ['artifacts/file', 'file'],
      ['artifacts/deep', 'link'],
      ['artifacts/deep/in', 'file'],
      ['artifacts/file/o.txt', 'folder'],
      ['artifacts/many/n=1', 'link'],
    ] as const) {
      const project = new TestProject(yaml);
      mkdirSync(dirname(project.path(where)), { recursive: true });
      if (what === 'file') project.write(where, 'mine');
      else if (what === 'link') symlinkSync('mine', project.path(where));
      else project.write(`${where}/x`, 'mine');
      const end = project.run();
      assert.equal(end.code, 0, `${where} ${what}: ${end.out}`);
      assert.ok(placesOf(project.root, ['mine']).get('mine')![0]!.startsWith('artifacts/.kept/'), where);
      project.dispose();
    }
  });

  it('a result that the cache knows is not kept aside: of another plan, of a run that was killed, of a stage that was renamed', () => {
    const project = new TestProject(yaml);
    project.run();
    const state = readdirSync(project.path('cache/state')).filter((name) => !name.startsWith('no-op'));
    const saved = project.read(`cache/state/${state[0]}`);
    project.run('--set', 'n=5');
    // as after a kill: artifacts and records are there, the state of the checkout is not
    project.write(`cache/state/${state[0]}`, saved);
    project.run('--set', 'n=1');
    project.run('--set', 'word=z');
    project.remove('cache/state');
    project.run('--set', 'word=y', '--set', 'n=4');
    assert.ok(!project.exists('artifacts/.kept'));
    project.dispose();
  });

  it('is not taken for a result that is left over where a stage was removed, renamed or given other outputs', () => {
    const project = new TestProject(yaml);
    project.run();
    project.write(
      'pipeline.yaml',
      yaml
        .replace('n: [1, 2]', 'n: [1, 3]')
        .replace('  file:', '  renamed:')
        .replace('artifacts/file', 'artifacts/renamed')
        .replaceAll('in/d/', 'on/d/'),
    );
    project.run();
    project.write('artifacts/file/mine', 'mine').write('artifacts/deep/in/d/sub/1.txt', 'mine too');
    const dry = project.pipeline('clean', '--orphans', '--dry-run');
    assert.match(dry.out, /artifacts\/file\/mine +not made by a stage/);
    assert.match(dry.out, /artifacts\/deep\/in\/d\/sub\/1.txt +changed after a stage made it/);
    assert.ok(project.exists('artifacts/file/o.txt'));
    const end = project.pipeline('clean', '--orphans');
    assert.match(end.out, /freed \d+ B/);
    for (const gone of ['artifacts/file/o.txt', 'artifacts/many/n=2', 'artifacts/deep/in/d/sub/2.txt'])
      assert.ok(!project.exists(gone), gone);
    for (const there of [
      'artifacts/renamed/o.txt',
      'artifacts/many/n=3/o.txt',
      'artifacts/deep/on/d/sub/2.txt',
      'artifacts/file/mine',
    ])
      assert.ok(project.exists(there), there);
    assert.equal(project.run().lines.at(-1)!['cached'], 4);
    assert.match(project.pipeline('clean', '--orphans', 'deep').err, /takes no target/);
    project.dispose();
  });

  it('is told from results also where the cache is lost, as far as pipeline.lock says', () => {
    const project = new TestProject(yaml);
    project.run();
    project.remove('cache');
    project.write('artifacts/deep/in/d/notes', 'mine');
    const end = project.pipeline('clean');
    assert.match(end.out, /files are not in the cache: pipeline run makes them again/);
    assert.ok(!project.exists('artifacts/file/o.txt'));
    assert.ok(project.exists('artifacts/deep/in/d/notes') && project.exists('artifacts/deep/in/d/sub/1.txt'));
    project.dispose();
  });

  it('in a folder that is no cache of the runner, gc and run leave all as it is', () => {
    const project = new TestProject(yaml);
    project.run();
    project
      .write('git/HEAD', 'ref')
      .write('git/objects/ab/cdef', 'blob')
      .write('git/objects/pack/p.pack', 'pack')
      .write('git/refs/heads/main', 'x');
    const before = readdirSync(project.path('git'), { recursive: true }).sort();
    for (const command of [['gc', '--keep-days', '0', '--keep-runs', '0'], ['run'], ['status']]) {
      const end = project.pipeline(...command, '--cache-dir', 'git');
      assert.equal(end.code, 2);
      assert.match(end.err, /--cache-dir git: .*other things in them/);
    }
    assert.deepEqual(readdirSync(project.path('git'), { recursive: true }).sort(), before);
    renameSync(project.path('cache/CACHEDIR.TAG'), project.path('tag'));
    project.write('cache/mine', 'x');
    const refused = project.pipeline('gc', '--keep-days', '0', '--keep-runs', '0');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /not marked as a cache/);
    project.remove('cache/mine');
    project.pipeline('status');
    assert.equal(project.read('cache/CACHEDIR.TAG'), project.read('tag'));
    assert.match(project.read('tag'), /^Signature: 8a477f597d28d172789f06886806bc55\n/);
    assert.equal(project.pipeline('gc', '--keep-days', '0').code, 0);
    project.dispose();
  });
});
