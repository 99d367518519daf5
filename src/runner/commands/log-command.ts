/** `pipeline log STAGE`: what a stage printed when it last ran. */
import { readFileSync } from 'node:fs';
import { openPlan } from '../run/open-plan.ts';
import { readRunRecords } from '../run/run-record.ts';
import { logPath } from '../state/stage-log.ts';
import { statIfPresent } from '../store/folders.ts';
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
    const run = records.find((record) => statIfPresent(logPath(io.project, record.run, id)) !== undefined);
    if (run === undefined) continue;
    found = true;
    const text = readFileSync(logPath(io.project, run.run, id), 'utf8');
    if (io.line.has('json'))
      for (const line of text.split('\n').slice(0, -1))
        io.out(`${JSON.stringify({ event: 'log', stage: id, run: run.run, line })}\n`);
    else io.out(text);
  }
  if (found) return exitCodes.done;
  io.error(`${wanted} has printed nothing in any run that is still kept\n`);
  return exitCodes.done;
}
