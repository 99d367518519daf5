/** Parameters of the plan against the schemas of the stages that see them, where they were written. Reads no files. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnostic, Location } from '../../base/located-error.ts';
import type { LoadOptions } from '../load/load-plan.ts';
import type { LocatedYaml } from '../load/located-yaml.ts';
import { isObject, type JsonObject, quotedSetting, valueAt } from '../load/params.ts';
import type { RawPipeline } from '../load/raw-pipeline.ts';
import type { Json, Plan, PlannedStage } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { StageContract } from './describe-modules.ts';
import { inlined } from './inline-schema.ts';
import { type Finding, findingsOf } from './schema-words.ts';

/** What was written, and what became of it. */
export interface WrittenPlan {
  readonly load: LoadOptions;
  readonly plan: Plan;
  readonly yaml: LocatedYaml;
  readonly raw: RawPipeline;
}

interface Place {
  readonly at?: Location;
  /** The --set argument. */
  readonly set?: string;
}

/** Collects what is wrong; the same thing found for several stages is said once. */
export class ParamsCheck {
  private readonly written: WrittenPlan;
  private readonly ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false });
  private readonly validators = new Map<string, ValidateFunction | string>();
  private readonly said = new Map<string, { readonly diagnostic: Diagnostic; readonly stages: Set<string> }>();

  constructor(written: WrittenPlan) {
    this.written = written;
  }

  /** What was found, each with the stages whose schema says so. */
  found(): readonly Diagnostic[] {
    return [...this.said.values()].map(({ diagnostic, stages }) => {
      const speakers = [...stages];
      if (speakers.length === 0) return diagnostic;
      const verb = speakers.length === 1 ? 'says' : 'say';
      return { ...diagnostic, message: `${diagnostic.message}, ${verb} ${speakers.join(' and ')}` };
    });
  }

  /** The stage's parameters as the plan has them. */
  check(stage: PlannedStage, contract: StageContract): void {
    const module = stage.work.kind === 'module' ? stage.work.module : '';
    const validate = this.validatorOf(module, contract);
    if (typeof validate === 'string') {
      this.add({ at: { file: module }, message: `its params schema is not a valid JSON Schema: ${validate}` });
      return;
    }
    for (const finding of this.findings(validate, stage.params)) this.report(stage, finding);
  }

  private validatorOf(module: string, contract: StageContract): ValidateFunction | string {
    const known = this.validators.get(module);
    if (known !== undefined) return known;
    let made: ValidateFunction | string;
    try {
      made = this.ajv.compile(inlined(contract.params));
    } catch (error) {
      made = (error as Error).message;
    }
    this.validators.set(module, made);
    return made;
  }

  private findings(validate: ValidateFunction, params: JsonObject): readonly Finding[] {
    return validate(params) ? [] : findingsOf((validate.errors ?? []) as ErrorObject[]);
  }

  private report(stage: PlannedStage, finding: Finding): void {
    const undeclared = this.undeclaredHint(stage, finding);
    if (undeclared !== undefined) {
      const at = this.written.yaml.placeOf(['stages', stage.stage, 'params'], 'key');
      this.add({ at, message: finding.message, hint: undeclared }, stage);
      return;
    }
    const place = this.placeOf(stage, finding);
    const hint = this.quotesHint(place, finding) ?? finding.hint;
    this.add(
      {
        ...(place.at === undefined ? {} : { at: place.at }),
        message: `${place.set === undefined ? '' : `--set ${printable(place.set)}: `}${finding.message}`,
        ...(hint === undefined ? {} : { hint }),
      },
      stage,
    );
  }

  private add(diagnostic: Diagnostic, stage?: PlannedStage): void {
    const key = JSON.stringify([diagnostic.at, diagnostic.message]);
    const entry = this.said.get(key) ?? { diagnostic, stages: new Set<string>() };
    if (stage?.work.kind === 'module') entry.stages.add(`${stage.work.module} (stage '${stage.stage}')`);
    this.said.set(key, entry);
  }

  /** A key that the tree has and the stage does not declare is the most likely cause of a missing one. */
  private undeclaredHint(stage: PlannedStage, finding: Finding): string | undefined {
    if (finding.missing === undefined) return undefined;
    const key = [...finding.path, finding.missing].join('.');
    if (valueAt(this.written.plan.params, key) === undefined || valueAt(stage.params, key) !== undefined)
      return undefined;
    return `declare it: params: [${key}]`;
  }

  private quotesHint(place: Place, { takesText, value, path }: Finding): string | undefined {
    const key = path.join('.');
    if (!place.set?.startsWith(`${key}=`) || takesText !== true || value === undefined || typeof value === 'object')
      return undefined;
    return `write the text in quotes: --set ${quotedSetting(key, String(value))}`;
  }

  /** Where the value was last written: a matrix axis, the stage's own settings, --set, a profile, or params. */
  private placeOf(stage: PlannedStage, { path, what }: Finding): Place {
    const { load, yaml, raw } = this.written;
    const key = path.join('.');
    const own = raw.stages[stage.stage];
    for (const [axis, value] of Object.entries(stage.axes)) {
      const written = own?.matrix?.[axis];
      const at = ['stages', stage.stage, 'matrix', axis];
      if (isWithin(key, axis))
        return { at: yaml.placeOf(Array.isArray(written) ? [...at, written.indexOf(value)] : at) };
      const settings = isObject(written as Json) ? (written as JsonObject)[String(value)] : undefined;
      const setting = Object.keys(isObject(settings) ? settings : {}).find((outer) => isWithin(key, outer));
      if (setting !== undefined) return { at: yaml.placeOf([...at, String(value), setting]) };
    }
    const setting = Object.keys(own?.set ?? {}).find((outer) => isWithin(key, outer));
    if (setting !== undefined) return { at: yaml.placeOf(['stages', stage.stage, 'set', setting]) };
    if (path[0] === 'plan' && raw.plans?.[stage.stage] !== undefined)
      return { at: yaml.placeOf(['plans', stage.stage, ...path.slice(1)], what) };
    const set = load.sets.findLast((setting) => isWithin(key, setting.slice(0, setting.indexOf('='))));
    if (set !== undefined) return { set };
    for (const profile of [...load.profiles].reverse()) {
      const tree: JsonObject = raw.profiles?.[profile]?.params ?? {};
      if (writes(tree, path)) return { at: yaml.placeOf(['profiles', profile, 'params', ...path], what) };
    }
    return { at: yaml.placeOf(['params', ...path], what) };
  }
}

function isWithin(key: string, outer: string): boolean {
  return key === outer || key.startsWith(`${outer}.`);
}

/** Whether laying a tree over another decides the value at this path. */
function writes(tree: JsonObject, path: readonly string[]): boolean {
  let here: unknown = tree;
  for (const step of path) {
    if (!isObject(here as never)) return true;
    const record = here as JsonObject;
    if (!Object.hasOwn(record, step)) return false;
    here = record[step];
  }
  return true;
}
