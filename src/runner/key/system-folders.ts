/** Where every command finds the system's programs and settings. Text only. */

export const systemFolders: readonly string[] = [
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

/** Whether a path lies in the folders that every command sees. */
export function isSystem(path: string): boolean {
  return liesIn(systemFolders, path);
}

/** The same with what the kernel shows. */
export function isAlwaysThere(path: string): boolean {
  return isSystem(path) || liesIn(['/proc', '/dev'], path);
}

function liesIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
