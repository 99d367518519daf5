/** The files beyond its inputs that a module stage says it reads: which they are, and what they are now. Decides nothing. */
import { dirname, join } from 'node:path';
import { type Digest, digestOfJson } from '../../base/digest.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import { closureDigest } from '../code/describe-modules.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { outsidePath, statIfThere } from '../store/outside-path.ts';
import type { StatCache } from '../store/stat-cache.ts';
import { readTree } from '../store/tree.ts';

/** One such file (or folder) at this moment. */
export interface SourceState {
  /** As the stage names it: it enters the key under this name, so that a relative one is the same everywhere. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest | 'absent';
}

/** Throws a UserError where the module's `sources` fails. Cost: a stat a file; a child process where code or parameters are new. */
export async function readSources(
  workspace: Workspace,
  stage: PlannedStage,
  closure: CodeClosure,
): Promise<readonly SourceState[]> {
  return (await sourceNames(workspace, stage, closure)).map((name) => {
    const path = outsidePath(workspace.project.root, name);
    return { name, path, digest: digestAt(path, workspace.stats) };
  });
}

function digestAt(path: string, stats: StatCache): Digest | 'absent' {
  if (statIfThere(path) !== undefined) return readTree(path, stats, 'source')?.digest ?? 'absent';
  // It may come where it is missed, or in the place of a file that is not a folder on its way.
  const above = nearestAbove(path);
  stats.look(statIfThere(above)?.isDirectory() === true ? path : above);
  return 'absent';
}

function nearestAbove(path: string): string {
  let above = dirname(path);
  while (statIfThere(above) === undefined && above !== dirname(above)) above = dirname(above);
  return above;
}

/** What the stage last said, while code and parameters are the same. */
async function sourceNames(
  workspace: Workspace,
  stage: PlannedStage,
  closure: CodeClosure,
): Promise<readonly string[]> {
  const asked = digestOfJson([closureDigest(closure), stage.params]);
  const known = workspace.state.sources[stage.id];
  if (known?.asked === asked) return known.names;
  const names = await namesBy(workspace, stage, closure);
  if (names === undefined) return [];
  workspace.state.sources[stage.id] = { asked, names };
  workspace.stateChanged = true;
  return names;
}

/** undefined where the module cannot be loaded: whoever checks its contract says so. */
async function namesBy(
  workspace: Workspace,
  stage: PlannedStage,
  closure: CodeClosure,
): Promise<readonly string[] | undefined> {
  if (stage.work.kind !== 'module') return [];
  const { project } = workspace;
  const { describeModules } = await import('../code/describe-modules.ts');
  const described = await describeModules(project.root, new Map([[stage.work.module, closure]]), project.cacheDir);
  const module = described.get(stage.work.module);
  if (module?.ok !== true) return undefined;
  if (module.contract.sources !== true) return [];
  const { askSources } = await import('../code/stage-sources.ts');
  return [...new Set(askSources(stage.work.module, join(project.root, closure.entry), stage.params))].sort();
}
