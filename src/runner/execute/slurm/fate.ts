/** What Slurm says of jobs, and what it means: squeue's lines → states; a state and an exit file → how the attempt ended. Runs nothing. */
import type { JobEnd } from '../stage-job.ts';
import type { Exit } from './job-files.ts';

/** `squeue -h -r -t all -o` with this gives what `parseQueue` reads. */
export const queueFormat = '%j|%K|%i|%T|%N|%r';

/** A job, or one element of an array. */
export interface QueuedTask {
  /** As squeue shows it: `17_3`. */
  readonly id: string;
  readonly state: string;
  readonly node: string;
  readonly reason: string;
}

/** `NAME/TASK` → the task; a single job is its task 0. A name that was submitted once stands once. */
export function parseQueue(text: string): ReadonlyMap<string, QueuedTask> {
  const tasks = new Map<string, QueuedTask>();
  for (const line of text.split('\n')) {
    const [name, task, id, state, node, reason = ''] = line.split('|');
    if (name === undefined || id === undefined || state === undefined || node === undefined) continue;
    tasks.set(`${name}/${/^\d+$/.test(task!) ? task : 0}`, { id, state, node, reason });
  }
  return tasks;
}

const going = new Set([
  ...['PENDING', 'RUNNING', 'CONFIGURING', 'COMPLETING', 'SUSPENDED', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED'],
  ...['RESIZING', 'SIGNALING', 'STAGE_OUT', 'STOPPED', 'SPECIAL_EXIT', 'RESV_DEL_HOLD'],
]);

/** Whether it waits, runs, or may yet run. */
export function isGoing(state: string): boolean {
  return going.has(state);
}

/** Whether the state says by itself why there may be no exit file; else one is waited for, because a shared disk may show it late. */
export function saysWhy(state: string): boolean {
  return !['COMPLETED', 'FAILED'].includes(state) && !isGoing(state);
}

export type Cause = 'time-limit' | 'out-of-memory' | 'node-failure' | 'preemption' | 'not-begun';

/** Whether the exit file alone does not say why: it was stopped from outside. */
export function isDoubtful({ end, stopped }: Exit): boolean {
  return !end.ok && (stopped !== undefined || /SIGKILL|SIGTERM/.test(end.message));
}

/** How an attempt ended, by its exit file, by Slurm's last word of its job, and by what Slurm wrote into the job's own output. */
export function fateOf(exit: Exit | undefined, task: QueuedTask | undefined, said: string, began: boolean): JobEnd {
  if (exit?.end.ok === true) return { ...exit.end, seconds: exit.seconds };
  if (exit !== undefined && !isDoubtful(exit)) return exit.end;
  const job = task === undefined ? 'its Slurm job' : `Slurm job ${task.id}`;
  const told = { ok: false, ...(exit?.end.usage === undefined ? {} : { usage: exit.end.usage }) } as const;
  const cause = causeOf(task, said);
  if (cause !== undefined && !began && exit === undefined && cause !== 'node-failure')
    return { ...told, cause: 'not-begun', message: `was not begun: ${job} ended before its turn (${task?.state})` };
  if (cause !== undefined) return { ...told, cause, ...causeWords(cause, job, task, said) };
  if (task?.state === 'CANCELLED')
    return { ...told, final: true, message: `was cancelled: ${job}`, hint: 'by somebody else: this run did not' };
  if (exit !== undefined) return exit.end;
  if (task === undefined)
    return {
      ...told,
      cause: 'node-failure',
      message: 'was lost: Slurm no longer knows its job, which left no word of its end',
    };
  const last = said === '' ? 'its output is empty' : `its output ends: ${said}`;
  return { ...told, message: `left no word of its end: ${job} ended as ${task.state}`, hint: last };
}

const memoryWords = /oom.?kill|exceeded (job |step )?memory limit|out of memory/i;

function causeOf(task: QueuedTask | undefined, said: string): Cause | undefined {
  switch (task?.state) {
    case 'TIMEOUT':
    case 'DEADLINE':
      return 'time-limit';
    case 'OUT_OF_MEMORY':
      return 'out-of-memory';
    case 'PREEMPTED':
      return 'preemption';
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return 'node-failure';
    default:
      // Where Slurm itself counts the memory, without cgroups, the state is FAILED.
      return task !== undefined && memoryWords.test(said) ? 'out-of-memory' : undefined;
  }
}

function causeWords(
  cause: Cause,
  job: string,
  task: QueuedTask | undefined,
  said: string,
): { readonly message: string; readonly hint?: string } {
  const where = task?.node ? ` on ${task.node}` : '';
  switch (cause) {
    case 'time-limit':
      return { message: `was ended by Slurm at its time limit (${job}${where})`, hint: 'ask for more: resources.time' };
    case 'out-of-memory': {
      const line = said.split('\n').find((text) => memoryWords.test(text));
      return {
        message: `was ended by Slurm: out of memory (${job}${where})`,
        hint: `ask for more: resources.memory${line === undefined ? '' : ` (${line.replace(/^slurmstepd[^:]*: (error: )?/, '')})`}`,
      };
    }
    case 'preemption':
      return { message: `was preempted by another job (${job}${where})` };
    default:
      return { message: `was lost with its node (${job}${where}: ${task?.state ?? 'gone'})` };
  }
}
