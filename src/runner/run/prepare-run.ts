/** What is done once, before the first stage runs: the checkout is claimed, and pipeline.yaml is held against the modules' contracts. */

import { digestOfJson } from '../../base/digest.ts';
import { UserError } from '../../base/located-error.ts';
import type { RunContext } from '../execute/run-context.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import type { PlannedStage } from '../model/plan.ts';
import { checkStages, type LoadedWith } from './check-stages.ts';

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
  options: LoadedWith,
  stages: readonly PlannedStage[],
): Promise<void> {
  const contracts = await checkStages(context.workspace, options, stages);
  if (!contracts.ok) throw new UserError(contracts.error);
  for (const [module, contract] of contracts.value) context.contracts.set(module, contract);
}
