/** What comes once before the first stale stage: the checkout is claimed, and the modules' contracts are held against pipeline.yaml. */

import { digestOfJson } from '../../base/digest.ts';
import { UserError } from '../../base/located-error.ts';
import { checkModules } from '../code/check-modules.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { RunContext } from '../execute/run-context.ts';
import { closureOf } from '../key/closure-of.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import type { PlannedStage } from '../model/plan.ts';

/** Waits for runs of another plan in this checkout; gives what lets go again. */
export async function claimCheckout(context: RunContext): Promise<() => void> {
  const { project, plan } = context.workspace;
  const wait = (holder: string): void => context.emit({ event: 'waiting', stage: '', holder });
  const lock = await CheckoutLock.acquire(project, digestOfJson(plan), context.signal, wait);
  return () => lock.release();
}

/** Throws a UserError, located, where a module and pipeline.yaml do not fit. */
export async function learnContracts(
  context: RunContext,
  options: { readonly profiles: readonly string[]; readonly sets: readonly string[] },
  stages: readonly PlannedStage[],
): Promise<void> {
  const { project, plan } = context.workspace;
  const closures = new Map<string, CodeClosure>();
  for (const { work } of stages) {
    if (work.kind !== 'module' || closures.has(work.module)) continue;
    const closure = await closureOf(context.workspace, work.module).catch(() => undefined);
    if (closure !== undefined) closures.set(work.module, closure);
  }
  if (closures.size === 0) return;
  const load = {
    projectDir: project.root,
    file: project.file,
    profiles: options.profiles,
    sets: options.sets,
    cacheDir: project.cacheDir,
  };
  const checked = await checkModules(load, plan, stages, closures);
  if (!checked.ok) throw new UserError(checked.error);
  for (const [module, contract] of checked.value) context.contracts.set(module, contract);
}
