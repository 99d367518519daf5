/** Artifact kinds: those that contracts name, and whether what a stage makes is what the next one reads. Reads no files. */
import { didYouMean } from '../../base/suggest.ts';
import { artifactKinds, type PortContract } from '../../stage.ts';
import type { Problems } from '../load/problems.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import { printable } from '../model/words.ts';
import type { StageContract } from './describe-modules.ts';

const parents: Readonly<Record<string, readonly string[]>> = artifactKinds;
const own = /^x-[a-z0-9]+(-[a-z0-9]+)*$/;

function isKind(kind: unknown): kind is string {
  return typeof kind === 'string' && (Object.hasOwn(parents, kind) || own.test(kind));
}

/** Whether an artifact of kind `made` is one of kind `wanted`. */
function isA(made: string, wanted: string, folder: boolean): boolean {
  if (made === wanted) return true;
  if (own.test(made)) return wanted === (folder ? 'folder' : 'file');
  return (parents[made] ?? []).some((parent) => isA(parent, wanted, folder));
}

/** Whether what has this kind is a folder: `folder`, and kinds that are one. */
export function isFolderKind(kind: string): boolean {
  return !own.test(kind) && isA(kind, 'folder', true);
}

/** Reports a kind that is not in the list, at the stage's module. */
export function checkKindNames(problems: Problems, stage: PlannedStage, contract: StageContract): void {
  const module = stage.work.kind === 'module' ? stage.work.module : '';
  const groups = { input: contract.inputs, output: contract.outputs };
  for (const [what, ports] of Object.entries(groups)) {
    for (const [name, port] of Object.entries(ports)) {
      const kind: unknown = port?.kind;
      if (isKind(kind)) continue;
      const shown = kind === undefined ? 'has no kind' : `is of kind '${printable(String(kind))}', which is not a kind`;
      const near = didYouMean(String(kind), Object.keys(parents));
      const choices = `the kinds are: ${Object.keys(parents).join(', ')}; one of your own begins with x-, such as x-my-format`;
      problems.report(
        ['stages', stage.stage, 'module'],
        `${what} '${printable(name)}' of ${module} ${shown}`,
        near === undefined ? choices : `${near}; ${choices}`,
      );
    }
  }
}

/** Outputs whose kind is known, by project-relative path. */
type Made = ReadonlyMap<string, { readonly stage: PlannedStage; readonly port: string; readonly kind: string }>;

/** What the module stages of a plan make; outputs of commands have no kind. */
export function madeKinds(plan: Plan, contracts: ReadonlyMap<string, StageContract>): Made {
  const made = new Map<string, { stage: PlannedStage; port: string; kind: string }>();
  for (const stage of plan.stages) {
    const contract = stage.work.kind === 'module' ? contracts.get(stage.work.module) : undefined;
    if (contract === undefined) continue;
    for (const [port, { path }] of Object.entries(stage.outputs)) {
      const kind: unknown = contract.outputs[port]?.kind;
      if (isKind(kind)) made.set(projectPath(path), { stage, port, kind });
    }
  }
  return made;
}

/** Reports inputs that read an artifact of another kind than the module takes; parts of a folder and source files have no kind. */
export function checkWiring(
  problems: Problems,
  stage: PlannedStage,
  inputs: Readonly<Record<string, PortContract>>,
  made: Made,
): void {
  for (const [name, input] of Object.entries(stage.inputs)) {
    const wanted: unknown = inputs[name]?.kind;
    if (input.kind !== 'artifact' || !isKind(wanted)) continue;
    for (const path of input.paths) {
      const found = made.get(projectPath(path));
      if (found === undefined || isA(found.kind, wanted, found.stage.outputs[found.port]!.folder)) continue;
      problems.add({
        at: problems.placeOf(['stages', stage.stage, 'inputs', name]),
        message: `input '${name}' of stage '${stage.stage}' takes kind '${wanted}', and output '${found.port}' of stage '${found.stage.stage}' is of kind '${found.kind}'`,
        hint: fitting(made, wanted, stage),
        related: [
          { at: problems.placeOf(['stages', found.stage.stage, 'outputs', found.port]), message: 'declared here' },
        ],
      });
    }
  }
}

/** Where there is something that fits: what to do. */
function fitting(made: Made, wanted: string, reader: PlannedStage): string {
  const paths = [...made].flatMap(([path, { stage, port, kind }]) => {
    const { folder } = stage.outputs[port]!;
    return stage.stage !== reader.stage && isA(kind, wanted, folder) ? [`${path}${folder ? '/' : ''}`] : [];
  });
  if (paths.length === 0)
    return `no other stage makes one of kind '${wanted}': correct the kind in one of the two modules`;
  return `read one of kind '${wanted}': ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`;
}
