/** Waits until something that a plan reads may have changed: pipeline.yaml, sources, code. Runs nothing. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { artifactsDir, type Project } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import type { OpenedPlan } from '../run/open-plan.ts';
import { bigStatIfPresent, statIfPresent } from '../store/folders.ts';
import { isPattern, patternBase } from '../store/glob.ts';
import { outsidePath } from '../store/outside-path.ts';
import { fingerprintOf } from '../store/stat-cache.ts';

/** Several changes within this time are one. */
const settleMs = 200;

/** Folders to watch, absolute, and whether with all below them. */
function watchedFolders({ plan, workspace }: OpenedPlan): ReadonlyMap<string, boolean> {
  const { root } = workspace.project;
  const folders = new Map<string, boolean>();
  const add = (path: string, deep: boolean): void => void folders.set(path, (folders.get(path) ?? false) || deep);
  add(root, false);
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
  return folders;
}

/** Whether something that the run looked at is no longer as it was then: it changed before the watch began. */
function changedSince({ workspace }: OpenedPlan, fileBefore: string): boolean {
  const { project, stats } = workspace;
  if (pipelineFileState(project) !== fileBefore) return true;
  const own = [`${artifactsDir(project)}/`, `${project.cacheDir}/`];
  return [...stats.seen].some(([path, fingerprint]) => {
    if (own.some((folder) => path.startsWith(folder))) return false;
    return fingerprint !== stateOf(path);
  });
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
 * `fileBefore`: pipelineFileState before that run.
 */
export function nextChange(opened: OpenedPlan, fileBefore: string, signal: AbortSignal): Promise<void> {
  const { root } = opened.workspace.project;
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const wait = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    for (const [folder, deep] of watchedFolders(opened)) {
      if (statIfPresent(folder)?.isDirectory() !== true) continue;
      const watcher = watch(folder, { recursive: deep, persistent: true }, (_, name) => {
        if (
          folder === root &&
          ['artifacts', 'cache', 'pipeline.lock'].some((own) => name === own || name?.startsWith(`${own}.`) === true)
        )
          return;
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
