/** This checkout as a package, a temporary folder beside it, what stands there for an installation, and programs called in it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this checkout, without a final slash. */
export const packageRoot: string = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** What a project's own tsc needs. */
const compiler = ['typescript', '@typescript', '@types', 'undici-types'];

export interface Called {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class PackageFolder {
  readonly path: string;

  constructor(name: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), `pipeline-${name}-`)));
  }

  /** A path in it. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  /** Links this package into the node_modules of a folder in it, as `npm link` would. */
  linkPackage(below = '.'): void {
    mkdirSync(this.at(below, 'node_modules'), { recursive: true });
    symlinkSync(packageRoot, this.at(below, 'node_modules/cc-snn'));
  }

  /** The compiler of the checkout in place of what was or would be installed. */
  linkCompiler(below = '.'): void {
    for (const name of compiler) {
      const link = this.at(below, 'node_modules', name);
      rmSync(link, { recursive: true, force: true });
      symlinkSync(join(packageRoot, 'node_modules', name), link);
    }
  }

  /** Runs a program in it, or in a folder below, with nothing of the environment but where programs and the user's files are. */
  call(program: string, args: readonly string[], below = '.'): Called {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: '1' };
    const options = { cwd: this.at(below), env, encoding: 'utf8', timeout: 300_000 } as const;
    const { status, stdout, stderr } = spawnSync(program, args, options);
    return { code: status, out: stdout, err: stderr };
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
