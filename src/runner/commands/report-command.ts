/** `pipeline report`: brings pages up to date, adds to each what the run was, and opens it. Knows no science: a page is an output that ends in .html. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { loadPlan } from '../load/load-plan.ts';
import type { RunEvent, StageEvent } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import { artifactsFolder } from '../model/project-path.ts';
import { type OpenedPlan, openPlan } from '../run/open-plan.ts';
import { runPipeline } from '../run/run.ts';
import { writeFileAtomic } from '../store/atomic-file.ts';
import { renderGraph } from '../views/graph.ts';
import { changedParams, type PageRecord, withRecord } from '../views/page-record.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';
import { openView } from './open-view.ts';

/** What no TARGET means. */
const usualStage = 'report';

export async function reportCommand(io: CommandIo): Promise<number> {
  const flags = planFlags(io);
  const targets = flags.targets.length > 0 ? flags.targets : [usualStage];
  const opened = await openPlan({ ...flags, targets });
  if (!opened.ok) return refuse(io, opened.error);
  const pages = pagesOf(opened.value);
  if (pages.length === 0)
    return refuse(io, [
      { message: `${targets.join(' ')}: makes no page`, hint: 'name a stage with an output that ends in .html' },
    ]);
  const ends: StageEvent[] = [];
  const view = await openView(io);
  const emit = (event: RunEvent): void => {
    if (event.event === 'stage') ends.push(event);
    view.on(event);
  };
  const options = { force: [], keepGoing: false, dryRun: false, frozen: false, lock: false };
  const run = { commandLine: io.commandLine, signal: io.signal, emit };
  const outcome = await runPipeline({ ...flags, ...options, ...run, targets }).finally(() => view.close());
  if (!outcome.ok) return refuse(io, outcome.error);
  if (outcome.value.interrupted) return exitCodes.interrupted;
  if (outcome.value.summary.failed > 0) return exitCodes.failed;
  const record = await recordOf(io, outcome.value.opened, ends);
  const paths = pages.map((page) => writePage(io, page, record));
  tell(io, paths);
  return exitCodes.done;
}

/** Outputs of the stages that were asked for, else of those that these need. */
function pagesOf({ stages, asked }: OpenedPlan): readonly { readonly stage: string; readonly path: string }[] {
  const all = stages.flatMap(({ id, outputs }) =>
    Object.values(outputs).flatMap(({ path }) => (path.endsWith('.html') ? [{ stage: id, path }] : [])),
  );
  const own = all.filter(({ stage }) => asked?.has(stage) === true);
  return own.length > 0 ? own : all;
}

async function recordOf(
  io: CommandIo,
  { plan, stages, workspace }: OpenedPlan,
  ends: readonly StageEvent[],
): Promise<PageRecord> {
  const status = Object.fromEntries(ends.map((end) => [end.stage, end.status]));
  const took = ({ key, seconds }: StageEvent): number => workspace.actions.read(key as Digest)?.seconds ?? seconds;
  const plain = await plainPlan(io);
  return {
    graph: renderGraph(plan, 'svg', { stages, status }),
    started: new Date().toISOString(),
    command: `pipeline ${io.commandLine.join(' ')}`,
    stages: ends.map((end) => ({ stage: end.stage, status: end.status, seconds: took(end), key: end.key })),
    changed: changedParams(plain?.params ?? {}, plan.params),
  };
}

/** Without profiles and --set: what pipeline.yaml says by itself. */
async function plainPlan({ project }: CommandIo): Promise<Plan | undefined> {
  const { root, file, cacheDir } = project;
  const plan = await loadPlan({ projectDir: root, file, profiles: [], sets: [], cacheDir });
  return plan.ok ? plan.value : undefined;
}

/** Beside the cached output, which stays as its stage made it. */
function writePage(
  { project }: CommandIo,
  page: { readonly stage: string; readonly path: string },
  record: PageRecord,
): string {
  const path = join(artifactsFolder, '.report', `${page.stage.replaceAll('/', '_')}.html`);
  writeFileAtomic(join(project.root, path), withRecord(readFileSync(join(project.root, page.path), 'utf8'), record));
  return path;
}

function tell(io: CommandIo, paths: readonly string[]): void {
  for (const path of paths) {
    if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'page', path })}\n`);
    else io.out(`${path}\n`);
    if (io.terminal !== undefined) openInBrowser(join(io.project.root, path));
  }
}

/** Where there is a screen to show it on; what does not open is no fault of the page. */
function openInBrowser(path: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const screen = process.platform === 'darwin' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
  if (!screen) return;
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [path], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
