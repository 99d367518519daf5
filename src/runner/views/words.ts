/** Words and tables that all human views share. Prints nothing. */
import type { StageEvent, StageStatus, Summary } from '../model/events.ts';

export function statusWord(status: StageStatus): string {
  return status === 'would-run' ? 'would run' : status;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Columns padded to their widest cell, two spaces between. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length);
  const pad = (cell: string, i: number): string => cell + ' '.repeat(widths[i]! - [...cell].length);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** The end of a run: stages with status and seconds, what they report, what failed, the counts. */
export function formatEnd(ends: readonly StageEvent[], summary: Summary): string {
  const parts: string[] = [];
  if (ends.some((end) => end.status !== 'cached')) parts.push(formatTable(ends.map(endRow)));
  for (const told of [formatHeadlines(ends), formatWarnings(ends)]) if (told !== '') parts.push(told);
  const failed = ends.filter((end) => end.error !== undefined && end.status === 'failed');
  if (failed.length > 0) parts.push(failed.map(formatFailure).join('\n'));
  parts.push(formatCounts(summary));
  return parts.join('\n\n');
}

/** What the stages tell people, one line each; '' where they tell nothing. */
export function formatHeadlines(ends: readonly StageEvent[]): string {
  const rows = ends.flatMap((end) =>
    end.headlines.filter(({ warning }) => warning !== true).map(({ label, value }) => [end.stage, label, value]),
  );
  return formatTable(rows);
}

/** What the stages doubt, one line each; '' where they doubt nothing. */
export function formatWarnings(ends: readonly StageEvent[]): string {
  return ends
    .flatMap((end) =>
      end.headlines.filter(({ warning }) => warning === true).map(({ value }) => `! ${end.stage}: ${value}`),
    )
    .join('\n');
}

function endRow(end: StageEvent): string[] {
  return [end.stage, statusWord(end.status), end.seconds > 0 ? formatSeconds(end.seconds) : '', shortReason(end)];
}

function formatFailure(end: StageEvent): string {
  return `${end.error}${end.log === undefined ? '' : `\n  log: ${end.log}`}`;
}

function shortReason(end: StageEvent): string {
  return end.status === 'cached' ? '' : shortReasons(end.reason);
}

/** The first two reasons and how many more; `pipeline why` tells all. */
export function shortReasons(reasons: readonly string[]): string {
  const more = reasons.length > 2 ? ` (and ${reasons.length - 2} more)` : '';
  return reasons.slice(0, 2).join('; ') + more;
}

/** `3 ran, 5 cached, 0 restored, 0 failed, 0 skipped in 4.2 s; outputs in artifacts/`. */
export function formatCounts(summary: Summary): string {
  const { ran, cached, restored, failed, skipped, wouldRun, seconds } = summary;
  const would = wouldRun > 0 ? `, ${wouldRun} would run` : '';
  return `${ran} ran, ${cached} cached, ${restored} restored, ${failed} failed, ${skipped} skipped${would} in ${formatSeconds(seconds)}; outputs in artifacts/`;
}
