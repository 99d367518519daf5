/** `pipeline restore RUN`: the artifacts of a past run, back from the cache. */
import { loadPlan } from '../load/load-plan.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import { claimsAlone, folderOf } from '../locks/folder-claims.ts';
import type { RunEvent } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { findRun, runsOf } from '../run/find-run.ts';
import { type BroughtBack, restoreRun } from '../run/restore-run.ts';
import { readRunRecords } from '../run/run-record.ts';
import { saveWorkspace, Workspace } from '../state/workspace.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, refuse } from './command-io.ts';

const words = { restored: 'restored', cached: 'in place already', missing: 'no longer in the cache' } as const;

export async function restoreCommand(io: CommandIo): Promise<number> {
  const { project, signal, line } = io;
  const found = findRun(runsOf(project, readRunRecords(project)), line.operands[0]!);
  if (!found.ok) return refuse(io, [found.error]);
  const workspace = Workspace.open(project, await planIfAny(project));
  const folders = found.value.stages.map(({ stage: id }) => folderOf({ id, stage: id.split('@')[0]! }));
  const wish = { claims: claimsAlone(folders), doing: 'brings a past run back' };
  const lock = await CheckoutLock.acquire(project, wish, signal, (holder) => io.error(`waits for ${holder}\n`));
  workspace.staging = lock.folder;
  const back: BroughtBack[] = [];
  try {
    await restoreRun({ workspace, signal, emit: (event) => warn(io, event) }, found.value, (one) => back.push(one));
    saveWorkspace(workspace);
  } finally {
    await lock.release();
  }
  tell(io, found.value.run, back);
  if (signal.aborted) return exitCodes.interrupted;
  return back.some(({ status }) => status === 'missing') ? exitCodes.failed : exitCodes.done;
}

/** The present plan tells what else stages made; where it cannot be read, the cache's records do. */
async function planIfAny({ root, file, cacheDir }: Project): Promise<Plan> {
  const plan = await loadPlan({ projectDir: root, file, profiles: [], sets: [], cacheDir });
  return plan.ok ? plan.value : { version: 1, params: {}, targets: {}, stages: [] };
}

function warn(io: CommandIo, event: RunEvent): void {
  if (event.event !== 'warning') return;
  if (io.line.has('json')) io.out(`${JSON.stringify(event)}\n`);
  else io.error(`${event.stage}: ${event.text}\n`);
}

function tell(io: CommandIo, run: string, back: readonly BroughtBack[]): void {
  const count = (status: BroughtBack['status']): number => back.filter((one) => one.status === status).length;
  const counts = { restored: count('restored'), cached: count('cached'), missing: count('missing') };
  if (io.line.has('json')) {
    for (const one of back) io.out(`${JSON.stringify({ event: 'restore', ...one })}\n`);
    io.out(`${JSON.stringify({ event: 'summary', run, ...counts })}\n`);
    return;
  }
  const rows = back.map(({ stage, status }) => [stage, words[status]]);
  const { restored, cached, missing } = counts;
  const lost = missing === 0 ? '' : `, ${missing} ${words.missing}`;
  io.out(`${rows.length === 0 ? '' : `${formatTable(rows)}\n\n`}`);
  io.out(`run ${run}: ${restored} restored, ${cached} ${words.cached}${lost}; outputs in artifacts/\n`);
}
