/** When a run on record began and ended, as ISO 8601. Pure. */
import type { RunRecord } from '../run/run-record.ts';

export function endOf({ started, summary }: Pick<RunRecord, 'started' | 'summary'>): string {
  return new Date(Date.parse(started) + summary.seconds * 1000).toISOString();
}
