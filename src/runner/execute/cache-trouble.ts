/** A cache that cannot be written costs what it would have saved, nothing more; people are told once a run. Writes nothing. */
import { isRefused } from '../store/atomic-file.ts';
import { errorText } from '../store/disk-errors.ts';
import type { RunContext } from './run-context.ts';

/** `what` is how the sentence begins: `one: its result was not kept in the cache`. */
export function tellOfCache({ workspace, emit }: RunContext, what: string, error: unknown): void {
  const refused = isRefused(error);
  if (refused && workspace.toldOfCache) return;
  if (refused) workspace.toldOfCache = true;
  const rest = refused ? ' (nor is anything else of this run)' : '';
  emit({ event: 'message', text: `${what}${rest}: ${errorText(error)}` });
}
