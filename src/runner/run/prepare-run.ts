/** What is done once, before the first stage runs: the checkout is claimed, and pipeline.yaml is held against the modules' contracts. */

import { UserError } from '../../base/located-error.ts';
import type { RunContext } from '../execute/run-context.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import { claimsOfReader, claimsOfRun } from '../locks/folder-claims.ts';
import type { PlannedStage } from '../model/plan.ts';
import { checkStages, type LoadedWith } from './check-stages.ts';

/** Waits for whoever would put something else where these stages read and write; gives what lets go again. */
export async function claimCheckout(
  { workspace, emit, signal }: RunContext,
  stages: readonly PlannedStage[],
  use: 'make' | 'read' = 'make',
): Promise<() => Promise<void>> {
  const { project, plan } = workspace;
  const claims = use === 'make' ? claimsOfRun(plan, stages, process.env) : claimsOfReader(plan, stages);
  const wait = (holder: string): void => emit({ event: 'waiting', stage: '', holder });
  const lock = await CheckoutLock.acquire(project, { claims, doing: 'runs with other parameters' }, signal, wait);
  workspace.staging = lock.folder;
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
