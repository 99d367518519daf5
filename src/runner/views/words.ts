/** Words and tables that all human views share. Prints nothing. */
import type { StageEvent, StageStatus, Summary } from '../model/events.ts';
import type { Json } from '../model/plan.ts';
import { formatBytes } from '../model/words.ts';

/** `dry`: nothing was done, only foretold. */
export function statusWord(status: StageStatus, dry = false): string {
  if (dry && status === 'restored') return 'would restore';
  if (status === 'remote') return 'in the remote';
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

/** The end of a run: stages with status and seconds, what they report, what they doubt, what failed, the counts. */
export function formatEnd(ends: readonly StageEvent[], summary: Summary, dry = false): string {
  const parts = [formatTable(endRows(ends, dry)), formatHeadlines(ends), warningLines(ends).join('\n')];
  parts.push(failures(ends).join('\n'), formatCounts(summary, dry));
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What the stages tell people, one line each; '' where they tell nothing. */
export function formatHeadlines(ends: readonly StageEvent[]): string {
  return formatTable(headlineRows(ends));
}

export function headlineRows(ends: readonly StageEvent[]): readonly [string, string, string][] {
  return ends.flatMap((end) =>
    end.headlines
      .filter(({ warning }) => warning !== true)
      .map(({ label, value }): [string, string, string] => [end.stage, label, value]),
  );
}

/** What the stages doubt, one line each. */
export function warningLines(ends: readonly StageEvent[]): readonly string[] {
  return ends.flatMap((end) =>
    end.headlines.filter(({ warning }) => warning === true).map(({ value }) => `! ${end.stage}: ${value}`),
  );
}

/** What failed, each with where its log lies. */
export function failures(ends: readonly StageEvent[]): readonly string[] {
  return ends
    .filter((end) => end.error !== undefined && end.status === 'failed')
    .map(({ error, lastLines = [], log }) =>
      [error, ...lastLines.map((line) => `  | ${line}`), ...(log === undefined ? [] : [`  log: ${log}`])].join('\n'),
    );
}

/** A row a stage; none where nothing was done. */
export function endRows(ends: readonly StageEvent[], dry = false): readonly (readonly string[])[] {
  return ends.some((end) => end.status !== 'cached') ? ends.map((end) => endRow(end, dry)) : [];
}

function endRow(end: StageEvent, dry: boolean): string[] {
  const reason = end.status === 'cached' ? '' : shortReasons(end.reason.filter((text) => !isNewness(text)));
  const row = [end.stage, statusWord(end.status, dry), end.seconds > 0 ? formatSeconds(end.seconds) : '', reason];
  const usage = formatUsage(end);
  return usage === '' ? row : [...row, usage];
}

/** That a stage was never run here is not news in a table of what ran. */
function isNewness(reason: string): boolean {
  return reason === 'it has not run here yet' || /^artifacts\/\S* is missing$/.test(reason);
}

/** What a stage of a second or more took of processors and memory. */
function formatUsage({ seconds, cpuSeconds, peakMemoryBytes }: StageEvent): string {
  if (seconds < 1) return '';
  const parts = [
    ...(cpuSeconds === undefined ? [] : [`${formatSeconds(cpuSeconds)} of CPU`]),
    ...(peakMemoryBytes === undefined ? [] : [formatBytes(peakMemoryBytes)]),
  ];
  return parts.join(', ');
}

/** The first two reasons and how many more; `pipeline why` tells all. */
export function shortReasons(reasons: readonly string[]): string {
  const more = reasons.length > 2 ? ` (and ${reasons.length - 2} more)` : '';
  return reasons.slice(0, 2).join('; ') + more;
}

/** `3 ran, 5 cached, 0 restored, 0 failed, 0 skipped in 4.2 s; outputs in artifacts/`. */
export function formatCounts(summary: Summary, dry = false): string {
  const { ran, cached, restored, failed, skipped, remote = 0, wouldRun, seconds } = summary;
  const there = remote > 0 ? `, ${remote} left in the remote` : '';
  const would = wouldRun > 0 ? `, ${wouldRun} would run` : '';
  return `${ran} ran, ${cached} cached, ${restored} ${statusWord('restored', dry)}, ${failed} failed, ${skipped} skipped${there}${would} in ${formatSeconds(seconds)}; outputs in artifacts/`;
}

/** A value as a person wants it: of a number five digits, which --json has in full. */
export function shownValue(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : JSON.stringify(value);
}

/** `+0.01`; '' where one of the two is no number. */
export function shownChange(before: Json | undefined, after: Json | undefined): string {
  if (typeof before !== 'number' || typeof after !== 'number') return '';
  const change = after - before;
  return `${change > 0 ? '+' : ''}${Number(change.toPrecision(5))}`;
}
