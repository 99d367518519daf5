/** Which folders of artifacts/ a run uses, and as what: whether two runs may go on side by side. Reads no files. */
import { digestOfJson } from '../../base/digest.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { Plan, PlannedStage, StagePlace } from '../model/plan.ts';

/**
 * Project-relative folder without final /, or `slot NAME` → what the run puts there: two that put the same there share it. Where a run
 * only reads, `asItIs`.
 */
export type FolderClaims = Readonly<Record<string, string>>;

/** Of who puts nothing there, and wants nobody else to do so meanwhile. */
const asItIs = 'as it is';

/**
 * Of a run of these stages: it writes their folders, reads those of what they need, and uses their slots, whose places are counted within
 * one run. `env` gives values of environment variables.
 */
export function claimsOfRun(
  plan: Plan,
  stages: readonly PlannedStage[],
  env: Readonly<Record<string, string | undefined>>,
): FolderClaims {
  const versions = stageVersions(plan, env);
  const slots = new Set(stages.flatMap(({ resources }) => Object.keys(resources.slots)));
  const whole = digestOfJson([...versions.values()]);
  return {
    ...claimsOfReader(plan, stages),
    ...Object.fromEntries(stages.map((stage) => [folderOf(stage), versions.get(stage.id)!])),
    ...Object.fromEntries([...slots].map((slot) => [`slot ${encodeURIComponent(slot)}`, whole])),
  };
}

/** Of one that only reads what these stages and those they need have made. */
export function claimsOfReader(plan: Plan, stages: readonly PlannedStage[]): FolderClaims {
  const read = new Set(stages.flatMap(({ id, needs }) => [id, ...needs]));
  const used = plan.stages.filter(({ id }) => read.has(id));
  return Object.fromEntries(used.map((stage) => [folderOf(stage), asItIs]));
}

/** Of one that does to these folders what no run would: it shares them with nobody. */
export function claimsAlone(folders: readonly string[]): FolderClaims {
  const nobodys = `alone ${process.pid} ${process.hrtime.bigint()}`;
  return Object.fromEntries(folders.map((folder) => [folder, nobodys]));
}

/** Where the outputs of an instance lie. */
export function folderOf(stage: Pick<StagePlace, 'id' | 'stage'>): string {
  return instanceFolder(stage).replace(/\/$/, '');
}

/** A folder that two cannot use at once; undefined where they do not meet. */
export function clash(one: FolderClaims, other: FolderClaims): string | undefined {
  return meeting(one, other) ?? meeting(other, one);
}

/** Looks up each folder of `one`, and those above it, in `other`: where one lies in another, they cannot put the same there. */
function meeting(one: FolderClaims, other: FolderClaims): string | undefined {
  return Object.keys(one).find((folder) =>
    [folder, ...foldersAbove(folder)].some((path) => {
      const theirs = Object.hasOwn(other, path) ? other[path] : undefined;
      if (theirs === undefined) return false;
      return theirs !== one[folder] || (path !== folder && theirs !== asItIs);
    }),
  );
}

/** `a/b/c` → `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Stage → a digest of all that the plan and the environment say of how it is made, and of what it needs: not of where that is written. */
function stageVersions(plan: Plan, env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const stage of plan.stages) {
    const names = [...stage.env, ...(stage.tools.length > 0 ? ['PATH'] : [])];
    const seen = names.map((name) => env[name] ?? null);
    const needs = stage.needs.map((need) => versions.get(need) ?? null);
    const facts = { stage: { ...stage, at: null }, ignore: plan.ignore ?? null, seen, needs };
    versions.set(stage.id, digestOfJson(facts).slice(0, 16));
  }
  return versions;
}
