/** Where a lock file says two things of one input: what its producer made, and what its consumer read. Reads no files. */
import type { Digest } from '../../base/digest.ts';
import { digestOfList } from '../key/read-inputs.ts';
import type { PlannedInput, PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import type { LockedStage, LockedStages } from '../state/pipeline-lock.ts';

/** The plan's stages by instance. */
export type PlanById = ReadonlyMap<string, PlannedStage>;

/** Of the inputs that are whole outputs of other stages: those that the lock contradicts itself on. */
export function tornInputs(stage: PlannedStage, entry: LockedStage, locked: LockedStages, plan: PlanById): string[] {
  return Object.entries(stage.inputs).flatMap(([name, input]) => {
    if (input.kind !== 'artifact') return [];
    const missing = input.producers.find((id) => !Object.hasOwn(locked, id));
    if (missing !== undefined) return [`the lock says what input ${name} was, and not what ${missing} makes`];
    const made = lockedDigest(input, locked, plan);
    return made === undefined || made === entry.ingredients[`input ${name}`]
      ? []
      : [`input ${name} is not what it says ${input.producers.join(', ')} made`];
  });
}

/** What the lock says that the producers made; undefined where the input is a part of an output. */
function lockedDigest(
  input: Extract<PlannedInput, { kind: 'artifact' }>,
  locked: LockedStages,
  plan: PlanById,
): Digest | undefined {
  const wholes = input.paths.map((path, i) => {
    const id = input.producers[i]!;
    const producer = plan.get(id);
    const output = Object.entries(producer?.outputs ?? {}).find(
      ([, out]) => projectPath(out.path) === projectPath(path),
    );
    return output === undefined ? undefined : { path: projectPath(path), digest: locked[id]?.outputs[output[0]] };
  });
  if (wholes.some((whole) => whole?.digest === undefined)) return undefined;
  const known = wholes.map((whole) => ({ path: whole!.path, digest: whole!.digest! }));
  return input.list ? digestOfList(known) : known[0]!.digest;
}
