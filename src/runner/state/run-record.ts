/** What happened in a run, kept in cache/runs for history, logs and comparison. A run that did nothing leaves none. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import type { Headline } from '../../stage.ts';
import type { StageStatus, Summary } from '../model/events.ts';
import type { Json } from '../model/plan.ts';
import { type Project, runsDir } from '../model/project.ts';
import { isMissing } from '../store/atomic-file.ts';
import { readSealed, writeSealed } from '../store/sealed-json.ts';

export interface RunRecord {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly root: string;
  readonly arguments: readonly string[];
  readonly params: { readonly [key: string]: Json };
  readonly stages: readonly {
    readonly stage: string;
    readonly status: StageStatus;
    readonly key: string;
    readonly seconds: number;
    readonly reason: readonly string[];
    readonly outputs: Readonly<Record<string, string>>;
    readonly headlines: readonly Headline[];
    readonly error?: string;
  }[];
  readonly summary: Summary;
  readonly interrupted: boolean;
}

/** Sorts by time; unlike any other run's, also of the same second. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${process.pid.toString(36)}${process.hrtime.bigint().toString(36).slice(-4)}`;
}

export function writeRunRecord(project: Project, record: RunRecord): void {
  writeSealed(join(runsDir(project), `${record.run}.json`), record);
}

/** Oldest first; damaged records are left out. */
export function readRunRecords(project: Project): readonly RunRecord[] {
  return listRuns(project).flatMap((run) => {
    const found = readSealed<RunRecord>(join(runsDir(project), `${run}.json`));
    return found.state === 'whole' ? [found.value] : [];
  });
}

function listRuns(project: Project): string[] {
  try {
    const names = readdirSync(runsDir(project)).filter((name) => name.endsWith('.json'));
    return names.map((name) => name.slice(0, -5)).sort(compareText);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
