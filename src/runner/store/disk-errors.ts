/** What a disk refused → words for people. Looks at no files. */

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOSPC: 'no space left',
  EDQUOT: 'the disk quota is used up',
};

const deeds: Readonly<Record<string, string>> = {
  mkdir: 'make the folder',
  mkdtemp: 'make a folder in',
  open: 'open',
  copyfile: 'write',
  write: 'write',
  rename: 'move',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
};

export interface DiskTrouble {
  readonly message: string;
  readonly hint?: string;
}

/** `cannot make the folder cache/locks: the file system is read-only`, or undefined where the error is another one. */
export function diskTrouble(error: unknown): DiskTrouble | undefined {
  const { code = '', syscall, path, dest, message } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const reason = reasons[code];
  if (reason === undefined) return undefined;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const hint = full ? { hint: 'free some (pipeline gc --dry-run says what could go)' } : {};
  if (syscall === undefined) return { message: `${reason}: ${message}`, ...hint };
  const place = (syscall === 'copyfile' ? dest : path) ?? path;
  return {
    message: `cannot ${deeds[syscall] ?? syscall}${place === undefined ? '' : ` ${place}`}: ${reason}`,
    ...hint,
  };
}

/** The same for any error, in one line. */
export function errorText(error: unknown): string {
  return diskTrouble(error)?.message ?? (error instanceof Error ? error.message : String(error));
}
