/** A small project in a temporary folder, driven by the real binary. Counts work: each stage of it notes that it ran. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const cliPath: string = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

/** One line of `--json`. */
export interface Line {
  readonly event: string;
  readonly stage?: string;
  readonly status?: string;
  readonly key?: string;
  readonly reason?: readonly string[];
  readonly error?: string;
  readonly [key: string]: unknown;
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON lines, where `--json` was given. */
  readonly lines: readonly Line[];
  /** Stage → status. */
  readonly status: Readonly<Record<string, string>>;
}

/** Starts a program as an ordinary user, the one that has no files. */
const nobody: readonly string[] = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];

export class TestProject {
  readonly root: string;
  environment: Record<string, string> = {};
  private prefix: readonly string[] = [];

  constructor(pipeline?: string) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'pipeline-test-')));
    this.write('package.json', '{"type":"module"}');
    if (pipeline !== undefined) this.write('pipeline.yaml', pipeline);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): this {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true, force: true });
  }

  /** From now on commands find these programs and no other: no bubblewrap, hence no sandbox. */
  withoutSandbox(...programs: readonly string[]): this {
    mkdirSync(this.path('bin'), { recursive: true });
    for (const name of ['bash', 'flock', 'env', ...programs]) symlinkSync(programPath(name), this.path(`bin/${name}`));
    this.environment = { ...this.environment, PATH: this.path('bin') };
    return this;
  }

  /**
   * From now on the binary runs as somebody who is not root; false, and says so, where that cannot be arranged.
   * To be called when the project's files are written: they become that user's.
   */
  asOrdinaryUser(): boolean {
    if (process.getuid?.() !== 0) return true;
    const given = spawnSync('chown', ['-R', 'nobody', this.root]).status === 0;
    if (given && spawnSync(nobody[0]!, [...nobody.slice(1), process.execPath, cliPath, 'help']).status === 0) {
      this.prefix = nobody;
      return true;
    }
    console.log('      skipped: no other user can be made use of here');
    return false;
  }

  private get env(): NodeJS.ProcessEnv {
    const [PATH, HOME] = [process.env['PATH'], process.env['HOME']];
    // a person's own configuration may choose a remote
    return { PATH, HOME, XDG_CONFIG_HOME: this.path('.nothing'), CI: '1', ...this.environment };
  }

  /** Runs `pipeline …` to its end. */
  pipeline(...args: readonly string[]): Finished {
    return this.pipelineIn('.', ...args);
  }

  /** Runs `pipeline …`, typed in a folder of the project, to its end. */
  pipelineIn(folder: string, ...args: readonly string[]): Finished {
    const [program, ...words] = [...this.prefix, process.execPath, cliPath, ...args];
    const { status, stdout, stderr } = spawnSync(program!, words, {
      cwd: this.path(folder),
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return finished(status, stdout, stderr, args.includes('--json'));
  }

  /** `pipeline run --json …`. */
  run(...args: readonly string[]): Finished {
    return this.pipeline('run', '--json', ...args);
  }

  /** Begins `pipeline …` and gives the process and its end. */
  start(...args: readonly string[]): { readonly child: ChildProcess; readonly end: Promise<Finished> } {
    const [program, ...words] = [...this.prefix, process.execPath, cliPath, ...args];
    const child = spawn(program!, words, {
      cwd: this.root,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const end = new Promise<Finished>((resolve) => {
      child.on('close', (code) => resolve(finished(code, out, err, args.includes('--json'))));
    });
    return { child, end };
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function programPath(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not on the PATH`);
  return found;
}

function finished(code: number | null, out: string, err: string, json: boolean): Finished {
  const lines = json ? parseLines(out) : [];
  const ends = lines.filter((line) => line.event === 'stage');
  return { code, out, err, lines, status: Object.fromEntries(ends.map((line) => [line.stage!, line.status!])) };
}

/** A killed run may leave half a last line. */
function parseLines(out: string): Line[] {
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
