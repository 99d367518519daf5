/** The executor of a run here in a checkout where a run that was killed left jobs: follows those to their end, and does the rest itself. */
import type { Gathered } from '../../key/read-ingredients.ts';
import type { PlannedStage, Resources } from '../../model/plan.ts';
import type { Workspace } from '../../state/workspace.ts';
import type { Again, Desk, Executor, StageCode } from '../executor.ts';
import { localExecutor } from '../run-here.ts';
import type { JobEnd, StageJob } from '../stage-job.ts';
import type { SlurmExecutor } from './slurm-executor.ts';

export class LeftJobsExecutor implements Executor {
  private readonly slurm: SlurmExecutor;

  constructor(slurm: SlurmExecutor) {
    this.slurm = slurm;
  }

  occupies(resources: Resources): Resources {
    return localExecutor.occupies(resources);
  }

  cpusOf(stage: PlannedStage, jobs: number): number {
    return localExecutor.cpusOf(stage, jobs);
  }

  async claim(workspace: Workspace, stage: PlannedStage, gathered: Gathered): Promise<Desk> {
    return (await this.slurm.takeUp(workspace, stage, gathered)) ?? localExecutor.claim(workspace, stage, gathered);
  }

  run(job: StageJob, code: StageCode | undefined, desk: Desk, again: Again): Promise<JobEnd> {
    return this.of(desk).run(job, code, desk, again);
  }

  retry(cause: string, before: ReadonlyMap<string, number>): Again | undefined {
    return this.slurm.retry(cause, before);
  }

  leave(desk: Desk): void {
    this.of(desk).leave(desk);
  }

  close(): Promise<void> {
    return this.slurm.close();
  }

  private of(desk: Desk): Executor {
    return this.slurm.owns(desk) ? this.slurm : localExecutor;
  }
}
