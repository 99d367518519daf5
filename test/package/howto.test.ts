/** The how-to pages: their files and commands as written. A block that names a file is that file; of a shell block each pipeline command is run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PackageFolder, packageRoot } from '../rig/package-folder.ts';
import { cliPath } from '../rig/test-project.ts';

const pages = join(packageRoot, 'docs/howto');

interface Block {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const found = readFileSync(join(pages, page), 'utf8').matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```/gm);
  return [...found].map(([, language, file, text]) => ({ language: language!, file: file ?? '', text: text! }));
}

/** The commands of the page's shell blocks, with what they are said to do. */
function commandsOf(page: string): readonly { readonly command: string; readonly said: string }[] {
  const lines = blocksOf(page).flatMap(({ language, text }) => (language === 'sh' ? text.trim().split('\n') : []));
  return lines.map((line) => {
    const [command, said = ''] = line.split(/\s+# /);
    return { command: command!.trim(), said };
  });
}

describe('docs/howto', function () {
  this.timeout(600_000);
  let folder: PackageFolder;
  beforeEach(() => {
    folder = new PackageFolder('howto');
    folder.linkPackage();
    folder.linkCompiler();
  });
  afterEach(() => folder.dispose());

  /** By the shell, so that quotes are read as a reader's shell reads them. */
  const run = (command: string, ...more: readonly string[]): string => {
    const programs = `npx() { shift; ${process.execPath} ${cliPath} "$@"; }\nnpm() { ${process.execPath} node_modules/typescript/bin/tsc; }\n`;
    const { code, out, err } = folder.call('bash', ['-c', `${programs}${[command, ...more].join(' ')}`]);
    assert.equal(code, 0, `${command}\n${out}${err}`);
    return out;
  };
  const writeFiles = (page: string): void => {
    for (const { file, text } of blocksOf(page)) if (file !== '') folder.write(file, text);
  };

  for (const page of ['stage-in-python.md', 'stage-in-typescript.md', 'own-tables.md'])
    it(`${page}: its files and commands do what it says`, () => {
      writeFiles(page);
      let checked = 0;
      for (const { command, said } of commandsOf(page)) {
        if (command.startsWith('npm install')) continue;
        const out = run(command);
        for (const [count] of said.matchAll(/\d+ (?:ran|cached)/g)) {
          assert.match(out, new RegExp(`\\b${count}\\b`), command);
          checked++;
        }
      }
      assert.ok(checked > 0);
    });

  it('own-odours.md: its settings are taken by the shipped pipeline', () => {
    run('npx pipeline init');
    const commands = commandsOf('own-odours.md');
    assert.ok(commands.length >= 4);
    const path = folder.at('pipeline.yaml');
    const pipeline = parse(readFileSync(path, 'utf8'), { merge: true });
    const written = blocksOf('own-odours.md').find(({ language }) => language === 'yaml')!;
    Object.assign(pipeline.params.odours, parse(written.text).odours);
    const changed = stringify(pipeline);
    for (const { command } of commands) assert.match(run(command, '--dry-run'), /orn-spikes +would run/, command);
    writeFileSync(path, changed);
    run('npx pipeline run orn-spikes --dry-run');
  });

  it('seeds.md: its matrix gives an instance a seed, and one table of all', () => {
    run('npx pipeline init');
    const path = folder.at('pipeline.yaml');
    const pipeline = parse(readFileSync(path, 'utf8'), { merge: true });
    const fragment = blocksOf('seeds.md').find(({ language }) => language === 'yaml')!;
    for (const [name, stage] of Object.entries(parse(fragment.text) as object))
      pipeline.stages[name] = { ...pipeline.stages[name], ...stage };
    for (const name of ['evaluate', 'export', 'spinnaker-run', 'report', 'strongest-odours'])
      delete pipeline.stages[name];
    pipeline.stages.train.inputs.task = 'artifacts/orn-spikes/task.safetensors';
    delete pipeline.include;
    writeFileSync(path, stringify(pipeline));
    const [all, one] = commandsOf('seeds.md');
    const plan = run(all!.command, '--dry-run');
    for (const seed of [1, 2, 3]) assert.match(plan, new RegExp(`train@seed=${seed} +would run`));
    assert.match(plan, /all-seeds +would run/);
    assert.doesNotMatch(run(one!.command, '--dry-run'), /train@seed=1/);
  });

  it('conda.md: an activated environment outside the project is what its command runs in; its list of packages is in the key', () => {
    // A virtual environment stands for conda's: both are a folder with bin/python3 that activation puts on the PATH.
    const elsewhere = new PackageFolder('environments');
    const made = elsewhere.call('python3', ['-m', 'venv', '--without-pip', 'flies']);
    assert.equal(made.code, 0, made.err);
    const [, fragment] = readFileSync(join(pages, 'conda.md'), 'utf8').match(/^ {2}```yaml\n([\s\S]*?)^ {2}```/m)!;
    const stage = parse(fragment!);
    const program = 'import sys\nopen(sys.argv[1], "w").write(sys.prefix)\n';
    folder.write('fit.py', program);
    folder.write('environment.txt', 'numpy==2.4.6\n');
    folder.write(
      'pipeline.yaml',
      stringify({ version: 1, stages: { fit: { ...stage, outputs: { table: 'table.txt' } } } }),
    );
    const [activate, command] = commandsOf('conda.md');
    const [, path] = /^or: source ~\/envs\/(.*)$/.exec(activate!.said)!;
    const active = (): string => run(`source ${elsewhere.at(path!)}; ${command!.command}`);
    assert.match(active(), /\n1 ran/);
    assert.equal(readFileSync(folder.at('artifacts/fit/table.txt'), 'utf8'), elsewhere.at('flies'));
    assert.match(active(), /^0 ran, 1 cached|\n0 ran, 1 cached/);
    folder.write('environment.txt', 'numpy==2.4.7\n');
    assert.match(active(), /\n1 ran/);
    elsewhere.dispose();
  });

  it('conda.md: an environment in the project is seen without being active', () => {
    const made = folder.call('python3', ['-m', 'venv', '--without-pip', '.venv']);
    assert.equal(made.code, 0, made.err);
    folder.write('fit.py', 'import sys\nopen(sys.argv[1], "w").write(sys.prefix)\n');
    const [, command] = /`command: "(\.venv\/bin\/python fit\.py) …"`/.exec(
      readFileSync(join(pages, 'conda.md'), 'utf8'),
    )!;
    const fit = { command: `${command} \${outputs.table}`, code: ['fit.py'], outputs: { table: 'table.txt' } };
    folder.write('pipeline.yaml', stringify({ version: 1, stages: { fit } }));
    assert.match(run('npx pipeline run'), /\n1 ran/);
    assert.match(readFileSync(folder.at('artifacts/fit/table.txt'), 'utf8'), /\/\.venv$/);
  });

  it('are all held by a test here', () => {
    const tested = [
      'conda.md',
      'own-odours.md',
      'own-tables.md',
      'seeds.md',
      'stage-in-python.md',
      'stage-in-typescript.md',
    ];
    assert.deepEqual(readdirSync(pages).sort(), tested);
  });
});
