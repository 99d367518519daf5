/** Between two runs of `run --watch`. */

import { nextChange, pipelineFileState } from '../inspect/watch.ts';
import type { OpenedPlan } from '../run/open-plan.ts';
import { Workspace } from '../state/workspace.ts';
import type { CommandIo } from './command-io.ts';

/** Begun before a run, so that what changes while it goes on is not missed. */
export class ChangeWatch {
  private readonly io: CommandIo;
  private readonly fileBefore: string;

  constructor(io: CommandIo) {
    this.io = io;
    this.fileBefore = pipelineFileState(io.project);
  }

  /** False where it was interrupted. After a file that cannot be read, the plain project folder is watched until it can. */
  async next(opened: OpenedPlan | undefined): Promise<boolean> {
    const { io } = this;
    if (!io.line.has('json')) io.out('watching; Ctrl-C ends it\n');
    try {
      await nextChange(opened ?? emptyPlan(io), this.fileBefore, io.signal);
      return true;
    } catch (error) {
      if (io.signal.aborted) return false;
      throw error;
    }
  }
}

function emptyPlan({ project }: CommandIo): OpenedPlan {
  const plan = { version: 1 as const, params: {}, targets: {}, stages: [] };
  return { plan, stages: [], workspace: Workspace.open(project, plan), asked: undefined };
}
