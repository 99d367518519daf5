/** What an executor is given and what it gives back. Runs nothing. */
import type { Headline } from '../../stage.ts';
import type { Gathered } from '../key/read-ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Ignored } from '../store/ignore.ts';
import type { TreeRecord } from '../store/tree.ts';
import type { Usage } from './usage.ts';

export interface StageJob {
  readonly root: string;
  /** What counts for nothing. */
  readonly ignored: Ignored;
  readonly stage: PlannedStage;
  readonly gathered: Gathered;
  /** What the stage sees of the environment beyond PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Private to this attempt, absolute; what follows lies in it. */
  readonly base: string;
  /** A folder that stands for the project's: the staging folder lies in it as the stage's own in the project. */
  readonly view: string;
  /** Where the outputs are to be written; empty. */
  readonly staging: string;
  readonly tmp: string;
  readonly scratch: string;
  readonly live: string;
  readonly cpus: number;
  /** Aborted on Ctrl-C; where it runs, also on the stage's timeout. */
  readonly signal: AbortSignal;
  onSpawn(pid: number): void;
  onLine(line: string): void;
  /** A doubt of the stage about its result. */
  onWarning(text: string): void;
  onProgress(done: number, total: number, unit?: string, figures?: Readonly<Record<string, number | string>>): void;
}

export type JobEnd = { readonly usage?: Usage } & (
  | {
      readonly ok: true;
      readonly headlines: readonly Headline[];
      /** Checked and hashed where it ran. */
      readonly outputs?: Readonly<Record<string, TreeRecord>>;
      /** From its start to its end, where it had to wait before. */
      readonly seconds?: number;
    }
  | {
      readonly ok: false;
      readonly message: string;
      readonly hint?: string;
      /** Another attempt cannot help. */
      readonly final?: boolean;
      /** Where it was no failure of the stage's own. */
      readonly cause?: string;
    }
);

/** Why it was asked to stop. */
export function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : 'stopped';
}
