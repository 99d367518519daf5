/** `pipeline log STAGE`: what a stage printed when it last ran. */
import { basename } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { runsDir } from '../model/project.ts';
import { openPlan } from '../run/open-plan.ts';
import { type RunRecord, readRunRecords } from '../run/run-record.ts';
import { logPath } from '../state/stage-log.ts';
import { readTextIfPresent } from '../store/atomic-file.ts';
import { entriesOf, statIfPresent } from '../store/folders.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function logCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const wanted = io.line.operands[0]!;
  const records = readRunRecords(io.project)
    .filter((record) => record.root === io.project.root)
    .reverse();
  const asked = opened.value.stages.filter((stage) => stage.stage === wanted || stage.id === wanted);
  let found = false;
  for (const { id } of asked.length > 0 ? asked : opened.value.stages.slice(-1)) {
    const run = unfinishedRun(io, id) ?? records.find((record) => ranIn(record, id))?.run;
    if (run === undefined) continue;
    found = true;
    const text = readTextIfPresent(logPath(io.project, run, id)) ?? '';
    if (text === '') io.error(`${id} printed nothing when it last ran (run ${run})\n`);
    else if (io.line.has('json'))
      for (const line of text.split('\n').slice(0, -1))
        io.out(`${JSON.stringify({ event: 'log', stage: id, run, line })}\n`);
    else io.out(text);
  }
  if (found) return exitCodes.done;
  io.error(`${wanted} has not run in any run that is still kept\n`);
  return exitCodes.done;
}

function ranIn({ stages }: RunRecord, id: string): boolean {
  return stages.some(({ stage, status, error }) => stage === id && (status === 'ran' || error !== undefined));
}

/**
 * The newest run without a record, newer than every record, in which the stage printed something: it goes on, or was killed. Only in a
 * cache that lies in the project: of another one it is not known whose run it is.
 */
function unfinishedRun({ project }: CommandIo, id: string): string | undefined {
  if (!project.cacheDir.startsWith(`${project.root}/`)) return undefined;
  const names = entriesOf(runsDir(project)).map((path) => basename(path));
  const last =
    names
      .filter((name) => name.endsWith('.json'))
      .sort(compareText)
      .at(-1) ?? '';
  return names
    .filter((name) => !name.endsWith('.json') && compareText(`${name}.json`, last) > 0)
    .sort(compareText)
    .findLast((run) => statIfPresent(logPath(project, run, id)) !== undefined);
}
