/** Where the processes of stages run: the seam between a run, which plans, and a machine or a cluster, which works. Types only. */
import type { CodeClosure } from '../code/code-closure.ts';
import type { StageContract } from '../code/describe-modules.ts';
import type { Gathered } from '../key/read-ingredients.ts';
import type { PlannedStage, Resources } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import type { JobEnd, StageJob } from './stage-job.ts';
import type { Places } from './staging-places.ts';

/** Of a module stage: what it runs. */
export interface StageCode {
  readonly closure: CodeClosure;
  readonly contract: StageContract | undefined;
}

/** Where an attempt at a stage works. */
export interface Desk {
  readonly places: Places;
  /** Its process runs already, or has ended: begun by a run that is no more. */
  readonly going: boolean;
  /** Its process dies with the run: what is left of it is ended by whoever comes next. */
  readonly diesWithRun: boolean;
  /** Its process goes on though this run ends: nothing of it is taken away. */
  readonly staysBehind?: boolean;
  /** Whether nothing that it reads was touched since its process may have begun; where a run sees that by itself, it need not be asked. */
  untouched?(): boolean;
}

/** What is said of an attempt that is made again. */
export interface Again {
  /** So many times the memory and the time that were asked for at first. */
  readonly memory: number;
  readonly time: number;
}

export interface Executor {
  /** What a stage holds of the run's own `--jobs`, memory and slots. */
  occupies(resources: Resources): Resources;
  /** Cores that its process may use. */
  cpusOf(stage: PlannedStage, jobs: number): number;
  claim(workspace: Workspace, stage: PlannedStage, gathered: Gathered): Promise<Desk>;
  /** Runs the process of a stage to its end; an end that is no failure of the stage's own has a cause. */
  run(job: StageJob, code: StageCode | undefined, desk: Desk, again: Again): Promise<JobEnd>;
  /** Whether an attempt that ended for such a cause is made again after so many for the same one; and with what. */
  retry(cause: string, before: ReadonlyMap<string, number>): Again | undefined;
  /** Of what the attempt's desk was, once its result was taken or is not wanted. */
  leave(desk: Desk): void;
  /** At the end of the run. */
  close(): Promise<void>;
}
