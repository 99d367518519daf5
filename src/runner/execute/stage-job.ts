/** What an executor is given and what it gives back. Runs nothing. */
import type { Headline } from '../../stage.ts';
import type { Gathered } from '../key/read-ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Ignored } from '../store/ignore.ts';

export interface StageJob {
  readonly root: string;
  /** What counts for nothing. */
  readonly ignored: Ignored;
  readonly stage: PlannedStage;
  readonly gathered: Gathered;
  /** Where the outputs are to be written; absolute, private, empty. */
  readonly staging: string;
  readonly tmp: string;
  readonly scratch: string;
  readonly live: string;
  readonly cpus: number;
  /** Inherited by the stage's processes, so that the key's lock lives as long as they do. */
  readonly lockFd: number;
  /** Aborted on Ctrl-C and on a timeout. */
  readonly signal: AbortSignal;
  onSpawn(pid: number): void;
  onLine(line: string): void;
  onWarning(text: string): void;
  onProgress(done: number, total: number, unit?: string, figures?: Readonly<Record<string, number | string>>): void;
}

export type JobEnd =
  | { readonly ok: true; readonly headlines: readonly Headline[] }
  | {
      readonly ok: false;
      readonly message: string;
      readonly hint?: string /** another attempt cannot help */;
      readonly final?: boolean;
    };
