/** sbatch, squeue and scancel, called. Knows no stages. */
import { execFile } from 'node:child_process';
import { parseQueue, type QueuedTask, queueFormat } from './fate.ts';

interface Called {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** Slurm's programs have a patience of their own (MessageTimeout); to cut one off would leave open whether it did what it was asked. */
function call(program: string, args: readonly string[], input = ''): Promise<Called> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 }, (error, out, err) =>
      resolve({
        code: error === null ? 0 : (error.code ?? 'killed'),
        out,
        err: err === '' ? (error?.message ?? '') : err,
      }),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

export type Submitted =
  | { readonly kind: 'done'; readonly jobId: string }
  /** It may succeed later: the controller is busy, or a limit on jobs is reached. */
  | { readonly kind: 'later'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

const passing =
  /socket timed out|temporarily|unable to contact|connection (refused|timed out|reset)|communication|try again|MaxSubmit|MaxJobCount|job submit limit|too many/i;

export async function sbatch(flags: readonly string[], script: string): Promise<Submitted> {
  const { code, out, err } = await call(
    'sbatch',
    ['--parsable', '--no-requeue', '--export=HOME,PATH', ...flags],
    script,
  );
  const jobId = /^(\d+)/m.exec(out)?.[1];
  if (jobId !== undefined) return { kind: 'done', jobId };
  if (code === 'ENOENT') return { kind: 'refused', message: 'sbatch is not on the PATH: is this a login node?' };
  const message = err.replace(/^sbatch: (error: )?/gm, '').trim() || `sbatch ended with ${code}`;
  return { kind: passing.test(message) ? 'later' : 'refused', message };
}

/** All of this user's jobs that Slurm still knows, in one question; undefined where it gives no answer, none where there is no Slurm. */
export async function squeue(): Promise<ReadonlyMap<string, QueuedTask> | undefined> {
  const user = String(process.getuid?.() ?? process.env['USER'] ?? '');
  const { code, out } = await call('squeue', ['-h', '-r', '-t', 'all', '-u', user, '-o', queueFormat]);
  return code === 0 || code === 'ENOENT' ? parseQueue(out) : undefined;
}

export async function scancel(ids: readonly string[]): Promise<void> {
  // A command line holds so many.
  for (let i = 0; i < ids.length; i += 1000) await call('scancel', ['--quiet', ...ids.slice(i, i + 1000)]);
}
