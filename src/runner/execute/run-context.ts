/** What every part of one run shares. Holds, decides nothing. */
import type { StageContract } from '../code/describe-modules.ts';
import type { Listener } from '../model/events.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Executor } from './executor.ts';

/** `changed`: one could not be brought and was made again, to other bytes; `failed`: the id of one that failed. */
export type NeedsBrought = 'here' | 'changed' | { readonly failed: string };

export interface RunContext {
  readonly workspace: Workspace;
  /** Names the run record and its logs, e.g. `20260102-030405-1a2b`. */
  readonly runId: string;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly emit: Listener;
  /** Of the selected module stages, by module; filled in before the first stale one. */
  readonly contracts: Map<string, StageContract>;
  /** Where its stages run. */
  readonly executor: Executor;
  /** Cores for this run. */
  readonly jobs: number;
  /** Nothing is run: what no cache holds is skipped. */
  readonly pullOnly?: boolean;
  /** Slot → the places of it that the stage under way holds, counted from 0. */
  readonly slots?: Readonly<Record<string, readonly number[]>>;
  /** Of a run with a remote: brings the outputs of these stages here where they were left there; says what became of them. */
  readonly bringNeeds?: (needs: readonly string[]) => Promise<NeedsBrought>;
  /** Stages to run though nothing changed. */
  isForced(id: string): boolean;
}
