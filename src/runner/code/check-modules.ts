/** Holds pipeline.yaml against what each stage module says of itself, before anything runs. Loads nothing heavy when all was checked before. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfJson } from '../../base/digest.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { LoadOptions } from '../load/load-plan.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import type { CodeClosure } from './code-closure.ts';
import { closureDigest, describeModules, type StageContract } from './describe-modules.ts';

/** Counts up whenever the same contracts and plan would give other findings. */
const formatVersion = 3;

/** The contract of each of these modules; or what is wrong with those that cannot be loaded. */
export async function readContracts(
  load: LoadOptions,
  closures: ReadonlyMap<string, CodeClosure>,
): Promise<Result<ReadonlyMap<string, StageContract>, readonly Diagnostic[]>> {
  const described = await describeModules(load.projectDir, closures, cacheDirOf(load));
  const contracts = new Map<string, StageContract>();
  const diagnostics: Diagnostic[] = [];
  for (const [module, answer] of described) {
    if (answer.ok) contracts.set(module, answer.contract);
    else {
      const { message, hint } = answer;
      diagnostics.push({ at: { file: module }, message, ...(hint === undefined ? {} : { hint }) });
    }
  }
  return diagnostics.length > 0 ? err(diagnostics) : ok(contracts);
}

/**
 * The contract of every module stage of `stages`, by module path; or, located, where pipeline.yaml does not fit it: inputs and outputs that are
 * missing, unknown or of another kind, parameters that its schema refuses. `load` is what the plan was loaded with.
 */
export async function checkModules(
  load: LoadOptions,
  plan: Plan,
  stages: readonly PlannedStage[],
  closures: ReadonlyMap<string, CodeClosure>,
): Promise<Result<ReadonlyMap<string, StageContract>, readonly Diagnostic[]>> {
  const contracts = await readContracts(load, closures);
  if (!contracts.ok) return contracts;
  const cacheDir = cacheDirOf(load);
  const checked = stages.filter(({ work }) => work.kind === 'module' && contracts.value.has(work.module));
  const mark = cacheDir === null ? undefined : markPath(cacheDir, checked, closures);
  if (mark !== undefined && existsSync(mark)) return contracts;
  const { checkContracts } = await import('./check-contracts.ts');
  const faults = checkContracts(load, plan, checked, contracts.value, readText(load));
  if (faults.length > 0) return err(faults);
  if (mark !== undefined && cacheDir !== null) leaveMark(cacheDir, mark);
  return contracts;
}

function cacheDirOf(load: LoadOptions): string | null {
  return load.cacheDir === undefined ? join(load.projectDir, 'cache') : load.cacheDir;
}

/** An empty file under the digest of all that the findings depend on. */
function markPath(
  cacheDir: string,
  stages: readonly PlannedStage[],
  closures: ReadonlyMap<string, CodeClosure>,
): string {
  const codes = new Map([...closures].map(([module, closure]) => [module, closureDigest(closure)]));
  const parts = stages.map((stage) => {
    const module = stage.work.kind === 'module' ? stage.work.module : '';
    const outputs = Object.entries(stage.outputs).map(([name, output]) => [name, output.path, output.folder]);
    const inputs = Object.entries(stage.inputs).map(([name, input]) => [
      name,
      input.list,
      input.kind === 'artifact' ? input.paths : [],
    ]);
    return [stage.id, codes.get(module), stage.params, inputs, outputs];
  });
  return join(cacheDir, 'contracts', `${digestOfJson([formatVersion, parts])}.ok`);
}

function leaveMark(cacheDir: string, mark: string): void {
  try {
    mkdirSync(join(cacheDir, 'contracts'), { recursive: true });
    writeFileSync(mark, '');
  } catch {
    return;
  }
}

function readText(load: LoadOptions): string {
  return readFileSync(join(load.projectDir, load.file ?? 'pipeline.yaml'), 'utf8');
}
