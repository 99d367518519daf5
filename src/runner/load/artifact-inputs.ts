/** A path below artifacts/ → the stages that make it. Knows declared outputs only, never looks at files. */
import { didYouMean } from '../../base/suggest.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { Json, PlannedInput } from '../model/plan.ts';
import { artifactsFolder, projectPath } from '../model/project-path.ts';
import type { Axis, Instance } from './matrix.ts';
import { isGlob } from './path-rules.ts';

/** What other stages can read of a stage. */
export interface Producer {
  readonly name: string;
  readonly axes: readonly string[];
  /** What its axes are made of. */
  readonly matrix: readonly Axis[];
  readonly instances: readonly Instance[];
  /** Whether it is already known to be wrong, so that nothing is to be said of what reads it. */
  readonly damaged: boolean;
  /** Relative to the instance's folder, without a final /. */
  readonly outputs: readonly { readonly path: string; readonly folder: boolean }[];
}

/** Why a path cannot be an input, or what it is. */
export type Resolution =
  | { readonly ok: true; readonly input: PlannedInput }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** `smooth` or `smooth@seed=1`. */
export function instanceId(stage: string, label: string): string {
  return label === '' ? stage : `${stage}@${label}`;
}

/** Resolves `artifacts/<stage>/…` for one instance of the reading stage. */
export function resolveArtifact(
  path: string,
  producers: ReadonlyMap<string, Producer>,
  readerAxes: Readonly<Record<string, Json>>,
): Resolution {
  const [, stage = '', ...rest] = projectPath(path).split('/');
  const producer = producers.get(stage);
  if (producer === undefined) return unknownStage(path, stage, producers);
  if (producer.damaged) return artifact([path], []);
  if (rest.length === 0)
    return refuse(`${path} is the whole folder of a stage`, `name one of its outputs: ${outputList(producer)}`);
  if (producer.axes.length === 0) {
    if (rest[0] === '*')
      return refuse(`stage '${stage}' has no matrix`, `write ${artifactsFolder}/${stage}/${rest.slice(1).join('/')}`);
    return one(path, producer, producer.instances[0]!, rest.join('/'));
  }
  return resolveMatrix(path, producer, rest, readerAxes);
}

function resolveMatrix(
  path: string,
  producer: Producer,
  rest: readonly string[],
  readerAxes: Readonly<Record<string, Json>>,
): Resolution {
  const { name, axes, instances } = producer;
  const shared = axes.filter((axis) => Object.hasOwn(readerAxes, axis));
  const joined = shared.length === axes.length;
  const gathered = instances.filter(({ axes: theirs }) =>
    shared.every((axis) => String(theirs[axis]) === String(readerAxes[axis])),
  );
  if (rest[0] === '*') {
    const tail = rest.slice(1).join('/');
    if (joined)
      return refuse(
        `both stages have the axis ${axes.join(', ')}`,
        `write ${artifactsFolder}/${name}/${tail}: it is joined instance by instance`,
      );
    if (gathered.length > 0) return many(path, producer, gathered, tail);
    const wanted = shared.map((axis) => `${axis}=${String(readerAxes[axis])}`).join(',');
    return refuse(`stage '${name}' has no instance with ${wanted}`, `its instances are: ${labels(instances)}`);
  }
  const named = instances.find((instance) => instance.label === rest[0]);
  if (named !== undefined) return one(path, producer, named, rest.slice(1).join('/'));
  if (rest[0]!.includes('='))
    return refuse(`stage '${name}' has no instance ${rest[0]}`, `its instances are: ${labels(instances)}`);
  const tail = rest.join('/');
  if (joined) {
    const match = instances.find(({ axes: theirs }) =>
      axes.every((axis) => String(theirs[axis]) === String(readerAxes[axis])),
    );
    if (match !== undefined) return one(path, producer, match, tail);
    const wanted = axes.map((axis) => `${axis}=${String(readerAxes[axis])}`).join(',');
    return refuse(`stage '${name}' has no instance ${wanted}`, `its instances are: ${labels(instances)}`);
  }
  const missing = axes.filter((axis) => !shared.includes(axis)).join(', ');
  const same = shared.length === 0 ? '' : ` of the same ${shared.join(', ')}`;
  return refuse(
    `stage '${name}' has a matrix (${axes.join(', ')}), so there ${gathered.length === 1 ? 'is' : 'are'} ${gathered.length} of ${path}${same}`,
    `write ${artifactsFolder}/${name}/*/${tail} to take them all${same}, or give this stage the axis ${missing}`,
  );
}

