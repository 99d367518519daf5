/** One stage of pipeline.yaml → its instances in the plan; reports what is wrong with it. Looks at no files. */
import { didYouMean } from '../../base/suggest.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { PlannedInput, PlannedOutput, PlannedStage, Resources, StageWork } from '../model/plan.ts';
import { artifactsFolder, cacheFolder, projectPath } from '../model/project-path.ts';
import { printable } from '../model/words.ts';
import { instanceId, type Producer, resolveArtifact } from './artifact-inputs.ts';
import { laidOver, planAxes, planOwnSettings, sees } from './axes.ts';
import { checkCommand } from './expand-command.ts';
import type { JsonPath } from './located-yaml.ts';
import { countInstances, expandMatrix, type Instance } from './matrix.ts';
import { refuseModule } from './module-name.ts';
import { didYouMeanKey, type JsonObject, pickParams, valueAt } from './params.ts';
import { isGlob, isWithin, normalPath, refusePath } from './path-rules.ts';
import { planAmount, planWishes } from './plan-slurm.ts';
import { planSurroundings } from './plan-surroundings.ts';
import type { Problems } from './problems.ts';
import { parseDuration } from './quantities.ts';
import type { RawStage } from './raw-pipeline.ts';

const maxInstances = 10_000;

/** What a stage of the file offers to others; reports bad outputs and a bad matrix. */
export function planProducer(
  name: string,
  raw: RawStage,
  tree: JsonObject,
  damaged: boolean,
  problems: Problems,
): Producer {
  const path = ['stages', name];
  const axes = planAxes({ stage: name, raw, tree, problems });
  let instances: readonly Instance[] = [{ axes: {}, label: '', settings: {} }];
  if (countInstances(axes) > maxInstances)
    problems.report([...path, 'matrix'], `gives ${countInstances(axes)} instances, more than ${maxInstances}`);
  else instances = expandMatrix(axes);
  if (instances.some(({ label }) => Buffer.byteLength(label) > 255))
    problems.report([...path, 'matrix'], 'gives instances whose folder name has more than 255 bytes');
  // Of an axis that is wrong nothing is known: what reads the stage is not judged by it.
  const whole = axes.length === Object.keys(raw.matrix ?? {}).length && instances.length > 0;
  const axisNames = axes.map((axis) => axis.name);
  const outputs = planOutputs(name, raw, problems);
  return { name, axes: axisNames, matrix: axes, instances, damaged: damaged || !whole, outputs };
}

function planOutputs(name: string, raw: RawStage, problems: Problems): Producer['outputs'] {
  const outputs: { path: string; folder: boolean; port: string }[] = [];
  for (const [port, written] of Object.entries(raw.outputs)) {
    const at = ['stages', name, 'outputs', port];
    const text = normalPath(written);
    const refusal = refuseOutput(name, text);
    if (refusal !== undefined) {
      problems.report(at, `output '${printable(written)}' ${refusal.message}`, refusal.hint);
      continue;
    }
    const folder = text.endsWith('/');
    const path = projectPath(text);
    const clash = outputs.find((other) => isWithin(path, other.path) || isWithin(other.path, path));
    if (clash !== undefined) {
      const what = clash.path === path ? 'is also' : 'overlaps';
      const related = [{ at: problems.placeOf(['stages', name, 'outputs', clash.port]), message: 'declared here' }];
      problems.add({
        at: problems.placeOf(at),
        message: `output '${printable(written)}' ${what} output '${clash.port}' of stage '${name}'`,
        related,
      });
      continue;
    }
    outputs.push({ path, folder, port });
  }
  return outputs;
}

