/** pipeline.yaml and the files that it includes → one document that knows where each of its parts stands. Gives no meaning to it. */
import { basename } from 'node:path';
import type { Diagnostic, Location } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Included, Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import { checkIncludedSchema, checkPipelineSchema, namePattern } from './check-schema.ts';
import { type IncludedFile, noteIncluded, refuseInclude } from './include.ts';
import { type JsonPath, type LocatedYaml, parseLocatedYaml } from './located-yaml.ts';
import { isObject, type JsonObject, mergeDeep } from './params.ts';
import { collectProblems, type Problems, sortedProblems } from './problems.ts';
import { type RawPipeline, type Repaired, withoutFaults } from './raw-pipeline.ts';
import { decodeUtf8 } from './read-file.ts';

export interface PlanSource {
  readonly text: string;
  /** As shown in messages. */
  readonly file: string;
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
  /** The files that one pattern of `include` means; nothing is included where this is not given. */
  readonly include?: (pattern: string) => Result<readonly IncludedFile[], readonly Diagnostic[]>;
}

/** A project's whole pipeline as text: what all its files say, and where. */
export interface WholePipeline {
  readonly yaml: LocatedYaml;
  readonly raw: RawPipeline;
  /** Stages of which something was taken away. */
  readonly damaged: ReadonlySet<string>;
  readonly included: Included | undefined;
  readonly problems: Problems;
}

interface Part extends Repaired {
  /** The file's name without .yaml: the one key of its parameters; '' for pipeline.yaml. */
  readonly name: string;
  readonly path: string;
  readonly yaml: LocatedYaml;
  readonly problems: Problems;
}

/** Reads all files and what is wrong with each by itself; an error where too little is left to look at the whole. */
export function readWhole(source: PlanSource): Result<WholePipeline, readonly Diagnostic[]> {
  const yaml = parseLocatedYaml(source.text, source.file);
  if (!yaml.ok) return err(sortedProblems(yaml.error));
  const problems = collectProblems(yaml.value);
  const repaired = withoutFaults(yaml.value.value, checkPipelineSchema(yaml.value.value, problems));
  if (repaired === undefined) return err(sortedProblems(problems.list));
  const root: Part = { ...repaired, name: '', path: source.file, yaml: yaml.value, problems };
  const files = source.include === undefined ? [] : includedFiles(root, source.include);
  const parts = files.map((file) => readPart(file));
  const lost = parts.flatMap((part) => (part.ok ? [] : part.error));
  const whole = combine(
    root,
    parts.flatMap((part) => (part.ok ? [part.value] : [])),
  );
  if (lost.length > 0) return err(sortedProblems([...whole.problems.list, ...lost]));
  const patterns = root.raw.include ?? undefined;
  return ok({ ...whole, included: patterns && noteIncluded(patterns, files) });
}

function includedFiles(root: Part, include: NonNullable<PlanSource['include']>): readonly IncludedFile[] {
  const files = new Map<string, IncludedFile>();
  for (const [i, pattern] of (root.raw.include ?? []).entries()) {
    const refusal = refuseInclude(pattern);
    if (refusal !== undefined) {
      root.problems.report(['include', i], `'${printable(pattern)}' ${refusal.message}`, refusal.hint);
      continue;
    }
    const found = include(pattern);
    if (!found.ok)
      for (const { at, message } of found.error)
        root.problems.report(['include', i], `${printable(at?.file ?? pattern)} ${message}`);
    else for (const file of found.value) files.set(file.path, file);
  }
  return [...files.values()];
}

function readPart({ path, bytes }: IncludedFile): Result<Part, readonly Diagnostic[]> {
  const name = basename(path).replace(/\.ya?ml$/, '');
  const text = decodeUtf8(bytes);
  if (text === undefined) return err([{ at: { file: path, line: 1, column: 1 }, message: 'is not UTF-8 text' }]);
  const yaml = parseLocatedYaml(text, path);
  if (!yaml.ok) return yaml;
  const problems = collectProblems(yaml.value);
  if (!namePattern.test(name))
    problems.report(
      [],
      `'${printable(name)}' cannot name an included file`,
      'letters, digits, _ and -, such as nulls.yaml',
    );
  const faults = checkIncludedSchema(yaml.value.value, problems);
  if (!isObject(yaml.value.value)) return err(problems.list);
  const repaired = withoutFaults({ stages: {}, ...yaml.value.value }, faults);
  return repaired === undefined ? err(problems.list) : ok({ ...repaired, name, path, yaml: yaml.value, problems });
}

/** Which file a part of the whole was written in, by its first two (of profiles: four) steps. */
class Owners {
  private readonly owners = new Map<string, Part>();

  note(path: readonly string[], part: Part): void {
    this.owners.set(JSON.stringify(path), part);
  }

