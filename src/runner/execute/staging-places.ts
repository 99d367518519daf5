/** Where one action works: a private folder in artifacts/.staging, and the folder that its outputs are moved to. */
import { join } from 'node:path';
import { instanceFolder } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import { stagingDir } from '../model/project.ts';
import type { Workspace } from '../state/workspace.ts';
import { type StagedOutput, stagedOutputs } from '../store/outputs.ts';

export interface Places {
  readonly base: string;
  readonly staging: string;
  readonly tmp: string;
  readonly trash: string;
  readonly target: string;
  readonly outputs: readonly StagedOutput[];
}

let serial = 0;

export function placesFor(workspace: Workspace, stage: PlannedStage, key: string): Places {
  const base = join(stagingDir(workspace.project), `${key.slice(0, 16)}-${process.pid}-${serial++}`);
  const folder = instanceFolder(stage);
  return {
    base,
    staging: join(base, 'out'),
    tmp: join(base, 'tmp'),
    trash: join(base, 'trash'),
    target: join(workspace.project.root, folder),
    outputs: stagedOutputs(stage.outputs, folder),
  };
}
