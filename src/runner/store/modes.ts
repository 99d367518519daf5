/** The modes that files and folders get in artifacts/: the user's umask, and whether a file can be executed. Nothing else of a mode is kept. */
import { chmodSync, type Stats } from 'node:fs';

let mask: number | undefined;

function umask(): number {
  mask ??= process.umask();
  return mask;
}

export function fileMode(executable: boolean): number {
  return (((executable ? 0o777 : 0o666) & ~umask()) | (executable ? 0o700 : 0o600)) & 0o777;
}

function folderMode(): number {
  return ((0o777 & ~umask()) | 0o700) & 0o777;
}

/** Whether its owner may execute it. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

/** What a stage left, as it would be after a restore. Another user's file stays as it is. A folder keeps its set-group-id bit. */
export function normaliseMode(path: string, stat: Stats): void {
  const wanted = stat.isDirectory() ? folderMode() | (stat.mode & 0o2000) : fileMode(isExecutable(stat.mode));
  if ((stat.mode & 0o7777) === wanted) return;
  try {
    chmodSync(path, wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
