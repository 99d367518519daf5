/** Writes the record of a run that found nothing to do, where all that it looked at can be believed. Changes nothing else. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../../base/digest.ts';
import { findProgram, isPlainProgram, programPaths } from '../../key/tool-version.ts';
import { includedPlaces, isAsIncluded } from '../../load/include.ts';
import { type StageEvent, summarise } from '../../model/events.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { lockFilePath } from '../../model/project.ts';
import type { Workspace } from '../../state/workspace.ts';
import { writeFileAtomic } from '../../store/atomic-file.ts';
import { StatCache } from '../../store/stat-cache.ts';
import { formatCounts, formatHeadlines, formatSeconds, warningLines } from '../../views/words.ts';
import { envDigest, fingerprintsDigest, type NoOpQuestion, type NoOpRecord, noOpPath, noOpQuestion } from './find.ts';

/** Begun before anything is read: what the stat cache does not watch over. */
export class NoOpKeeper {
  private readonly question: NoOpQuestion | undefined;
  private readonly own = new StatCache();

  constructor(args: readonly string[], root: string) {
    const question = noOpQuestion(args, process.cwd());
    this.question = question?.root === root ? question : undefined;
    this.own.look(`${root}/pipeline.yaml`);
  }

  /** Keeps the record; a cache that cannot be written, or a file too young to be believed, costs only time. */
  keep(workspace: Workspace, stages: readonly PlannedStage[], events: readonly StageEvent[]): void {
    const { question } = this;
    const { project, stats, state } = workspace;
    if (question === undefined || question.cacheDir !== project.cacheDir) return;
    const looks = new StatCache();
    looks.look(lockFilePath(project));
    // The runner itself: built anew, it may judge otherwise.
    looks.look(fileURLToPath(new URL('../../../cli.js', import.meta.url)));
    const tools = [...new Set(stages.flatMap((stage) => stage.tools))];
    for (const tool of tools) if (!watchTool(looks, tool)) return;
    if (!watchIncluded(looks, workspace)) return;
    const seen = [...this.own.seen, ...stats.seen, ...looks.seen];
    if (seen.some(([, fingerprint]) => fingerprint === undefined)) return;
    const home = stages.some((stage) => state.sources[stage.id]?.names.some((name) => name.startsWith('~')));
    const looked = [...(tools.length > 0 ? ['PATH'] : []), ...(home ? ['HOME'] : [])];
    const env = [...new Set([...stages.flatMap((stage) => stage.env), ...looked])].sort();
    const inside = `${project.root}/`;
    const record: NoOpRecord = {
      version: 3,
      args: question.args,
      root: question.root,
      env,
      envDigest: envDigest(env),
      stages: stages.length,
      text: question.args.includes('--json') ? jsonText(events) : plainText(events),
      statDigest: fingerprintsDigest(seen.map(([, fingerprint]) => fingerprint!)),
      paths: seen.map(([path]) => (path.startsWith(inside) ? path.slice(inside.length) : path)),
    };
    const body = JSON.stringify(record);
    try {
      writeFileAtomic(noOpPath(question), `${digestOf(body)}\n${body}`);
    } catch {
      return;
    }
  }
}

/** The included files and the folders that are searched for them; false where they are no longer what the plan was made from. */
function watchIncluded(looks: StatCache, { project, plan }: Workspace): boolean {
  const { included } = plan;
  if (included === undefined) return true;
  for (const place of includedPlaces(included)) looks.look(join(project.root, place));
  return isAsIncluded(project.root, project.file, included);
}

/** Every place where the program is looked for, up to where it is; false where what it starts depends on more than itself. */
function watchTool(looks: StatCache, tool: string): boolean {
  const path = findProgram(tool);
  if (path === undefined || !isPlainProgram(tool, path)) return false;
  for (const candidate of programPaths(tool)) {
    looks.look(candidate);
    if (existsSync(candidate)) break;
  }
  looks.look(path);
  return true;
}

function plainText(events: readonly StageEvent[]): readonly [string, string] {
  const told = [formatHeadlines(events), warningLines(events).join('\n')].filter((text) => text !== '');
  const counts = formatCounts(summarise(events, 0));
  const cut = counts.indexOf(formatSeconds(0));
  return [
    `${told.map((text) => `${text}\n\n`).join('')}${counts.slice(0, cut)}`,
    `${counts.slice(cut + '0.0'.length)}\n`,
  ];
}

function jsonText(events: readonly StageEvent[]): readonly [string, string] {
  const lines = [...events, summarise(events, 0)].map((event) => JSON.stringify(event)).join('\n');
  const end = '0}';
  return [lines.slice(0, -end.length), '}\n'];
}
