/** The experiments among the stages of a run, and what there is to say of their seals. Runs no stage. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { locatePlan } from '../load/build-plan.ts';
import { planSource } from '../load/load-plan.ts';
import type { JsonObject } from '../load/params.ts';
import { selectStages } from '../load/select.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { differencesFrom, readSeal, type Seal, sealNow, sealPath } from '../verdict/seal.ts';

/** What a plan was loaded with. */
interface LoadedWith {
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
}

/** The included file of an experiment's name, or undefined. */
export function experimentFile({ plan }: Workspace, name: string): string | undefined {
  return plan.included?.files.map(([path]) => path).find((path) => nameOf(path) === name);
}

function nameOf(path: string): string {
  return basename(path).replace(/\.ya?ml$/, '');
}

/** The seal of an included file as it would be now: of all its stages and what they need. */
export async function sealOfFile(workspace: Workspace, file: string, loaded: LoadedWith): Promise<Seal> {
  const { plan } = workspace;
  const own = plan.stages.filter(({ at }) => at.file === file);
  const stages = selectStages(plan, { targets: own.map(({ id }) => id) });
  const context = { experiment: nameOf(file), profiles: loaded.profiles, plan: planOf(workspace, own, loaded) };
  return sealNow(workspace, own.length > 0 && stages.ok ? stages.value : [], {
    ...context,
    profiles: [...context.profiles],
  });
}

function planOf({ project }: Workspace, own: readonly PlannedStage[], loaded: LoadedWith): JsonObject {
  const text = readFileSync(join(project.root, project.file), 'utf8');
  const located = locatePlan(planSource({ projectDir: project.root, file: project.file, ...loaded }, text));
  return located?.raw.plans?.[own[0]?.stage ?? ''] ?? {};
}

/** One sentence an experiment that has a seal: that the run is under it, or what differs. */
export async function sealSentences(
  workspace: Workspace,
  stages: readonly PlannedStage[],
  loaded: LoadedWith,
): Promise<readonly string[]> {
  const included = new Set(workspace.plan.included?.files.map(([path]) => path));
  const files = new Set(stages.map(({ at }) => at.file).filter((file) => included.has(file)));
  const sentences: string[] = [];
  for (const file of files) {
    const path = sealPath(file, loaded.profiles);
    const seal = readSeal(workspace.project.root, path);
    if (seal === undefined) continue;
    sentences.push(sealSentence(path, differencesFrom(seal, await sealOfFile(workspace, file, loaded))));
  }
  return sentences;
}

/** At most five differences are named. */
export function sealSentence(path: string, differences: readonly string[]): string {
  if (differences.length === 0) return `${path}: made under the sealed plan`;
  const shown = differences.slice(0, 5).join('; ');
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : '';
  return `${path}: not what was sealed: ${shown}${more}`;
}
