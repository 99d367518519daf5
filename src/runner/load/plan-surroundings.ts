/** Where a stage of pipeline.yaml runs and what it sees beside its inputs; reports what is wrong with it. Looks at no files. */
import { didYouMean } from '../../base/suggest.ts';
import type { PlannedStage, Sandbox } from '../model/plan.ts';
import { artifactsFolder, cacheFolder } from '../model/project-path.ts';
import { printable } from '../model/words.ts';
import type { JsonPath } from './located-yaml.ts';
import { isGlob, isWithin, normalPath, refusePath } from './path-rules.ts';
import type { Problems } from './problems.ts';
import type { RawPipeline, RawStage } from './raw-pipeline.ts';

export function planSurroundings(
  name: string,
  raw: RawStage,
  problems: Problems,
): Pick<PlannedStage, 'passEnv' | 'workdir' | 'sandbox'> {
  const path = ['stages', name];
  const passEnv = planPassEnv(raw, path, problems);
  const workdir = planWorkdir(name, raw, path, problems);
  const sandbox = planSandbox(raw, path, problems);
  return {
    ...(passEnv.length === 0 ? {} : { passEnv }),
    ...(workdir === '' ? {} : { workdir }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

function planPassEnv(raw: RawStage, path: JsonPath, problems: Problems): readonly string[] {
  for (const [i, name] of (raw.passEnv ?? []).entries())
    if (raw.env?.includes(name) === true)
      problems.report(
        [...path, 'passEnv', i],
        `'${name}' stands in env too`,
        'it enters the key (env) or it does not (passEnv)',
      );
  return [...new Set(raw.passEnv ?? [])];
}

function planWorkdir(name: string, raw: RawStage, path: JsonPath, problems: Problems): string {
  if (raw.workdir === undefined) return '';
  const at = [...path, 'workdir'];
  const folder = normalPath(raw.workdir);
  if (raw.module !== undefined) {
    problems.report(at, `stage '${name}' runs a module, which has no working folder`, 'workdir is for commands', 'key');
    return '';
  }
  if (folder === '.' || folder === './') return '';
  const refusal = refusePath(folder) ?? (isGlob(folder) ? 'is a pattern' : undefined);
  const shown = `'${printable(raw.workdir)}'`;
  if (refusal !== undefined)
    problems.report(at, `workdir ${shown} ${refusal}`, 'a folder of the project, such as src/');
  else if (isWithin(folder, artifactsFolder) || isWithin(folder, cacheFolder))
    problems.report(at, `workdir ${shown} lies in a folder of the runner`, 'a folder of the project, such as src/');
  return folder.replace(/\/$/, '');
}

function planSandbox(raw: RawStage, path: JsonPath, problems: Problems): Sandbox | undefined {
  const { sandbox = true } = raw;
  if (sandbox === true) return undefined;
  if (sandbox === false) return { on: false, paths: [], devices: [] };
  const { paths = [], devices = [] } = sandbox;
  for (const [i, written] of paths.entries()) {
    const refusal = refuseSeen(written);
    if (refusal !== undefined)
      problems.report(
        [...path, 'sandbox', 'paths', i],
        `'${printable(written)}' ${refusal}`,
        'a file or folder such as /opt/data, ~/models or shared/table.db',
      );
  }
  for (const [i, written] of devices.entries()) {
    const refusal = refusePath(written.slice(1));
    if (refusal !== undefined)
      problems.report([...path, 'sandbox', 'devices', i], `'${printable(written)}' ${refusal}`);
  }
  return { on: true, paths: paths.map((written) => written.replace(/(.)\/$/, '$1')), devices };
}

function refuseSeen(written: string): string | undefined {
  if (written === '/' || written === '~' || written === '~/') return 'is everything there is';
  if (written === '.' || written === './') return 'is the whole project';
  const path = normalPath(written).replace(/^(\/|~\/)/, '');
  if (isGlob(path)) return 'is a pattern';
  if (!written.startsWith('/') && !written.startsWith('~') && isWithin(path, artifactsFolder))
    return 'lies in a folder of the runner';
  return refusePath(path);
}

/** Every slot that a stage occupies must be there, often enough. */
export function checkSlots(raw: RawPipeline, problems: Problems): void {
  const slots = raw.slots ?? undefined;
  if (slots === undefined) return;
  for (const [name, stage] of Object.entries(raw.stages))
    for (const [slot, wanted] of Object.entries(stage.resources?.slots ?? {})) {
      const at = ['stages', name, 'resources', 'slots', slot];
      const known = Object.keys(slots);
      const there = Object.hasOwn(slots, slot) ? slots[slot]! : undefined;
      if (there === undefined)
        problems.report(
          at,
          `there is no slot '${printable(slot)}'`,
          didYouMean(slot, known) ?? `the slots are: ${known.join(', ') || 'none'}`,
          'key',
        );
      else if (wanted > there)
        problems.report(
          at,
          `asks for ${wanted} of the slot '${slot}', of which there ${there === 1 ? 'is 1' : `are ${there}`}`,
        );
    }
}
