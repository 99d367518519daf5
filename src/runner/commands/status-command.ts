/** `pipeline status`: what is stale and why. */
import { summarise } from '../model/events.ts';
import { checkedPreview } from '../run/checked-preview.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { formatTable, shortReasons, statusWord } from '../views/words.ts';
import { type CommandIo, checkedStatus, exitCodes, planFlags, refuse } from './command-io.ts';

export async function statusCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const previews = await checkedPreview(opened.value, planFlags(io), () => false);
  if (!previews.ok) return refuse(io, previews.error);
  const ends = previews.value.map(({ event }) => event);
  saveWorkspace(opened.value.workspace);
  const summary = summarise(ends, 0);
  const code = io.line.has('check') ? checkedStatus(summary) : summary.failed > 0 ? exitCodes.failed : exitCodes.done;
  if (io.line.has('json')) {
    for (const event of [...ends, summary]) io.out(`${JSON.stringify(event)}\n`);
    return code;
  }
  const words = { failed: 'cannot run', cached: 'up to date' } as Record<string, string>;
  const rows = ends.map((end) => [
    end.stage,
    words[end.status] ?? statusWord(end.status, true),
    (end.error ?? shortReasons(end.reason)).replaceAll('\n', ' '),
  ]);
  io.out(`${formatTable(rows)}\n`);
  return code;
}
