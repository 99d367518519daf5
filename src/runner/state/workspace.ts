/** One run's view of a project: plan, caches and what is known so far. A class, so that a second look cannot share half of it by mistake. */
import type { Digest } from '../../base/digest.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import type { ProjectPath } from '../model/project-path.ts';
import type { RemoteLink } from '../remote/remote-link.ts';
import { ActionCache } from '../store/actions.ts';
import { type Ignored, ignoring } from '../store/ignore.ts';
import { ObjectStore } from '../store/objects.ts';
import { StatCache } from '../store/stat-cache.ts';
import type { TreeRecord } from '../store/tree.ts';
import {
  type CheckoutState,
  copyOfMaps,
  readCheckoutState,
  withPlainMaps,
  writeCheckoutState,
} from './checkout-state.ts';

function ignoredBy(project: Project, plan: Plan): Ignored {
  return ignoring(project.root, plan.ignore ?? []);
}

export class Workspace {
  readonly project: Project;
  readonly plan: Plan;
  readonly state: CheckoutState;
  readonly stats: StatCache;
  readonly actions: ActionCache;
  readonly objects: ObjectStore;
  /** Outputs settled in this run, by project-relative path. */
  readonly known: Map<ProjectPath, TreeRecord> = new Map();
  /** Module → what it reaches, as checked in this run. */
  readonly closures: Map<string, CodeClosure> = new Map();
  /** Project-relative path → digest of code files, each looked at once a run; '' where there is none. */
  readonly codeDigests: Map<string, Digest | ''> = new Map();
  /** Where the run under way works in private, on the file system of artifacts/; set once it has claimed its part of the checkout. */
  staging: string | undefined;
  /** Where results may also be, of a run that asks there. */
  remote: RemoteLink | undefined;
  /** Whether people know that the cache cannot be written. */
  toldOfCache = false;
  /** The state as it was read: what differs from it was entered since. */
  before: CheckoutState;
  private readonly mark: { changed: boolean };

  private constructor(
    project: Project,
    plan: Plan,
    state: CheckoutState,
    stats: StatCache,
    mark: { changed: boolean },
  ) {
    this.project = project;
    this.plan = plan;
    this.state = state;
    this.stats = stats;
    this.mark = mark;
    this.actions = new ActionCache(project.cacheDir);
    this.objects = new ObjectStore(project.cacheDir);
    this.before = copyOfMaps(state);
  }

  static open(project: Project, plan: Plan): Workspace {
    const state = readCheckoutState(project);
    return new Workspace(project, plan, state, new StatCache(state.files, undefined, ignoredBy(project, plan)), {
      changed: false,
    });
  }

  /** Of a run that has claimed its part of the checkout. */
  get stagingFolder(): string {
    if (this.staging === undefined) throw new Error('nothing of the checkout is claimed');
    return this.staging;
  }

  /** Set where `state` must be written again. */
  get stateChanged(): boolean {
    return this.mark.changed;
  }

  set stateChanged(changed: boolean) {
    this.mark.changed = changed;
  }

  /** The same state and stat records, with nothing taken as known in this run. */
  lookingAfresh(): Workspace {
    return new Workspace(this.project, this.plan, this.state, this.stats, this.mark);
  }

  /** Forgets what is known of this run's first look, and takes over what other runs noted since. */
  lookAgain(): void {
    for (const known of [this.known, this.closures, this.codeDigests]) known.clear();
    const { stages, closures, sources, locks } = readCheckoutState(this.project);
    Object.assign(this.state.stages, stages);
    Object.assign(this.state.closures, closures);
    Object.assign(this.state.sources, sources);
    Object.assign(this.state.locks, locks);
    this.before = { ...copyOfMaps(this.state), files: this.before.files };
  }

  /** For looking only: believes no stat record, and what is noted in it reaches neither this workspace nor the disk. */
  lookingOnly(): Workspace {
    return new Workspace(
      this.project,
      this.plan,
      withPlainMaps(structuredClone(this.state)),
      new StatCache({}, undefined, ignoredBy(this.project, this.plan)),
      { changed: false },
    );
  }
}

/** Whether something was learned that the next run may use. */
export function needsSaving({ stateChanged, stats }: Workspace): boolean {
  return stateChanged || stats.changed;
}

/** Keeps stat records and last results for the next run. Where the folder cannot be written, gives the error: that costs only time. */
export function saveWorkspace(workspace: Workspace): unknown {
  const { state, stats } = workspace;
  if (!needsSaving(workspace)) return undefined;
  state.files = stats.settle();
  try {
    writeCheckoutState(workspace.project, state, workspace.before);
  } catch (error) {
    return error;
  }
  workspace.stateChanged = false;
  stats.changed = false;
  return undefined;
}
