/** Where one action works: a private folder in that of its run, and the folder that its outputs are moved to. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../base/digest.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { StagePlace } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { makeFolder } from '../store/atomic-file.ts';
import { type StagedOutput, stagedOutputs } from '../store/outputs.ts';

export interface Places {
  readonly base: string;
  /** Stands for the project's folder; `staging` lies in it as `target` in the project. */
  readonly view: string;
  readonly staging: string;
  readonly tmp: string;
  readonly trash: string;
  readonly target: string;
  readonly outputs: readonly StagedOutput[];
}

/** Makes the folder `base`, which nobody else has. */
export function claimPlaces(workspace: Workspace, stage: StagePlace): Places {
  return placesIn(claim(workspace.stagingFolder, stage.id), workspace, stage);
}

/** Those of a folder that is there. */
export function placesIn(base: string, workspace: Workspace, stage: StagePlace): Places {
  const folder = instanceFolder(stage);
  const view = join(base, 'view');
  return {
    base,
    view,
    staging: join(view, folder),
    tmp: join(base, 'tmp'),
    trash: join(base, 'trash'),
    target: join(workspace.project.root, folder),
    outputs: stagedOutputs(stage.outputs, folder),
  };
}

/** The same for each attempt at a stage, so that what a stage says of where it runs stays the same; another where it is taken. */
function claim(folder: string, id: string): string {
  makeFolder(folder);
  const name = Buffer.byteLength(id) > 100 ? `${id.slice(0, 40)}~${digestOf(id).slice(0, 16)}` : id;
  for (let count = 0; ; count++) {
    const base = join(folder, count === 0 ? name : `${name}~${count}`);
    try {
      mkdirSync(base);
      return base;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
