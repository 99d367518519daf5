/** The same chain-free pipeline (N stages, a file each) for other tools, where they are installed under .bench/peers or on the machine. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from './cpu.ts';
import { sourceText, writeSources } from './no-op-projects.ts';

interface Peer {
  readonly name: string;
  /** A program that must be there. */
  readonly program: string;
  /** At most so many stages: their full runs take minutes. */
  readonly most: number;
  write(dir: string, stages: number): void;
  readonly line: string;
  readonly env?: Readonly<Record<string, string>>;
}

const indices = (stages: number): number[] => Array.from({ length: stages }, (_, i) => i);

/** Programs of the environment that `installPeers` makes. */
export const peersDir: string = resolve('.bench/peers');
const py = (name: string): string => join(peersDir, 'py/bin', name);
const npm = (name: string): string => join(peersDir, 'node_modules/.bin', name);

const peers: readonly Peer[] = [
  {
    name: 'make',
    program: '/usr/bin/make',
    most: 10_000,
    line: '/usr/bin/make -r -s',
    write: (dir, stages) => {
      const rules = indices(stages).map((i) => `out/${i}.txt: in/${i}.txt\n\thead -c 99 $< > $@\n`);
      writeFileSync(
        join(dir, 'Makefile'),
        `all: ${indices(stages)
          .map((i) => `out/${i}.txt`)
          .join(' ')}\n\n${rules.join('\n')}`,
      );
    },
  },
  {
    name: 'ninja',
    program: py('ninja'),
    most: 1000,
    line: `${py('ninja')} --quiet`,
    write: (dir, stages) => {
      const builds = indices(stages).map((i) => `build out/${i}.txt: copy in/${i}.txt`);
      writeFileSync(join(dir, 'build.ninja'), `rule copy\n  command = head -c 99 $in > $out\n${builds.join('\n')}\n`);
    },
  },
  {
    name: 'DVC',
    program: py('dvc'),
    most: 8,
    line: `${py('dvc')} repro -q`,
    env: { DVC_NO_ANALYTICS: '1' },
    write: (dir, stages) => {
      const stage = (i: number): string =>
        `  s${i}:\n    cmd: head -c 99 in/${i}.txt > out/${i}.txt\n    deps: [in/${i}.txt]\n    outs: [out/${i}.txt]`;
      writeFileSync(join(dir, 'dvc.yaml'), `stages:\n${indices(stages).map(stage).join('\n')}\n`);
      spawnSync(py('dvc'), ['init', '-q', '--no-scm'], { cwd: dir });
    },
  },
  {
    name: 'Snakemake',
    program: py('snakemake'),
    most: 8,
    line: `${py('snakemake')} -q -c1`,
    write: (dir, stages) => {
      const rule =
        'rule copy:\n    input: "in/{i}.txt"\n    output: "out/{i}.txt"\n    shell: "head -c 99 {input} > {output}"\n';
      writeFileSync(
        join(dir, 'Snakefile'),
        `rule all:\n    input: expand("out/{i}.txt", i=range(${stages}))\n\n${rule}`,
      );
    },
  },
  {
    name: 'wireit (through npm run)',
    program: npm('wireit'),
    most: 8,
    line: `PATH=${join(peersDir, 'node_modules/.bin')}:$PATH npm run -s all`,
    write: (dir, stages) => {
      const scripts: Record<string, string> = { all: 'wireit' };
      const wireit: Record<string, object> = { all: { dependencies: indices(stages).map((i) => `s${i}`) } };
      for (const i of indices(stages)) {
        scripts[`s${i}`] = 'wireit';
        wireit[`s${i}`] = {
          command: `head -c 99 in/${i}.txt > out/${i}.txt`,
          files: [`in/${i}.txt`],
          output: [`out/${i}.txt`],
        };
      }
      writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'bench', scripts, wireit }));
    },
  },
  {
    name: 'turbo',
    program: npm('turbo'),
    most: 8,
    line: `${npm('turbo')} run $(seq -f 's%g' -s ' ' 0 7) --output-logs=none`,
    env: { TURBO_TELEMETRY_DISABLED: '1', CI: '1' },
    write: (dir, stages) => {
      const scripts: Record<string, string> = {};
      const tasks: Record<string, object> = {};
      for (const i of indices(stages)) {
        scripts[`s${i}`] = `head -c 99 in/${i}.txt > out/${i}.txt`;
        tasks[`s${i}`] = { inputs: [`in/${i}.txt`], outputs: [`out/${i}.txt`] };
      }
      const lock = { name: 'bench', lockfileVersion: 3, packages: { '': { name: 'bench' } } };
      writeFileSync(
        join(dir, 'package.json'),
        JSON.stringify({ name: 'bench', packageManager: 'npm@10.0.0', scripts }),
      );
      writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(lock));
      writeFileSync(join(dir, 'turbo.json'), JSON.stringify({ tasks }));
      spawnSync('git', ['init', '-q'], { cwd: dir });
    },
  },
];

/** Makes .bench/peers: a Python environment and node_modules. Tools that cannot be installed are left out of the table. */
export function installPeers(): void {
  mkdirSync(peersDir, { recursive: true });
  const run = (program: string, args: string[]): unknown =>
    spawnSync(program, args, { cwd: peersDir, stdio: 'ignore' });
  if (!existsSync(py('python3'))) run('python3', ['-m', 'venv', 'py']);
  for (const name of ['ninja', 'dvc', 'snakemake']) if (!existsSync(py(name))) run(py('pip'), ['install', '-q', name]);
  writeFileSync(join(peersDir, 'package.json'), '{"private":true}');
  if (!existsSync(npm('turbo'))) run('npm', ['install', '--no-audit', '--no-fund', 'wireit@0.14', 'turbo@2']);
}

/** Peers that are there, with the project made and run twice, ready to be measured. */
export function preparePeers(
  base: string,
  stages: number,
  mebibytes: number,
  warm: (command: Command) => number,
): readonly Command[] {
  const ready: Command[] = [];
  for (const peer of peers.filter(({ program, most }) => stages <= most && existsSync(program))) {
    const dir = join(base, `${peer.name.split(' ')[0]}-${stages}-${mebibytes}`);
    writeSources(dir, stages, mebibytes);
    // Ten thousand shells take minutes; make only compares times.
    if (stages > 1000) for (const i of indices(stages)) writeFileSync(join(dir, 'out', `${i}.txt`), sourceText(i));
    peer.write(dir, stages);
    const command = {
      name: peer.name,
      cwd: dir,
      line: peer.line,
      ...(peer.env === undefined ? {} : { env: peer.env }),
    };
    try {
      warm(command);
      warm(command);
      ready.push(command);
    } catch (error) {
      process.stderr.write(`left out: ${(error as Error).message}\n`);
    }
  }
  return ready;
}
