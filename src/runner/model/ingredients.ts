/**
 * What a stage's result depends on, as one flat list: its digest is the key, and two lists side by side are the explanation,
 * so that neither can disagree with the other. Reads no files.
 */

import { canonicalJson } from '../../base/canonical-json.ts';
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { Json, PlannedStage } from './plan.ts';
import { artifactsFolder } from './project-path.ts';

export type IngredientKind =
  | 'format'
  | 'command'
  | 'code'
  | 'package'
  | 'param'
  | 'input'
  /** a file beyond the inputs that the parameters name */
  | 'source'
  | 'env'
  | 'output'
  /** What the stage sees of where an input or output lies. */
  | 'path'
  | 'tool';

/** [kind, name, value]; a value is a digest where it stands for bytes, else canonical JSON or a version. */
export type Ingredient = readonly [IngredientKind, string, string];

/** Counts up whenever equal ingredients may give other outputs or records. */
const formatVersion = '2';

/** What had to be looked up outside the plan. */
export interface GatheredFacts {
  /** Files of the code closure, or of a command's `code`. */
  readonly code: readonly { readonly path: string; readonly digest: Digest }[];
  /** npm packages among the closure, name → version. */
  readonly packages: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, Digest>>;
  /** `inputs.NAME` and `outputs.NAME` → the path as the stage sees it; of a list of paths, their digest. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Files beyond the inputs, by name. */
  readonly sources: Readonly<Record<string, Digest | 'absent'>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tools: Readonly<Record<string, string>>;
}

/** The one walk over all ingredients, in a fixed order. */
export function ingredientsOf(stage: PlannedStage, facts: GatheredFacts): readonly Ingredient[] {
  const list: Ingredient[] = [['format', 'version', formatVersion]];
  if (stage.work.kind === 'command') list.push(['command', 'text', stage.work.command]);
  if (stage.workdir !== undefined) list.push(['command', 'workdir', stage.workdir]);
  for (const file of facts.code) list.push(['code', file.path, file.digest]);
  for (const name of sortedKeys(facts.packages)) list.push(['package', name, facts.packages[name]!]);
  addParams(list, '', stage.params);
  for (const name of sortedKeys(facts.inputs)) list.push(['input', name, facts.inputs[name]!]);
  for (const name of sortedKeys(facts.sources)) list.push(['source', name, facts.sources[name]!]);
  for (const name of sortedKeys(facts.env)) {
    const value = facts.env[name];
    list.push(['env', name, value === undefined ? 'unset' : digestOf(value)]);
  }
  const folder = instanceFolder(stage);
  for (const name of sortedKeys(stage.outputs)) list.push(['output', name, declaration(stage, name, folder)]);
  const paths = facts.paths ?? {};
  for (const name of sortedKeys(paths)) list.push(['path', name, paths[name]!]);
  for (const name of sortedKeys(facts.tools)) list.push(['tool', name, facts.tools[name]!]);
  return list;
}

/** The action key. */
export function keyOf(ingredients: readonly Ingredient[]): Digest {
  return digestOf(JSON.stringify(ingredients));
}

/** `artifacts/smooth/` or `artifacts/smooth/seed=1/`: where an instance's outputs lie. */
export function instanceFolder(stage: Pick<PlannedStage, 'id' | 'stage'>): string {
  const label = stage.id.slice(stage.stage.length + 1);
  return `${artifactsFolder}/${stage.stage}/${label === '' ? '' : `${label}/`}`;
}

function declaration(stage: PlannedStage, name: string, folder: string): string {
  const { path, folder: isFolder } = stage.outputs[name]!;
  const relative = path.startsWith(folder) ? path.slice(folder.length) : path;
  return isFolder && !relative.endsWith('/') ? `${relative}/` : relative;
}

function addParams(list: Ingredient[], before: string, tree: { readonly [key: string]: Json }): void {
  for (const key of sortedKeys(tree)) {
    const value = tree[key]!;
    const name = before === '' ? key : `${before}.${key}`;
    if (isBranch(value)) addParams(list, name, value);
    else list.push(['param', name, canonicalJson(value)]);
  }
}

function isBranch(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function sortedKeys(record: object): string[] {
  return Object.keys(record).sort(compareText);
}

/** One ingredient that differs between two lists. */
export interface Change {
  readonly kind: IngredientKind;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** Every ingredient that differs, in the order of the walk. */
export function compareIngredients(before: readonly Ingredient[], after: readonly Ingredient[]): readonly Change[] {
  const old = new Map(before.map(([kind, name, value]) => [`${kind} ${name}`, value]));
  const seen = new Set<string>();
  const changes: Change[] = [];
  for (const [kind, name, value] of after) {
    const id = `${kind} ${name}`;
    seen.add(id);
    const was = old.get(id);
    if (was !== value) changes.push({ kind, name, after: value, ...(was === undefined ? {} : { before: was }) });
  }
  for (const [kind, name, value] of before)
    if (!seen.has(`${kind} ${name}`)) changes.push({ kind, name, before: value });
  return changes.filter((change) => !isTold(change, changes));
}

/** A path that is new, gone, or changed with the declaration of its output says nothing that is not said already. */
function isTold({ kind, name, before, after }: Change, changes: readonly Change[]): boolean {
  if (kind !== 'path') return false;
  const [group, port] = name.split('.') as [string, string];
  const other = changes.find((change) => `${change.kind}s` === group && change.name === port);
  return other !== undefined && (group === 'outputs' || before === undefined || after === undefined);
}

/** `param train.epochs: 6 → 7`, one line for people. */
export function describeChange(change: Change): string {
  const { kind, name } = change;
  if (kind === 'format') return 'the record format of the runner changed';
  if (kind === 'command' && name !== 'workdir') return 'the command changed';
  const head = name === '' || name === 'workdir' ? name || kind : `${kind} ${name}`;
  if (change.before === undefined) return `${head} is new${kind === 'param' ? ` (${shorten(change.after!)})` : ''}`;
  if (change.after === undefined) return `${head} is gone`;
  if (kind === 'source' && change.after === 'absent') return `${name} is gone`;
  if (kind === 'source') return `${name} ${change.before === 'absent' ? 'is there now' : 'changed'}`;
  if (kind === 'input' || kind === 'code' || kind === 'env') return `${head} changed`;
  return `${head}: ${shorten(change.before)} → ${shorten(change.after)}`;
}

/** A value short enough for one line. */
export function shorten(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 12);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
