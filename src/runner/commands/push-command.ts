/** `pipeline push`: what the cache has of the targets, into the remote; runs nothing, and sends nothing that is there already. */
import type { Diagnostic } from '../../base/located-error.ts';
import { formatBytes } from '../model/words.ts';
import type { RemoteCache } from '../remote/remote-cache.ts';
import { RemoteLink } from '../remote/remote-link.ts';
import { openPlan } from '../run/open-plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { type Preview, preview } from '../verdict/preview.ts';
import { type CommandIo, exitCodes, planFlags, refuse, remoteFlags } from './command-io.ts';

export const noRemote: Diagnostic = {
  message: 'no remote is chosen',
  hint: 'name one with --remote, or as remote: url in your configuration (docs/caches.md)',
};
const readOnly: Diagnostic = {
  message: 'the remote is only read here: --read-only, or remote: write in your configuration',
};

export async function pushCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan({ ...planFlags(io), toMake: true });
  if (!opened.ok) return refuse(io, opened.error);
  const { workspace, stages } = opened.value;
  const { actions, objects, project } = workspace;
  const link = new RemoteLink(remoteFlags(io), io.cwd, { actions, objects, cacheDir: project.cacheDir }, (text) =>
    tellMessage(io, text),
  );
  const remote = await link.open();
  if (remote?.writes !== true) return refuse(io, [remote === undefined ? noRemote : readOnly]);
  const stop = (): void => void link.close();
  io.signal.addEventListener('abort', stop, { once: true });
  const known = await preview(workspace, stages, () => false);
  const offered = known.filter((one) => offer(remote, workspace, one)).length;
  const lost = await remote.drain();
  await link.close();
  tellEnd(io, { pushed: offered - lost, failed: lost, absent: known.length - offered, bytes: remote.count.sent });
  if (io.signal.aborted) return exitCodes.interrupted;
  return lost > 0 ? exitCodes.failed : exitCodes.done;
}

/** Whether the cache has the stage's present result whole, and so it is sent. */
function offer(remote: RemoteCache, { actions }: Workspace, { verdict, event }: Preview): boolean {
  if (verdict.kind === 'blocked' || (event.status !== 'cached' && event.status !== 'restored')) return false;
  const record = actions.read(verdict.gathered.key);
  if (record === undefined || record.kept === false) return false;
  remote.offer(record);
  return true;
}

function tellMessage(io: CommandIo, text: string): void {
  if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'message', text })}\n`);
  else io.error(`${text}\n`);
}

/** Counts of results, and bytes of objects that went over the line. */
interface PushEnd {
  readonly pushed: number;
  readonly failed: number;
  readonly absent: number;
  readonly bytes: number;
}

function tellEnd(io: CommandIo, end: PushEnd): void {
  if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'summary', ...end })}\n`);
  else {
    const failed = end.failed > 0 ? `, ${end.failed} could not be put there` : '';
    const absent = end.absent > 0 ? `, ${end.absent} not in the cache` : '';
    io.out(
      `${end.pushed} result${end.pushed === 1 ? ' is' : 's are'} in the remote${failed}${absent}; ${formatBytes(end.bytes)} of objects sent\n`,
    );
  }
}