function refuseOutput(stage: string, path: string): { readonly message: string; readonly hint: string } | undefined {
  const hint = `outputs are relative to ${artifactsFolder}/${stage}/ and stay in it, such as table.csv or plots/`;
  const message = refusePath(path);
  if (message !== undefined) return { message, hint };
  if (path === '.' || path === './') return { message: 'is the whole folder', hint };
  if (isGlob(path)) return { message: 'is a pattern', hint: 'declare a folder: plots/' };
  if (isWithin(path, artifactsFolder))
    return {
      message: `begins with ${artifactsFolder}/`,
      hint: `${hint}; write ${path.split('/').slice(2).join('/') || 'table.csv'}`,
    };
  return undefined;
}

/** All instances of one stage, without the order of the plan. */
export function planInstances(
  name: string,
  raw: RawStage,
  tree: JsonObject,
  producers: ReadonlyMap<string, Producer>,
  problems: Problems,
): readonly PlannedStage[] {
  const producer = producers.get(name)!;
  const common = planCommon(name, raw, producer, tree, problems);
  // A module sees what it declares, so that it may be joined by an axis that is not its own; a command sees its axes by themselves.
  const laid = producer.matrix.filter(({ kind }) => kind === 'parameter').map((axis) => axis.name);
  const paramKeys = [...(raw.params ?? []), ...laid.filter((key) => raw.module === undefined || sees(raw, key))];
  const own = laidOver(tree, planOwnSettings({ stage: name, raw, tree, problems }));
  return producer.instances.map((instance, i) => {
    const instanceTree = laidOver(own, instance.settings);
    const params = pickParams(instanceTree, paramKeys);
    if (i === 0) checkWork(name, raw, params, instanceTree, problems);
    const inputs = planInputs(name, raw, instance, producers, problems);
    const folder = instanceFolder({ stage: name, id: instanceId(name, instance.label) });
    const outputs: Record<string, PlannedOutput> = {};
    for (const [port, written] of Object.entries(raw.outputs))
      outputs[port] = { path: `${folder}${normalPath(written)}`, folder: written.endsWith('/') };
    const needs = [
      ...new Set(Object.values(inputs).flatMap((input) => (input.kind === 'artifact' ? input.producers : []))),
    ];
    return { id: instanceId(name, instance.label), ...common, axes: instance.axes, params, inputs, outputs, needs };
  });
}

type Common = Omit<PlannedStage, 'id' | 'axes' | 'params' | 'inputs' | 'outputs' | 'needs'>;

