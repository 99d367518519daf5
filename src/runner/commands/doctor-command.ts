/** `pipeline doctor`: what this machine allows, and what is missing. Changes nothing that stays. */
import { constants, copyFileSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sandboxState } from '../key/sandbox.ts';
import { findProgram } from '../key/tool-version.ts';
import { errorText } from '../store/disk-errors.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes } from './command-io.ts';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function doctorCommand(io: CommandIo): Promise<number> {
  const findings = [nodeVersion(), permissions(), sandbox(), locks(), slurm(), ...links(io), ...packages(io)];
  if (io.line.has('json'))
    for (const finding of findings) io.out(`${JSON.stringify({ event: 'finding', ...finding })}\n`);
  else io.out(`${formatTable(findings.map(({ name, ok, detail }) => [`${name}: ${ok ? 'yes' : 'no'}`, detail]))}\n`);
  return exitCodes.done;
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return { name: 'Node 20 or later', ok: major >= 20, detail: process.versions.node };
}

function permissions(): Finding {
  const flags = process.allowedNodeEnvironmentFlags;
  const ok = flags.has('--permission') || flags.has('--experimental-permission');
  return { name: 'permission model', ok, detail: 'module stages read and write only what they declare' };
}

function sandbox(): Finding {
  const { ok, why } = sandboxState();
  const detail = ok
    ? 'command stages read, write and reach only what they declare'
    : `${why}: command stages are not held to what they declare`;
  return { name: 'bubblewrap', ok, detail };
}

function locks(): Finding {
  const tool = ['flock', 'perl'].find((name) => findProgram(name) !== undefined);
  return {
    name: 'file locks',
    ok: tool !== undefined,
    detail: tool === undefined ? 'install util-linux' : `by ${tool}`,
  };
}

function slurm(): Finding {
  const missing = ['sbatch', 'squeue', 'scancel'].filter((name) => findProgram(name) === undefined);
  const detail =
    missing.length === 0 ? 'run --executor slurm' : `needed for --executor slurm alone: ${missing.join(', ')}`;
  return { name: 'Slurm', ok: missing.length === 0, detail };
}

/** What the file system of the project can do to share bytes between artifacts and cache. */
function links(io: CommandIo): Finding[] {
  let folder: string;
  try {
    folder = mkdtempSync(join(io.project.root, '.pipeline-doctor-'));
  } catch (error) {
    return [{ name: 'a writable project', ok: false, detail: errorText(error) }];
  }
  try {
    const from = join(folder, 'a');
    writeFileSync(from, 'x');
    const can = (act: () => void): boolean => {
      try {
        act();
        return true;
      } catch {
        return false;
      }
    };
    const reflink = can(() => copyFileSync(from, join(folder, 'b'), constants.COPYFILE_FICLONE_FORCE));
    const hardlink = can(() => linkSync(from, join(folder, 'c')));
    const detail = reflink ? 'artifacts and cache share blocks' : 'artifacts are copies of what the cache holds';
    return [
      { name: 'reflinks', ok: reflink, detail },
      { name: 'hard links', ok: hardlink, detail: 'not used: an artifact edited by hand must not reach the cache' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packages(io: CommandIo): Finding[] {
  const require = createRequire(join(io.project.root, 'package.json'));
  return ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-node'].map((name) => {
    try {
      return { name, ok: true, detail: require.resolve(`${name}/package.json`) };
    } catch {
      return { name, ok: false, detail: 'not installed' };
    }
  });
}
