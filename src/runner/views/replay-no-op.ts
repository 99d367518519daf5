/** What a run that finds nothing to do prints, from the record of the last one. Decides nothing. */
import type { Summary } from '../events.ts';
import type { NoOpRecord } from '../no-op-record.ts';
import { formatCounts } from './words.ts';

/** Prints as the run itself would have. */
export async function replayNoOp(record: NoOpRecord, seconds: number, out: (text: string) => void): Promise<void> {
  const counts = { ran: 0, cached: record.stages, restored: 0, failed: 0, skipped: 0, wouldRun: 0 };
  const summary: Summary = { event: 'summary', ...counts, seconds };
  if (!record.args.includes('--json')) {
    out(`${record.told === '' ? '' : `${record.told}\n\n`}${formatCounts(summary)}\n`);
    return;
  }
  const { newRunId } = await import('../run-record.ts');
  const first = JSON.stringify({ event: 'run', run: newRunId(new Date()), stages: record.stages });
  out(`${[first, ...record.events, JSON.stringify(summary)].join('\n')}\n`);
}
