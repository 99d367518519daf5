/** What a project's present artifacts were made of, gathered once for every form in which provenance is told. Writes nothing. */
import { basename, join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import { version } from '../../base/version.ts';
import type { Ingredient } from '../model/ingredients.ts';
import type { Json, PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import type { OpenedPlan } from '../run/open-plan.ts';
import { type RunRecord, readRunRecords } from '../run/run-record.ts';
import type { ActionRecord } from '../store/actions.ts';
import { readTextIfPresent } from '../store/atomic-file.ts';
import { hashFileSync } from '../store/hash-file.ts';
import type { TreeRecord } from '../store/tree.ts';
import { preview } from '../verdict/preview.ts';
import { type Terms, termsIn } from './terms.ts';

/** A file or folder that a stage read or wrote. */
export interface Thing {
  readonly port: string;
  /** Project-relative, without final /. */
  readonly path: string;
  readonly folder: boolean;
  readonly digest: Digest;
  /** Its files, project-relative, where they are known. */
  readonly files: readonly { readonly path: string; readonly digest: Digest; readonly size?: number }[];
  /** Stages that made it; none of a source. */
  readonly makers: readonly string[];
}

export interface MadeStage {
  readonly stage: PlannedStage;
  readonly record: ActionRecord;
  /** Its outputs lie in artifacts/ or in the cache. */
  readonly here: boolean;
  readonly asked: boolean;
  readonly inputs: readonly Thing[];
  readonly outputs: readonly Thing[];
  readonly ran: RunRecord['stages'][number] | undefined;
}

export interface MadeProject {
  readonly name: string;
  readonly file: { readonly path: string; readonly digest: Digest };
  readonly params: { readonly [key: string]: Json };
  readonly runner: string;
  readonly stages: readonly MadeStage[];
  /** The last run that made one of these results, where it is on record. */
  readonly run: Pick<RunRecord, 'run' | 'started' | 'summary' | 'arguments'> | undefined;
  /** Digest of a fetched file → what its manifest says of it. */
  readonly terms: ReadonlyMap<string, Terms>;
}

/** Throws a UserError that names the stages whose results are not there. */
export async function madeProject({ workspace, stages, plan, asked }: OpenedPlan): Promise<MadeProject> {
  const previews = await preview(workspace, stages, () => false);
  const runs = new Map(readRunRecords(workspace.project).map((run) => [run.run, run]));
  const missing: string[] = [];
  const made: MadeStage[] = [];
  for (const { stage, verdict, event } of previews) {
    const record = verdict.kind === 'blocked' ? undefined : workspace.actions.read(verdict.gathered.key);
    if (verdict.kind === 'blocked' || record === undefined) missing.push(stage.id);
    else
      made.push({
        ...{ stage, record, here: event.status === 'cached' || event.status === 'restored' },
        asked: asked?.has(stage.id) !== false,
        inputs: inputsOf(stage, verdict.gathered.inputs),
        outputs: Object.entries(stage.outputs).map(([port, { path }]) =>
          thingOf(port, path, record.outputs[port]!, []),
        ),
        ran: runs.get(record.run)?.stages.find((one) => one.key === record.key),
      });
  }
  if (missing.length > 0)
    throw userError(
      `there is no result of ${missing.slice(0, 5).join(', ')} to tell the provenance of`,
      'pipeline run makes it',
    );
  const { root, file } = workspace.project;
  const last = made
    .map(({ record }) => record.run)
    .filter((run) => runs.has(run))
    .sort()
    .at(-1);
  return {
    ...{ name: basename(root), params: plan.params, runner: version, stages: made },
    file: { path: file, digest: hashFileSync(join(root, file)) },
    run: last === undefined ? undefined : runs.get(last),
    terms: new Map(made.flatMap((one) => manifestsOf(workspace.project.root, workspace.objects, one)).flatMap(termsIn)),
  };
}

/** Texts of the files called manifest.json that a stage made. */
function manifestsOf(root: string, objects: { path(digest: Digest): string }, { outputs }: MadeStage): string[] {
  const files = outputs.flatMap((one) => one.files).filter(({ path }) => basename(path) === 'manifest.json');
  return files.flatMap(({ path, digest }) => {
    return readTextIfPresent(objects.path(digest)) ?? readTextIfPresent(join(root, path)) ?? [];
  });
}

function inputsOf(
  stage: PlannedStage,
  states: Readonly<Record<string, { digest: Digest; paths: readonly string[]; files: Thing['files'] }>>,
): Thing[] {
  return Object.entries(states).map(([port, { digest, paths, files }]) => {
    const input = stage.inputs[port]!;
    const path = paths.length === 1 ? paths[0]! : input.kind === 'source' ? input.pattern : paths.join(' ');
    const folder = files.length !== 1 || files[0]!.path !== path;
    return { port, path, folder, digest, files, makers: input.kind === 'artifact' ? input.producers : [] };
  });
}

function thingOf(port: string, path: string, tree: TreeRecord, makers: readonly string[]): Thing {
  const plain = projectPath(path);
  const files = tree.files.map((file) => ({ ...file, path: file.path === '' ? plain : `${plain}/${file.path}` }));
  return { port, path: plain, folder: tree.folder, digest: tree.digest, files, makers };
}

/** The parameters that a stage saw, dotted key → canonical JSON. */
export function paramsOf({ record }: MadeStage): readonly (readonly [string, string])[] {
  return record.ingredients.flatMap(([kind, name, value]: Ingredient) =>
    kind === 'param' ? [[name, value] as const] : [],
  );
}

/** Its code: files with their digests, packages and tools with their versions. */
export function codeOf({ record }: MadeStage): readonly Ingredient[] {
  return record.ingredients.filter(([kind]) => ['command', 'code', 'package', 'tool'].includes(kind));
}
