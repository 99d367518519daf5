/** The cache was deleted, but artifacts/ and pipeline.lock still hold a result: it goes into the cache again. Runs nothing. */
import { join } from 'node:path';
import { listedFiles } from '../key/read-ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Verdict } from '../verdict/judge-stage.ts';

export async function storeAgain(
  workspace: Workspace,
  stage: PlannedStage,
  verdict: Extract<Verdict, { kind: 'fresh' }>,
  run: string,
): Promise<void> {
  const { project, objects, actions } = workspace;
  const { gathered, outputs } = verdict;
  for (const [name, { path }] of Object.entries(stage.outputs))
    for (const file of outputs[name]!.files)
      await objects.put(join(project.root, path, file.path), file.digest, file.size);
  const { key, ingredients } = gathered;
  const inputFiles = listedFiles(gathered);
  actions.write({ format: 1, key, stage: stage.id, ingredients, inputFiles, outputs, headlines: [], seconds: 0, run });
}