  of(path: JsonPath): Part | undefined {
    const steps = path.map(String);
    return this.owners.get(JSON.stringify(steps.slice(0, steps[0] === 'profiles' ? 4 : 2)));
  }
}

function combine(root: Part, parts: readonly Part[]): Omit<WholePipeline, 'included'> {
  const owners = new Owners();
  const all = [root, ...parts];
  const raw: RawPipeline = {
    ...root.raw,
    stages: joined('stages', all, owners),
    targets: joined('targets', all, owners),
    params: joinedParams(root, parts, owners),
    profiles: joinedProfiles(root, parts, owners),
    plans: Object.fromEntries(
      parts.flatMap((part) => Object.keys(part.raw.stages).map((stage) => [stage, part.raw.plan ?? {}])),
    ),
  };
  const partOf = (path: JsonPath): LocatedYaml => (owners.of(path) ?? root).yaml;
  const yaml: LocatedYaml = {
    value: raw as unknown as Json,
    faults: all.flatMap((part) => part.yaml.faults),
    placeOf: (path, what) => placeIn(partOf(path), path, what),
    placeWithin: (path, needle) => partOf(path).placeWithin(path, needle),
  };
  const problems = collectProblems(yaml);
  for (const part of all) for (const found of part.problems.list) problems.add(found);
  return { yaml, raw, damaged: new Set(all.flatMap((part) => [...part.damaged])), problems };
}

/** `['plans', stage, …]` is the plan of the file that the stage stands in. */
function placeIn(yaml: LocatedYaml, path: JsonPath, what: 'key' | 'value' | undefined): Location {
  return yaml.placeOf(path[0] === 'plans' ? ['plan', ...path.slice(2)] : path, what);
}

/** Stages or target lists of all files; a name that stands in two of them is told at the later one. */
function joined<G extends 'stages' | 'targets'>(
  group: G,
  parts: readonly Part[],
  owners: Owners,
): NonNullable<RawPipeline[G]> {
  const record: Record<string, unknown> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries<unknown>(part.raw[group] ?? {})) {
      const path = [group, name];
      const first = owners.of(path);
      if (part.name !== '' && name === 'default' && group === 'targets')
        part.problems.report(path, "'default' is named in pipeline.yaml alone", undefined, 'key');
      else if (first !== undefined)
        part.problems.add({
          at: part.yaml.placeOf(path, 'key'),
          message: `there is a ${group === 'stages' ? 'stage' : 'target list'} '${name}' already`,
          related: [{ at: first.yaml.placeOf(path, 'key'), message: 'first stood here' }],
          hint: 'names are unique over all files',
        });
      else {
        record[name] = value;
        owners.note(path, part);
        if (group === 'stages') owners.note(['plans', name], part);
      }
    }
  return record as NonNullable<RawPipeline[G]>;
}

function joinedParams(root: Part, parts: readonly Part[], owners: Owners): JsonObject {
  const params: { [key: string]: Json } = { ...root.raw.params };
  for (const part of parts) {
    const own = ownParams(part, part.raw.params ?? {}, ['params']);
    const { name } = part;
    if (own === undefined) continue;
    const first = owners.of(['params', name]) ?? (Object.hasOwn(params, name) ? root : undefined);
    if (first !== undefined)
      part.problems.add({
        at: part.yaml.placeOf(['params', name], 'key'),
        message: `there is a parameter '${name}' already`,
        related: [{ at: first.yaml.placeOf(['params', name], 'key'), message: 'first stood here' }],
      });
    else {
      params[name] = own;
      owners.note(['params', name], part);
    }
  }
  return params;
}

function joinedProfiles(root: Part, parts: readonly Part[], owners: Owners): NonNullable<RawPipeline['profiles']> {
  const profiles: { [key: string]: { readonly params?: JsonObject | null } } = { ...root.raw.profiles };
  for (const part of parts)
    for (const [profile, { params }] of Object.entries(part.raw.profiles ?? {})) {
      const own = ownParams(part, params ?? {}, ['profiles', profile, 'params']);
      const before = profiles[profile]?.params ?? {};
      profiles[profile] = { params: own === undefined ? before : mergeDeep(before, { [part.name]: own }) };
      owners.note(['profiles', profile, 'params', part.name], part);
    }
  return profiles;
}

/** What stands at a file's own key; any other key is told. */
function ownParams(part: Part, params: JsonObject, path: readonly string[]): Json | undefined {
  for (const key of Object.keys(params))
    if (key !== part.name)
      part.problems.report(
        [...path, key],
        `'${printable(key)}' is no parameter of this file`,
        `its parameters lie under '${part.name}'; lay others over by a stage's 'set' or 'matrix'`,
        'key',
      );
  return Object.hasOwn(params, part.name) ? params[part.name] : undefined;
}
