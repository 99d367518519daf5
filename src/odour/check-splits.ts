/** Whether a task has the trials that somebody needs. Draws none. */
import { userError } from '../base/located-error.ts';
import type { OdourTask, Split } from './odour-task.ts';

/** Throws UserError that names every split without a trial, and what to set. */
export function checkSplits({ trials }: OdourTask, needed: readonly Split[], who: string): void {
  const empty = needed.filter((split) => trials[split] === 0);
  if (empty.length === 0) return;
  throw userError(
    `${who}: the task has no trials of: ${empty.join(', ')}`,
    `set ${empty.map((split) => `odours.trials.${split}`).join(' and ')} to 1 or more`,
  );
}
