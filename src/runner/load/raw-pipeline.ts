/** pipeline.yaml as its schema promises it: the shape after validation, before any meaning. */
import type { ExecutorName, Json, SlurmRetries } from '../model/plan.ts';
import type { JsonPath } from './located-yaml.ts';
import type { Matrix } from './matrix.ts';
import { isObject, type JsonObject } from './params.ts';

export interface RawStage {
  readonly module?: string;
  readonly command?: string;
  readonly code?: readonly string[];
  readonly params?: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly passEnv?: readonly string[];
  readonly workdir?: string;
  readonly sandbox?: boolean | { readonly paths?: readonly string[]; readonly devices?: readonly string[] };
  readonly metrics?: readonly string[];
  readonly resources?: {
    readonly cpus?: number;
    readonly memory?: string | number;
    readonly slots?: Readonly<Record<string, number>>;
    readonly time?: string | number;
    readonly gpus?: number;
  };
  readonly slurm?: RawWishes;
  readonly timeout?: string | number;
  readonly retries?: number;
  readonly cache?: boolean;
  readonly network?: boolean;
  readonly tools?: readonly string[];
  readonly matrix?: Matrix;
  /** Dotted key → value: laid over the tree for this stage alone. */
  readonly set?: JsonObject;
}

export interface RawWishes {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly time?: string | number;
  readonly memory?: string | number;
  readonly cpus?: number;
  readonly gpus?: number;
  readonly group?: number;
  readonly flags?: readonly string[];
}

export interface RawSlurm extends RawWishes {
  readonly stages?: Readonly<Record<string, RawWishes>>;
  readonly jobs?: number;
  readonly poll?: string | number;
  readonly retry?: SlurmRetries;
}

/** Said at the top of the file and in a profile. */
interface RawWhere {
  readonly executor?: ExecutorName;
  readonly slurm?: RawSlurm;
}

export interface RawPipeline extends RawWhere {
  readonly version: 1;
  readonly params?: JsonObject | null;
  readonly profiles?: Readonly<Record<string, RawWhere & { readonly params?: JsonObject | null }>> | null;
  readonly targets?: Readonly<Record<string, readonly string[]>> | null;
  readonly ignore?: readonly string[] | null;
  readonly slots?: Readonly<Record<string, number>> | null;
  /** Patterns of files beside it, such as experiments/*.yaml. */
  readonly include?: readonly string[] | null;
  /** What an included file says will be compared. */
  readonly plan?: JsonObject | null;
  /** Stage of an included file → that file's plan; made by joining the files. */
  readonly plans?: Readonly<Record<string, JsonObject>>;
  readonly stages: Readonly<Record<string, RawStage>>;
}

/** Data that has passed the schema. */
function asRawPipeline(value: Json): RawPipeline {
  return value as unknown as RawPipeline;
}

/** A document that can be read on, and the stages of which something was taken away. */
export interface Repaired {
  readonly raw: RawPipeline;
  readonly damaged: ReadonlySet<string>;
}

/**
 * The document without the values at these paths, so that the rest can still be looked at and all errors be told at once;
 * undefined where too much is missing for that.
 */
export function withoutFaults(value: Json, faults: readonly JsonPath[]): Repaired | undefined {
  if (!isObject(value) || !isObject(value['stages'])) return undefined;
  if (faults.length === 0) return { raw: asRawPipeline(value), damaged: new Set() };
  if (faults.some((path) => path.length === 1 && path[0] !== 'version' && !isDispensable(path))) return undefined;
  const copy = structuredClone(value) as { stages: Record<string, { [key: string]: Json }> };
  const damaged = new Set<string>();
  for (const path of faults) {
    if (path[0] === 'stages' && path.length > 1) damaged.add(String(path[1]));
    if (isDispensable(path) || (path.length > 1 && !isStage(path))) removeAt(copy as Json, path);
  }
  for (const [name, stage] of Object.entries(copy.stages)) {
    if (!isObject(stage)) delete copy.stages[name];
    else if (damaged.has(name))
      Object.assign(stage, { outputs: {}, ...stage }, 'command' in stage || 'module' in stage ? {} : { command: ':' });
  }
  return { raw: asRawPipeline(copy as Json), damaged };
}

/** What the stages can be looked at without. */
function isDispensable(path: JsonPath): boolean {
  return ['targets', 'ignore', 'slots', 'include', 'plan', 'executor', 'slurm'].includes(String(path[0]));
}

function isStage(path: JsonPath): boolean {
  return path[0] === 'stages' && path.length === 2;
}

/** Removes the value at a path, or the nearest list that holds it. */
function removeAt(root: Json, path: JsonPath): void {
  let here: Json = root;
  for (const [i, step] of path.entries()) {
    if (!isObject(here) || !Object.hasOwn(here, String(step))) return;
    const below: Json = here[String(step)]!;
    if (i === path.length - 1 || Array.isArray(below)) {
      delete (here as { [key: string]: Json })[String(step)];
      return;
    }
    here = below;
  }
}
