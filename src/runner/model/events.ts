/** Everything that can happen in a run, as one closed union; every view is a function of it. Prints nothing. */
import type { Headline } from '../../stage.ts';

/** How a stage ended. */
export type StageStatus =
  | 'ran'
  /** outputs in place and untouched */
  | 'cached'
  /** brought back from the cache without running */
  | 'restored'
  /** known from a remote, which holds its outputs; nothing here needed them */
  | 'remote'
  | 'failed'
  /** not started: something it needs failed, or the run stopped */
  | 'skipped'
  /** only with --dry-run and status */
  | 'would-run';

/** Whether a stage's outputs are known: in place now, made by this run or before, or in a remote where nothing here needed them. */
export function hasOutputs(status: StageStatus): boolean {
  return status === 'ran' || status === 'cached' || status === 'restored' || status === 'remote';
}

/** The end of one stage. */
export interface StageEvent {
  readonly event: 'stage';
  readonly stage: string;
  readonly status: StageStatus;
  /** '' where it could not be computed. */
  readonly key: string;
  /** Why it was not simply cached. */
  readonly reason: readonly string[];
  readonly seconds: number;
  /** The outputs' project-relative paths. */
  readonly outputs: readonly string[];
  readonly headlines: readonly Headline[];
  /** What went wrong, for people. */
  readonly error?: string;
  /** Of a failed stage: the last lines that it printed. */
  readonly lastLines?: readonly string[];
  /** Processor time of all its processes, where it ran and that could be measured. */
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  /** Where its log lies, relative to the project where inside it. */
  readonly log?: string;
}

/** One thing that happens in a run, as `--json` prints it. */
export type RunEvent =
  /** `dryRun` stands only where it is one: then what is `restored` would be. */
  | { readonly event: 'run'; readonly run: string; readonly stages: number; readonly dryRun?: true }
  /** Stage → seconds that it took last time (0: it never ran here), of all that may run: what a view reckons with. */
  | { readonly event: 'expect'; readonly seconds: Readonly<Record<string, number>> }
  | { readonly event: 'start'; readonly stage: string; readonly key: string; readonly reason: readonly string[] }
  | { readonly event: 'log'; readonly stage: string; readonly line: string }
  /** A stage doubts its result. Told again among the headlines of its end. */
  | { readonly event: 'warning'; readonly stage: string; readonly text: string }
  | {
      readonly event: 'progress';
      readonly stage: string;
      readonly done: number;
      readonly total: number;
      readonly unit?: string;
      readonly figures?: Readonly<Record<string, number | string>>;
    }
  /** Somebody else runs this key, or uses this checkout with other parameters. */
  | { readonly event: 'waiting'; readonly stage: string; readonly holder: string }
  | { readonly event: 'retry'; readonly stage: string; readonly attempt: number; readonly error: string }
  /** With --frozen: something is not as pipeline.lock says. */
  | { readonly event: 'difference'; readonly stage: string; readonly text: string }
  | { readonly event: 'message'; readonly text: string }
  | StageEvent
  | Summary;

/** The end of a run: how many stages ended how. */
export interface Summary {
  readonly event: 'summary';
  readonly ran: number;
  readonly cached: number;
  readonly restored: number;
  readonly failed: number;
  readonly skipped: number;
  /** Known from a remote and not fetched, because nothing here needed them; left out where there are none. */
  readonly remote?: number;
  readonly wouldRun: number;
  readonly seconds: number;
}

export type Listener = (event: RunEvent) => void;

/** Counts the ends of stages. */
export function summarise(ends: readonly StageEvent[], seconds: number): Summary {
  const count = (status: StageStatus): number => ends.filter((end) => end.status === status).length;
  return {
    event: 'summary',
    ran: count('ran'),
    cached: count('cached'),
    restored: count('restored'),
    failed: count('failed'),
    skipped: count('skipped'),
    ...(count('remote') > 0 ? { remote: count('remote') } : {}),
    wouldRun: count('would-run'),
    seconds,
  };
}
