/** `pipeline pull`: what the remote has of the targets, into artifacts/; runs nothing. */
import { readRemoteSettings } from '../remote/settings.ts';
import { runPipeline } from '../run/run.ts';
import { type CommandIo, exitCodes, planFlags, refuse, remoteFlags } from './command-io.ts';
import { openView } from './open-view.ts';
import { noRemote } from './push-command.ts';

export async function pullCommand(io: CommandIo): Promise<number> {
  const remote = { ...remoteFlags(io), readOnly: true };
  if ((await readRemoteSettings(remote, io.cwd)) === undefined) return refuse(io, [noRemote]);
  const view = await openView(io);
  const outcome = await runPipeline({
    ...planFlags(io),
    ...{ force: [], keepGoing: true, dryRun: false, frozen: false, lock: false, pullOnly: true },
    ...{ remote, commandLine: io.commandLine, signal: io.signal, emit: view.on },
  }).finally(() => view.close());
  if (!outcome.ok) return refuse(io, outcome.error);
  const { interrupted, summary } = outcome.value;
  if (interrupted) return exitCodes.interrupted;
  return summary.failed + summary.skipped > 0 ? exitCodes.failed : exitCodes.done;
}
