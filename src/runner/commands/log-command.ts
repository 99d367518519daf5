/** `pipeline log STAGE`: what a stage printed when it last ran, or prints now. */
import { watch } from 'node:fs';
import { basename, join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { runsDir } from '../model/project.ts';
import { openPlan } from '../run/open-plan.ts';
import { type RunRecord, readRunRecords } from '../run/run-record.ts';
import { LogReader } from '../state/read-log.ts';
import { logPath } from '../state/stage-log.ts';
import { entriesOf, statIfPresent } from '../store/folders.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

/** One log to tell. */
interface Asked {
  readonly id: string;
  readonly run: string;
  readonly path: string;
}

export async function logCommand(io: CommandIo): Promise<number> {
  const tail = io.line.text('tail');
  if (tail !== undefined && !/^\d{1,15}$/.test(tail))
    return refuse(io, [{ message: `--tail: expected a number of lines, got '${tail}'` }]);
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const wanted = io.line.operands[0]!;
  const own = readRunRecords(io.project).filter((record) => record.root === io.project.root);
  const named = opened.value.stages.filter((stage) => stage.stage === wanted || stage.id === wanted);
  const ids = (named.length > 0 ? named : opened.value.stages.slice(-1)).map(({ id }) => id);
  const asked = ids.flatMap((id): Asked[] => {
    const run = lastRunOf(io, own, id);
    return run === undefined ? [] : [{ id, run, path: logPath(io.project, run, id) }];
  });
  if (asked.length === 0) io.error(`${wanted} has not run in any run that is still kept\n`);
  for (const [i, one] of asked.entries()) {
    const follow = io.line.has('follow') && i === asked.length - 1;
    await tell(io, one, tail === undefined ? undefined : Number(tail), follow);
  }
  return io.signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

async function tell(io: CommandIo, asked: Asked, tail: number | undefined, follow: boolean): Promise<void> {
  const { id, run, path } = asked;
  const log = LogReader.open(path);
  if (log === undefined || statIfPresent(path)?.size === 0) {
    io.error(`${id} printed nothing when it last ran (run ${run})\n`);
    log?.close();
    return;
  }
  try {
    if (tail !== undefined) log.skipToLast(tail);
    const lines = new Lines();
    const tellLines = (list: readonly string[]): void =>
      io.out(list.map((line) => `${JSON.stringify({ event: 'log', stage: id, run, line })}\n`).join(''));
    const print = (): void => {
      for (const text of log.rest())
        if (io.line.has('json')) tellLines(lines.of(text));
        else io.out(text);
    };
    print();
    if (follow) await untilRunEnds(io, asked, print);
    if (io.line.has('json')) tellLines(lines.last());
  } finally {
    log.close();
  }
}

/** Calls `print` whenever the log grows; resolves when the run is on record, or at Ctrl-C. */
async function untilRunEnds({ project, signal }: CommandIo, { run, path }: Asked, print: () => void): Promise<void> {
  const record = join(runsDir(project), `${run}.json`);
  await new Promise<void>((resolve) => {
    const watchers = [path, runsDir(project)].map((place) => watch(place, look));
    const finish = (): void => {
      for (const watcher of watchers) watcher.close();
      resolve();
    };
    function look(): void {
      const over = statIfPresent(record) !== undefined;
      print();
      if (over) finish();
    }
    signal.addEventListener('abort', finish, { once: true });
    look();
  });
}

/** Longer ones are cut, as where they were written. */
const maxLine = 10_000;

/** Pieces of text → whole lines. */
class Lines {
  private rest = '';

  /** Those that end in the piece. */
  of(text: string): string[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (; this.rest.length > maxLine; this.rest = this.rest.slice(maxLine)) lines.push(this.rest.slice(0, maxLine));
    return lines;
  }

  /** Half a line, which a run that was killed may leave. */
  last(): string[] {
    return this.rest === '' ? [] : [this.rest];
  }
}

/** The newest run in which the stage ran: of those on record, and of those that go on or were killed, the later one. */
function lastRunOf(io: CommandIo, records: readonly RunRecord[], id: string): string | undefined {
  const runs = [unfinishedRun(io, id), records.findLast((record) => ranIn(record, id))?.run];
  return runs
    .filter((run) => run !== undefined)
    .sort(compareText)
    .at(-1);
}

function ranIn({ stages }: RunRecord, id: string): boolean {
  return stages.some(({ stage, status, error }) => stage === id && (status === 'ran' || error !== undefined));
}

/**
 * The newest run without a record in which the stage printed something: it goes on, or was killed. Only in a cache that lies in the
 * project: of another one it is not known whose run it is.
 */
function unfinishedRun({ project }: CommandIo, id: string): string | undefined {
  if (!project.cacheDir.startsWith(`${project.root}/`)) return undefined;
  const names = entriesOf(runsDir(project)).map((path) => basename(path));
  const recorded = new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)));
  return names
    .filter((name) => !name.endsWith('.json') && !recorded.has(name))
    .sort(compareText)
    .findLast((run) => statIfPresent(logPath(project, run, id)) !== undefined);
}
