/** Between two runs of `run --watch`. */

import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../base/located-error.ts';
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

  /** False where it was interrupted. After files that were refused, the project's folder and theirs are watched until they are not. */
  async next(opened: OpenedPlan | undefined, refused: readonly Diagnostic[] = []): Promise<boolean> {
    const { io } = this;
    if (!io.line.has('json')) io.out('watching; Ctrl-C ends it\n');
    try {
      const files = refused.flatMap(({ at }) => (at === undefined ? [] : [dirname(join(io.project.root, at.file))]));
      await nextChange(opened ?? emptyPlan(io), this.fileBefore, io.signal, files);
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
