/** Waits until something that a plan reads or made may have changed: pipeline.yaml, sources, code, outputs. Runs nothing. */
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { includedPlaces, isAsIncluded } from '../load/include.ts';
import { isPattern, patternBase } from '../model/path-pattern.ts';
import { artifactsDir, type Project } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import type { OpenedPlan } from '../run/open-plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { bigStatIfPresent, statIfPresent } from '../store/folders.ts';
import { outsidePath } from '../store/outside-path.ts';
import { fingerprintOf } from '../store/stat-cache.ts';

/** Several changes within this time are one. */
const settleMs = 200;

/** Folders to watch, absolute, and whether with all below them. */
function watchedFolders({ plan, stages, workspace }: OpenedPlan): ReadonlyMap<string, boolean> {
  const { root } = workspace.project;
  const folders = new Map<string, boolean>();
  const add = (path: string, deep: boolean): void => void folders.set(path, (folders.get(path) ?? false) || deep);
  add(root, false);
  for (const place of plan.included === undefined ? [] : includedPlaces(plan.included))
    if (statIfPresent(join(root, place))?.isDirectory() === true) add(join(root, place), false);
  const addSource = (pattern: string): void => {
    const plain = projectPath(pattern);
    if (isPattern(pattern)) add(join(root, patternBase(pattern)), true);
    else if (statIfPresent(join(root, plain))?.isDirectory() === true) add(join(root, plain), true);
    else add(dirname(join(root, plain)), false);
  };
  for (const stage of plan.stages) {
    for (const input of Object.values(stage.inputs)) if (input.kind === 'source') addSource(input.pattern);
    for (const pattern of stage.code) addSource(pattern);
    for (const name of workspace.state.sources[stage.id]?.names ?? []) add(dirname(outsidePath(root, name)), false);
  }
  for (const closure of workspace.closures.values())
    for (const file of [...closure.files.map((one) => one.file), ...closure.watched.map((one) => one.path)])
      if (!file.includes('node_modules')) add(dirname(join(root, file)), false);
  for (const { outputs } of stages)
    for (const { path, folder } of Object.values(outputs))
      add(folder ? join(root, projectPath(path)) : dirname(join(root, path)), folder);
  for (const path of linkedPlaces(workspace)) add(path, statIfPresent(path)?.isDirectory() === true);
  return folders;
}

/** What links among the inputs lead to: of a file its folder, of a folder itself. */
function linkedPlaces({ project, stats }: Workspace): ReadonlySet<string> {
  const places = new Set<string>();
  for (const path of stats.seen.keys()) {
    if (isOwn(project, path) || path.includes('/node_modules/')) continue;
    const real = realPath(path);
    if (real === undefined || real === path) continue;
    places.add(statIfPresent(real)?.isDirectory() === true ? real : dirname(real));
  }
  return places;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** What the runner writes itself. */
function isOwn(project: Project, path: string): boolean {
  return [artifactsDir(project), project.cacheDir].some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Whether a change at a path is none of an input, of code or of an output: what runners write, and what counts for nothing. */
function isIdle({ workspace }: OpenedPlan, watched: string, path: string): boolean {
  const { project, stats } = workspace;
  if (isOwn(project, path) && !isOwn(project, watched)) return true;
  if (isOwn(project, path)) return false;
  if (dirname(path) === project.root && /\.lock(?:\.|$)/.test(path)) return true;
  const parts = relative(watched, path).split('/');
  const below = parts.map((_, i) => join(watched, ...parts.slice(0, i + 1)));
  // What it was may be gone: it counts for nothing where it would as a folder or as a file.
  return below.some((one) => stats.ignored(one, true) || stats.ignored(one, false));
}

/** Whether something that the run looked at is no longer as it was then: it changed before the watch began. */
function changedSince({ plan, workspace }: OpenedPlan, fileBefore: string): boolean {
  const { project, stats } = workspace;
  if (plan.included !== undefined && !isAsIncluded(project.root, project.file, plan.included)) return true;
  if (pipelineFileState(project) !== fileBefore) return true;
  return [...stats.seen].some(([path, fingerprint]) => !isOwn(project, path) && fingerprint !== stateOf(path));
}

function stateOf(path: string): string {
  const stat = bigStatIfPresent(path);
  return stat === undefined ? '' : fingerprintOf(stat);
}

/** Of the pipeline file as it is now; taken before a run, it shows what changed during it. */
export function pipelineFileState(project: Project): string {
  return stateOf(join(project.root, project.file));
}

/**
 * Resolves at the first change since the run that `opened` comes from, once it has settled; rejects with the signal's reason.
 * `fileBefore`: pipelineFileState before that run; `beside`: more folders to watch, absolute.
 */
export function nextChange(
  opened: OpenedPlan,
  fileBefore: string,
  signal: AbortSignal,
  beside: readonly string[] = [],
): Promise<void> {
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const wait = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    const folders = new Map(watchedFolders(opened));
    for (const folder of beside) if (!folders.has(folder)) folders.set(folder, false);
    for (const [folder, deep] of folders) {
      if (statIfPresent(folder)?.isDirectory() !== true) continue;
      const watcher = watch(folder, { recursive: deep, persistent: true }, (kind, name) => {
        const path = join(folder, name ?? '');
        // What changed in a folder is told by its own name too.
        if (kind === 'change' && statIfPresent(path)?.isDirectory() === true) return;
        if (isIdle(opened, folder, path)) return;
        clearTimeout(timer);
        timer = setTimeout(resolve, settleMs);
      });
      watcher.on('error', () => undefined);
      watchers.push(watcher);
    }
    if (changedSince(opened, fileBefore)) timer = setTimeout(resolve, settleMs);
  });
  return wait.finally(() => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  });
}
