/** A result that is known already: brought back from the cache into artifacts/, or put into the cache from there. Runs nothing. */
import { join } from 'node:path';
import { listedFiles } from '../key/read-ingredients.ts';
import type { PlannedStage, StagePlace } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { fillStaging, publish } from '../store/outputs.ts';
import { removeTree } from '../store/remove-tree.ts';
import type { Trees, Verdict } from '../verdict/judge-stage.ts';
import { Aside } from './keep-aside.ts';
import type { RunContext } from './run-context.ts';
import { claimPlaces, type Places } from './staging-places.ts';

/** Brings a known result back into artifacts/; undefined where an object is missing or damaged, here and in the remote. */
export async function restore(
  context: Pick<RunContext, 'workspace' | 'emit'>,
  stage: StagePlace,
  record: ActionRecord,
): Promise<Trees | undefined> {
  const { workspace } = context;
  const { outputs } = record;
  if (Object.keys(stage.outputs).some((name) => outputs[name] === undefined)) return undefined;
  const places = claimPlaces(workspace, stage);
  try {
    if (!(await fillFromCaches(workspace, places, outputs))) return undefined;
    const aside = new Aside(workspace, stage.id);
    publish(places.staging, places.target, places.outputs, outputs, places.trash, workspace.stats, aside);
    aside.tell(context, stage.id);
    return outputs;
  } finally {
    removeTree(places.base);
  }
}

/** From the cache, and what it lacks, or has damaged, from the remote. */
async function fillFromCaches(
  workspace: Workspace,
  { staging, outputs: staged }: Places,
  outputs: Trees,
): Promise<boolean> {
  const { objects } = workspace;
  const remote = await workspace.remote?.open();
  const files = Object.values(outputs).flatMap((tree) => tree.files);
  if (remote !== undefined && !(await remote.fetch(files))) return false;
  if (await fillStaging(staging, staged, outputs, objects)) return true;
  if (remote === undefined || !(await remote.fetch(files))) return false;
  removeTree(staging);
  return fillStaging(staging, staged, outputs, objects);
}

/** Where the cache was deleted, but artifacts/ and pipeline.lock still hold the result. */
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
