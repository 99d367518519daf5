/** The view that a command gets under bubblewrap: the system's programs, and of the project only what it declared. Runs no stage. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface SandboxView {
  readonly root: string;
  /** Project-relative paths it may read. */
  readonly reads: readonly string[];
  /** Absolute folder → where the command finds it, absolute. */
  readonly writes: readonly (readonly [string, string])[];
  readonly network: boolean;
  /** Descriptors beyond standard error are inherited. */
  readonly home: string | undefined;
  readonly path: string;
}

const systemFolders = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix',
  '/var/lib',
  '/run/systemd/resolve',
  '/sys',
];
/** Installed programs in the project itself, not its data. */
const projectTools = ['node_modules', '.venv', 'venv'];

let available: { readonly ok: boolean; readonly why: string } | undefined;

/** Whether bubblewrap is here and may make its namespaces. */
export function sandboxState(): { readonly ok: boolean; readonly why: string } {
  available ??= probe();
  return available;
}

function probe(): { ok: boolean; why: string } {
  const args = ['--ro-bind', '/', '/', '--unshare-net', '--unshare-pid', '--proc', '/proc', '--dev', '/dev', 'true'];
  const { status, error, stderr } = spawnSync('bwrap', args, { encoding: 'utf8', timeout: 10_000 });
  if (error !== undefined) return { ok: false, why: 'bubblewrap (bwrap) is not installed' };
  return status === 0
    ? { ok: true, why: 'bubblewrap' }
    : { ok: false, why: `bubblewrap may not make namespaces here: ${stderr.trim().split('\n')[0]}` };
}

/** Arguments before the command's own. */
export function sandboxArguments(view: SandboxView): string[] {
  const args = ['bwrap', '--die-with-parent', '--unshare-pid', '--unshare-ipc'];
  if (!view.network) args.push('--unshare-net');
  for (const folder of systemFolders) args.push('--ro-bind-try', folder, folder);
  args.push('--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--tmpfs', '/dev/shm');
  for (const folder of toolFolders(view)) args.push('--ro-bind', folder, folder);
  args.push('--tmpfs', view.root);
  for (const name of projectTools)
    if (existsSync(join(view.root, name))) args.push('--ro-bind', join(view.root, name), join(view.root, name));
  for (const path of withoutNested(view.reads))
    args.push('--ro-bind', realpathSync(join(view.root, path)), join(view.root, path));
  for (const [from, to] of view.writes) args.push('--bind', from, to);
  args.push('--remount-ro', view.root, '--chdir', view.root);
  return args;
}

/** For a module stage: Node's permission model guards the files, this the network; all ends with the runner. */
export const offlineArguments: readonly string[] = [
  'bwrap',
  '--dev-bind',
  '/',
  '/',
  '--unshare-net',
  '--die-with-parent',
  '--',
];

/** A path inside another needs no mount of its own. */
function withoutNested(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].sort();
  return sorted.filter((path) => !sorted.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/** Programs outside the system's folders: those on the PATH with what lies beside them, and HOME's dot folders. */
function toolFolders(view: SandboxView): string[] {
  const found = new Set<string>();
  for (const folder of view.path.split(':')) {
    if (!folder.startsWith('/') || !existsSync(folder) || isSystem(folder)) continue;
    const above = dirname(folder);
    found.add(above === '/' || above === view.home ? folder : above);
  }
  if (view.home !== undefined)
    for (const name of namesIn(view.home)) if (name.startsWith('.')) found.add(join(view.home, name));
  return [...found]
    .filter((folder) => !view.root.startsWith(folder === '/' ? '/' : `${folder}/`) && folder !== view.root)
    .sort();
}

/** Nothing where it is not there or not for this user. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a path lies in the folders that every command sees. */
export function isSystem(folder: string): boolean {
  return systemFolders.some((system) => folder === system || folder.startsWith(`${system}/`));
}
