/** Events as a table that is drawn in place: what runs, how far it is, what it says; finished lines scroll away above. */
import type { RunEvent, StageEvent } from '../model/events.ts';
import { formatEnd, formatSeconds, statusWord } from './words.ts';

/** Between two drawings. */
const frameMs = 100;
const barWidth = 20;

/** One stage under way. */
interface Running {
  readonly since: number;
  progress?: Extract<RunEvent, { event: 'progress' }>;
  progressSince?: { readonly at: number; readonly done: number };
  lastLine: string;
}

export class TerminalView {
  private readonly write: (text: string) => void;
  private readonly columns: number;
  private readonly running = new Map<string, Running>();
  private readonly ends: StageEvent[] = [];
  private total = 0;
  private drawn = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void, columns: number) {
    this.write = write;
    this.columns = columns;
  }

  on(event: RunEvent): void {
    if (event.event === 'run') this.total = event.stages;
    else if (event.event === 'start') this.begin(event.stage);
    else if (event.event === 'progress') this.noteProgress(event);
    else if (event.event === 'log') this.noteLine(event.stage, event.line);
    else if (event.event === 'stage') this.end(event);
    else if (event.event === 'summary') this.finish(formatEnd(this.ends, event));
    else if (event.event === 'waiting')
      this.above(`${event.stage === '' ? 'run' : event.stage}: waits for ${event.holder}`);
    else if (event.event === 'retry') this.above(`${event.stage}: attempt ${event.attempt} failed: ${event.error}`);
    else if (event.event === 'warning') this.above(`! ${event.stage}: ${event.text}`);
    else if (event.event === 'difference') this.above(`${event.stage}: ${event.text}`);
    else this.above(event.text);
  }

  /** Leaves the terminal as it found it. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.erase();
  }

  private begin(stage: string): void {
    this.running.set(stage, { since: performance.now(), lastLine: '' });
    this.timer ??= setInterval(() => this.draw(), frameMs);
    this.draw();
  }

  private noteLine(stage: string, line: string): void {
    const state = this.running.get(stage);
    if (state !== undefined) state.lastLine = line;
  }

  private noteProgress(event: Extract<RunEvent, { event: 'progress' }>): void {
    const state = this.running.get(event.stage);
    if (state === undefined) return;
    state.progressSince ??= { at: performance.now(), done: event.done };
    state.progress = event;
  }

  private end(event: StageEvent): void {
    this.ends.push(event);
    this.running.delete(event.stage);
    if (event.status === 'cached') return;
    this.above(
      `${mark(event)} ${event.stage} ${statusWord(event.status)}${event.seconds > 0 ? ` in ${formatSeconds(event.seconds)}` : ''}`,
    );
  }

  private finish(text: string): void {
    this.close();
    this.write(`${text}\n`);
  }

  /** A line that stays, above the table. */
  private above(line: string): void {
    this.erase();
    this.write(`${line}\n`);
    this.draw();
  }

  private erase(): void {
    if (this.drawn > 0) this.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }

  private draw(): void {
    const lines = this.running.size === 0 ? [] : [...this.running].flatMap(([stage, state]) => rowsOf(stage, state));
    if (lines.length > 0) lines.push(`${this.ends.length}/${this.total} stages done`);
    const text = lines.map((line) => `${cut(line, this.columns - 1)}\n`).join('');
    this.erase();
    this.write(text);
    this.drawn = lines.length;
  }
}

function mark(event: StageEvent): string {
  if (event.status === 'failed') return '✗';
  return event.status === 'skipped' ? '–' : '✓';
}

function cut(line: string, width: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a stage's own escapes would break the table
  const plain = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f]/g, ' ');
  return plain.length > width ? `${plain.slice(0, Math.max(0, width - 1))}…` : plain;
}

function rowsOf(stage: string, state: Running): string[] {
  const spent = formatSeconds((performance.now() - state.since) / 1000);
  const { progress, lastLine } = state;
  const tail = lastLine === '' ? [] : [`    ${lastLine}`];
  if (progress === undefined) return [`  ${stage}  ${spent}`, ...tail];
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░');
  const figures = Object.entries(progress.figures ?? {}).map(([name, value]) => `${name} ${value}`);
  const parts = [
    `${progress.done}/${progress.total}${progress.unit === undefined ? '' : ` ${progress.unit}`}`,
    ...figures,
    spent,
    ...remaining(state),
  ];
  return [`  ${stage}  ${bar}  ${parts.join('  ')}`, ...tail];
}

/** From the pace since the first report. */
function remaining({ progress, progressSince }: Running): string[] {
  if (progress === undefined || progressSince === undefined || progress.done <= progressSince.done) return [];
  const pace = (performance.now() - progressSince.at) / 1000 / (progress.done - progressSince.done);
  return [`${formatSeconds(pace * (progress.total - progress.done))} left`];
}
