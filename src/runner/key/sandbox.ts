/** The view that a command gets under bubblewrap: the system's programs, and of the project only what it declared. Runs no stage. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Sandbox } from '../model/plan.ts';
import { isSystem, systemFolders } from './system-folders.ts';
import type { Mount } from './view-mounts.ts';

export interface SandboxView {
  readonly root: string;
  /** What of the disk lies where in it, read-only; those further in come later. */
  readonly mounts: readonly Mount[];
  /** Absolute folder → where the command finds it, absolute. */
  readonly writes: readonly (readonly [string, string])[];
  /** Project-relative; the root if not given. */
  readonly workdir: string | undefined;
  /** What it sees beside that, as it is. */
  readonly beside: Sandbox | undefined;
  readonly network: boolean;
  readonly home: string | undefined;
  readonly path: string;
}

/** Installed programs in the project itself, not its data. */
export const projectTools: readonly string[] = ['node_modules', '.venv', 'venv'];

let available: { readonly ok: boolean; readonly why: string } | undefined;

/** Whether bubblewrap is here and may make its namespaces. */
export function sandboxState(): { readonly ok: boolean; readonly why: string } {
  available ??= probe();
  return available;
}

/** Whether a stage is to be held to what it declared, and can be. */
export function isSandboxed(stage: { readonly sandbox?: Sandbox }): boolean {
  return stage.sandbox?.on !== false && sandboxState().ok;
}

function probe(): { ok: boolean; why: string } {
  const args = ['--ro-bind', '/', '/', '--unshare-net', '--unshare-pid', '--proc', '/proc', '--dev', '/dev', 'true'];
  const { status, error, stderr } = spawnSync('bwrap', args, { encoding: 'utf8', timeout: 10_000 });
  if (error !== undefined) return { ok: false, why: 'bubblewrap (bwrap) is not installed' };
  return status === 0
    ? { ok: true, why: 'bubblewrap' }
    : { ok: false, why: `bubblewrap may not make namespaces here: ${stderr.trim().split('\n')[0]}` };
}

/** What bwrap is told before the command; handed over by `--args`, because there is no limit to it. */
export function sandboxArguments(view: SandboxView): string[] {
  const { root } = view;
  const args = ['--die-with-parent', '--unshare-pid', '--unshare-ipc'];
  if (!view.network) args.push('--unshare-net');
  for (const folder of systemFolders) args.push('--ro-bind-try', folder, folder);
  args.push('--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--tmpfs', '/dev/shm');
  for (const folder of toolFolders(view)) args.push('--ro-bind', folder, folder);
  args.push('--tmpfs', root);
  for (const path of programsInside(view)) args.push('--ro-bind', path, path);
  for (const { from, to } of view.mounts)
    args.push(...(from === undefined ? ['--tmpfs', to] : ['--ro-bind', from, to]));
  if (view.workdir !== undefined) args.push('--dir', join(root, view.workdir));
  for (const [from, to] of view.writes) args.push('--bind', from, to);
  for (const path of view.beside?.paths ?? []) {
    const full = besidePath(path, root);
    args.push('--bind-try', full, full);
  }
  for (const device of (view.beside?.devices ?? []).flatMap(expandDevice)) args.push('--dev-bind-try', device, device);
  args.push('--remount-ro', root, '--chdir', join(root, view.workdir ?? ''));
  return args;
}

/** A path of `sandbox.paths` as it is on this machine. */
export function besidePath(path: string, root: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(root, path);
}

/** `/dev/nvidia*` → those that are there. */
export function expandDevice(pattern: string): string[] {
  const [, ...segments] = pattern.split('/');
  let found = [''];
  for (const segment of segments) {
    const expression = new RegExp(`^${segment.split('*').map(escaped).join('[^/]*')}$`);
    found = found.flatMap((folder) =>
      segment.includes('*')
        ? namesIn(folder)
            .filter((name) => expression.test(name))
            .map((name) => `${folder}/${name}`)
        : [`${folder}/${segment}`],
    );
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * For a module stage: Node's permission model guards the files, this the network and that no process outlives the stage; all ends
 * with the runner.
 */
export function moduleSandbox(network: boolean): readonly string[] {
  const args = ['bwrap', '--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--die-with-parent'];
  return [...args, ...(network ? [] : ['--unshare-net']), '--'];
}

/** Folders that hold much more than a program's own files. */
const sharedFolders = new Set(['/', '/tmp', '/var', '/home', '/mnt', '/media', '/srv', '/run', '/root']);

/** Programs outside the system's folders: those on the PATH with what lies beside them, and HOME's dot folders. */
function toolFolders(view: SandboxView): string[] {
  const holdsRoot = (folder: string): boolean => view.root === folder || view.root.startsWith(`${folder}/`);
  const found = new Set<string>();
  for (const folder of pathFolders(view.path)) {
    const above = dirname(folder);
    if (isSystem(folder) || holdsRoot(folder) || folder.startsWith(`${view.root}/`)) continue;
    found.add(sharedFolders.has(above) || above === view.home || holdsRoot(above) ? folder : above);
  }
  if (view.home !== undefined)
    for (const name of namesIn(view.home)) if (name.startsWith('.')) found.add(join(view.home, name));
  return [...found].filter((folder) => !holdsRoot(folder)).sort();
}

/** Programs in the project itself. */
function programsInside(view: SandboxView): string[] {
  const onPath = pathFolders(view.path).filter((folder) => folder.startsWith(`${view.root}/`));
  const known = projectTools.map((name) => join(view.root, name)).filter((path) => existsSync(path));
  return [...new Set([...known, ...onPath])];
}

function pathFolders(path: string): string[] {
  return path.split(':').filter((folder) => folder.startsWith('/') && isFolder(folder));
}

/** false also where this user may not look. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Nothing where it is not there or not for this user. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