function planCommon(name: string, raw: RawStage, producer: Producer, tree: JsonObject, problems: Problems): Common {
  const path = ['stages', name];
  for (const [i, key] of (raw.params ?? []).entries()) {
    if (valueAt(tree, key) === undefined)
      problems.report(
        [...path, 'params', i],
        `no parameter '${printable(key)}'`,
        didYouMeanKey(tree, key) ?? 'add it to params',
      );
  }
  const timeoutMs = raw.timeout === undefined ? undefined : parseDuration(raw.timeout);
  if (raw.timeout !== undefined && timeoutMs === undefined)
    problems.report(
      [...path, 'timeout'],
      `'${printable(String(raw.timeout))}' is not a duration`,
      'such as 90s, 10m or 1h30m; at most 24d',
    );
  return {
    stage: name,
    at: problems.placeOf(path, 'key'),
    work: planWork(raw),
    code: planCode(name, raw, problems),
    env: [...new Set(raw.env ?? [])],
    ...planSurroundings(name, raw, problems),
    metrics: planMetrics(name, raw, producer, problems),
    resources: planResources(path, raw, problems),
    ...(raw.slurm === undefined ? {} : { slurm: planWishes(raw.slurm, [...path, 'slurm'], problems) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    retries: raw.retries ?? 0,
    cache: raw.cache ?? true,
    network: raw.network ?? false,
    tools: [...new Set(raw.tools ?? [])],
  };
}

function planWork(raw: RawStage): StageWork {
  return raw.module === undefined
    ? { kind: 'command', command: raw.command ?? '' }
    : { kind: 'module', module: normalPath(raw.module) };
}

function checkWork(name: string, raw: RawStage, params: JsonObject, tree: JsonObject, problems: Problems): void {
  const path = ['stages', name];
  if (raw.module !== undefined) {
    const refusal = refuseModule(normalPath(raw.module));
    if (refusal !== undefined) problems.report([...path, 'module'], `module '${printable(raw.module)}' ${refusal}`);
    return;
  }
  const scope = { inputs: Object.keys(raw.inputs ?? {}), outputs: Object.keys(raw.outputs), params, tree };
  for (const { text, message, hint } of checkCommand(raw.command ?? '', scope)) {
    const at = problems.placeWithin([...path, 'command'], text);
    problems.add({ at, message, ...(hint === undefined ? {} : { hint }) });
  }
}

function planCode(name: string, raw: RawStage, problems: Problems): readonly string[] {
  const path = ['stages', name, 'code'];
  if (raw.module !== undefined && raw.code !== undefined)
    problems.report(
      path,
      `stage '${name}' runs a module, whose code is tracked by its imports`,
      "remove 'code', or declare the files as inputs",
      'key',
    );
  return (raw.code ?? []).map((written, i) => checkSource(written, [...path, i], problems));
}

function planMetrics(name: string, raw: RawStage, producer: Producer, problems: Problems): readonly string[] {
  return (raw.metrics ?? []).map((written, i) => {
    const path = normalPath(written);
    const known = producer.outputs.some(
      (output) => output.path === path || (output.folder && isWithin(path, output.path)),
    );
    const names = producer.outputs.map((output) => output.path);
    if (!known)
      problems.report(
        ['stages', name, 'metrics', i],
        `'${printable(written)}' is not an output of stage '${name}'`,
        didYouMean(path, names) ?? `its outputs are: ${names.join(', ')}`,
      );
    return path;
  });
}

function planResources(path: JsonPath, raw: RawStage, problems: Problems): Resources {
  const { cpus = 1, memory, slots = {}, time, gpus } = raw.resources ?? {};
  const at = [...path, 'resources'];
  return {
    cpus,
    ...planAmount('memoryBytes', memory, [...at, 'memory'], problems),
    slots,
    ...planAmount('timeMs', time, [...at, 'time'], problems),
    ...(gpus === undefined ? {} : { gpus }),
  };
}

function planInputs(
  name: string,
  raw: RawStage,
  instance: Instance,
  producers: ReadonlyMap<string, Producer>,
  problems: Problems,
): Readonly<Record<string, PlannedInput>> {
  const inputs: Record<string, PlannedInput> = {};
  for (const [port, written] of Object.entries(raw.inputs ?? {})) {
    const at = ['stages', name, 'inputs', port];
    const path = normalPath(written);
    if (!path.startsWith(`${artifactsFolder}/`)) {
      const pattern = checkSource(written, at, problems);
      inputs[port] = { kind: 'source', pattern, list: isGlob(pattern) };
      continue;
    }
    const refusal = refusePath(path);
    if (refusal !== undefined) {
      problems.report(at, `'${printable(written)}' ${refusal}`);
      continue;
    }
    const found = resolveArtifact(path, producers, instance.axes);
    if (found.ok) inputs[port] = found.input;
    else problems.report(at, `input '${port}' of stage '${name}': ${printable(found.message, 300)}`, found.hint);
  }
  return inputs;
}

function checkSource(written: string, at: JsonPath, problems: Problems): string {
  const path = normalPath(written);
  const shown = `'${printable(written)}'`;
  const refusal = refusePath(path);
  if (refusal !== undefined)
    problems.report(at, `${shown} ${refusal}`, 'source files lie inside the project, such as data/map.csv');
  else if (path === '.' || path === './') problems.report(at, `${shown} is the whole project`, 'name a folder of it');
  else if (isWithin(path, artifactsFolder))
    problems.report(at, `${shown} is not a source`, `name an output: ${artifactsFolder}/<stage>/<output>`);
  else if (isWithin(path, cacheFolder)) problems.report(at, `${shown} lies in the runner's own ${cacheFolder}/`);
  return path;
}
