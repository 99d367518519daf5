/** One run's view of a project: plan, caches and what is known so far. Opens nothing heavy. */
import type { Digest } from '../../base/digest.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { ActionCache } from '../store/actions.ts';
import { ObjectStore } from '../store/objects.ts';
import { StatCache } from '../store/stat-cache.ts';
import type { TreeRecord } from '../store/tree.ts';
import { type CheckoutState, readCheckoutState, writeCheckoutState } from './checkout-state.ts';

export interface Workspace {
  readonly project: Project;
  readonly plan: Plan;
  readonly state: CheckoutState;
  readonly stats: StatCache;
  readonly actions: ActionCache;
  readonly objects: ObjectStore;
  /** Outputs settled in this run, by project-relative path without final /. */
  readonly known: Map<string, TreeRecord>;
  /** Module → what it reaches, as checked in this run. */
  readonly closures: Map<string, CodeClosure>;
  /** Project-relative path → digest of code files, each looked at once a run; '' where there is none. */
  readonly codeDigests: Map<string, Digest | ''>;
  /** Set where `state` must be written again. */
  stateChanged: boolean;
}

export function openWorkspace(project: Project, plan: Plan): Workspace {
  const state = readCheckoutState(project);
  return {
    project,
    plan,
    state,
    stats: new StatCache(state.files),
    actions: new ActionCache(project.cacheDir),
    objects: new ObjectStore(project.cacheDir),
    known: new Map(),
    closures: new Map(),
    codeDigests: new Map(),
    stateChanged: false,
  };
}

/** Keeps stat records and last results for the next run; a folder that cannot be written costs only time. */
export function saveWorkspace(workspace: Workspace): void {
  const { state, stats } = workspace;
  if (!workspace.stateChanged && !stats.changed) return;
  state.files = stats.settle();
  writeCheckoutState(workspace.project, state);
  workspace.stateChanged = false;
  stats.changed = false;
}
