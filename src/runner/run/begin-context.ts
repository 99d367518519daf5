/** What all parts of one run share, as it is at the beginning. */
import { availableParallelism } from 'node:os';
import type { RunContext } from '../execute/run-context.ts';
import { localExecutor } from '../execute/run-here.ts';
import { newRunId } from '../model/run-id.ts';
import type { Workspace } from '../state/workspace.ts';

/** What a run is begun with. */
interface Beginning extends Pick<RunContext, 'signal' | 'emit'> {
  readonly started: Date;
  /** Cores to use at most; all there are if not given. */
  readonly jobs?: number | undefined;
  /** Stages to run though nothing changed. */
  readonly forced?: ReadonlySet<string>;
  /** Nothing is to run. */
  readonly pullOnly?: boolean | undefined;
}

export function beginContext(
  workspace: Workspace,
  { signal, emit, started, jobs, forced, pullOnly }: Beginning,
): RunContext {
  return {
    workspace,
    runId: newRunId(started),
    signal,
    emit,
    contracts: new Map(),
    executor: localExecutor,
    jobs: Math.max(1, jobs ?? availableParallelism()),
    ...(pullOnly === true ? { pullOnly } : {}),
    isForced: (id) => forced?.has(id) === true,
  };
}