function labels(instances: readonly Instance[]): string {
  const shown = instances.slice(0, 5).map((instance) => instance.label);
  return `${shown.join(' ')}${instances.length > shown.length ? ` … (${instances.length})` : ''}`;
}

function one(path: string, producer: Producer, instance: Instance, tail: string): Resolution {
  const found = findOutput(path, producer, tail);
  if (!found.ok) return found;
  const id = instanceId(producer.name, instance.label);
  return artifact([`${instanceFolder({ stage: producer.name, id })}${found.path}`], [id]);
}

function many(path: string, producer: Producer, instances: readonly Instance[], tail: string): Resolution {
  const found = findOutput(path, producer, tail);
  if (!found.ok) return found;
  const ids = instances.map(({ label }) => instanceId(producer.name, label));
  const paths = ids.map((id) => `${instanceFolder({ stage: producer.name, id })}${found.path}`);
  const input: PlannedInput = {
    kind: 'artifact',
    paths,
    producers: ids,
    list: true,
    axes: instances.map(({ axes }) => axes),
  };
  return { ok: true, input };
}

function artifact(paths: readonly string[], producers: readonly string[]): Resolution {
  return { ok: true, input: { kind: 'artifact', paths, producers, list: false } };
}

type Found =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** The output that is, or holds, `tail`; as the path to read, with a final / for a whole folder output. */
function findOutput(path: string, producer: Producer, tail: string): Found {
  for (const output of producer.outputs) {
    if (output.path === tail) {
      if (output.folder) return { ok: true, path: `${tail}/` };
      if (path.endsWith('/')) return refuse(`${path} is a file, not a folder`, `write ${projectPath(path)}`);
      return { ok: true, path: tail };
    }
    if (output.folder && tail.startsWith(`${output.path}/`)) {
      if (isGlob(tail))
        return refuse(`${path}: patterns are for source files`, `take the whole folder ${output.path}/`);
      return { ok: true, path: path.endsWith('/') ? `${tail}/` : tail };
    }
  }
  const names = producer.outputs.map((output) => (output.folder ? `${output.path}/` : output.path));
  const near = didYouMean(tail, names);
  const hint = near ?? `its outputs are: ${outputList(producer)}`;
  return refuse(`stage '${producer.name}' has no output '${tail}'`, hint);
}

function outputList(producer: Producer): string {
  const prefix = `${artifactsFolder}/${producer.name}/${producer.axes.length === 0 ? '' : '*/'}`;
  return producer.outputs.map((output) => `${prefix}${output.path}${output.folder ? '/' : ''}`).join(', ');
}

function unknownStage(path: string, stage: string, producers: ReadonlyMap<string, Producer>): Resolution {
  const near = didYouMean(stage, producers.keys());
  const known = [...producers.keys()].slice(0, 20).join(', ');
  const hint = near === undefined ? `the stages are: ${known}${producers.size > 20 ? ', …' : ''}` : near;
  return refuse(`${path}: there is no stage '${stage}'`, hint);
}

function refuse(
  message: string,
  hint?: string,
): { readonly ok: false; readonly message: string; readonly hint?: string } {
  return hint === undefined ? { ok: false, message } : { ok: false, message, hint };
}
