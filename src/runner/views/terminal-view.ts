/** Events as a table that is drawn in place: what runs, how far it is, what it says; finished lines scroll away above. */
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { RunEvent, StageEvent, Summary } from '../model/events.ts';
import { endPage } from './end-page.ts';
import { Expectation, type Underway } from './expectation.ts';
import { cut, flat } from './fit.ts';
import type { Ink } from './ink.ts';
import { Pace } from './pace.ts';
import { stageRow } from './stage-row.ts';
import { formatSeconds, statusWord } from './words.ts';

/** Between two drawings. */
const frameMs = 100;

/** The stream that a terminal is, as far as it is used here. */
export type TerminalStream = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows' | 'isTTY' | 'on' | 'off'>;

type Progress = Extract<RunEvent, { event: 'progress' }>;

/** One stage under way. */
interface Running {
  readonly since: number;
  readonly pace: Pace;
  progress?: Progress;
  lastLine: string;
}

export class TerminalView {
  private readonly stream: TerminalStream;
  private readonly ink: Ink;
  private readonly update: ReturnType<typeof createLogUpdate>;
  private readonly running = new Map<string, Running>();
  private readonly ends: StageEvent[] = [];
  private readonly expectation = new Expectation();
  private readonly onResize = (): void => this.redraw();
  private frame: readonly string[] = [];
  private total = 0;
  private dry = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(stream: TerminalStream, ink: Ink) {
    this.stream = stream;
    this.ink = ink;
    this.update = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
    stream.on('resize', this.onResize);
  }

  on(event: RunEvent): void {
    if (event.event === 'run') this.open(event);
    else if (event.event === 'expect') this.expectation.expect(event.seconds);
    else if (event.event === 'start') this.begin(event.stage);
    else if (event.event === 'progress') this.noteProgress(event);
    else if (event.event === 'log') this.noteLine(event.stage, event.line);
    else if (event.event === 'stage') this.end(event);
    else if (event.event === 'summary') this.finish(event);
    else this.tell(event);
  }

  /** Leaves the terminal as it found it. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.stream.off('resize', this.onResize);
    this.update.clear();
    this.update.done();
    this.frame = [];
  }

  private get width(): number {
    return this.stream.columns || 80;
  }

  /** What stays on the screen. */
  private tell(event: Extract<RunEvent, { event: 'waiting' | 'retry' | 'difference' | 'message' | 'warning' }>): void {
    const { ink } = this;
    if (event.event === 'waiting') this.above(`${event.stage === '' ? 'run' : event.stage}: waits for ${event.holder}`);
    else if (event.event === 'warning') this.above(ink.doubt(`! ${event.stage}: ${event.text}`));
    else if (event.event === 'retry')
      this.above(ink.doubt(`${event.stage}: attempt ${event.attempt} failed: ${event.error}`));
    else if (event.event === 'difference') this.above(ink.bad(`${event.stage}: ${event.text}`));
    else this.above(event.text);
  }

  private begin(stage: string): void {
    this.running.set(stage, { since: performance.now(), pace: new Pace(), lastLine: '' });
    this.timer ??= setInterval(() => this.draw(), frameMs);
    this.draw();
  }

  private noteLine(stage: string, line: string): void {
    const state = this.running.get(stage);
    if (state !== undefined) state.lastLine = line;
  }

  private noteProgress(event: Progress): void {
    const state = this.running.get(event.stage);
    if (state === undefined) return;
    state.pace.note(performance.now(), event.done, event.total, event.unit);
    state.progress = event;
  }

  private end(event: StageEvent): void {
    this.ends.push(event);
    this.running.delete(event.stage);
    this.expectation.end(event.stage, event.seconds);
    if (event.status === 'cached') return;
    const time = event.seconds > 0 ? ` in ${formatSeconds(event.seconds)}` : '';
    this.above(`${this.mark(event)} ${event.stage} ${statusWord(event.status, this.dry)}${time}`);
  }

  private mark({ status }: StageEvent): string {
    if (status === 'failed') return this.ink.bad('✗');
    return status === 'skipped' ? '–' : this.ink.good('✓');
  }

  private open({ stages, dryRun }: Extract<RunEvent, { event: 'run' }>): void {
    this.total = stages;
    this.dry = dryRun === true;
  }

  private finish(summary: Summary): void {
    const text = endPage(this.ends, summary, { width: this.width, ink: this.ink, dry: this.dry });
    this.close();
    this.stream.write(`${this.ends.some((end) => end.status !== 'cached') ? '\n' : ''}${text}\n`);
  }

  /** A line that stays, above the table. */
  private above(line: string): void {
    this.update.persist(line);
    this.frame = [];
    this.draw();
  }

  private draw(): void {
    this.frame = this.running.size === 0 ? [] : this.rows(performance.now());
    if (this.frame.length === 0) this.update.clear();
    else this.update(this.frame.join('\n'));
  }

  /** The terminal has wrapped the old frame to its new width: that many lines are taken away before the next is drawn. */
  private redraw(): void {
    const lines = this.frame.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / this.width)), 0);
    if (lines > 0) this.stream.write(`\u001b[${lines}A\r\u001b[0J`);
    this.update.done();
    this.frame = [];
    this.draw();
  }

  /** As many stages as the window holds, and a last line for the whole run. */
  private rows(now: number): readonly string[] {
    const width = this.width - 1;
    const room = Math.max(1, (this.stream.rows || 24) - 2);
    const all = [...this.running];
    const shown = all.slice(0, all.length <= room ? room : Math.max(0, room - 1));
    const spare = room - shown.length >= shown.length;
    const rows = shown.flatMap(([stage, state]) => {
      const { progress, lastLine, pace } = state;
      const seconds = (now - state.since) / 1000;
      const row = stageRow({ stage, seconds, secondsLeft: pace.secondsLeft(now), progress }, width);
      return spare && lastLine !== '' ? [row, this.ink.faint(cut(`    ${flat(lastLine)}`, width))] : [row];
    });
    const more = all.length - shown.length;
    return [...rows, ...(more > 0 ? [`  … and ${more} more`] : []), cut(this.whole(now), width)];
  }

  private whole(now: number): string {
    const underway = new Map<string, Underway>();
    for (const [stage, { since, pace }] of this.running)
      underway.set(stage, { seconds: (now - since) / 1000, left: pace.secondsLeft(now) });
    const left = this.expectation.secondsLeft(underway);
    const share = this.expectation.share(underway);
    const done = `${this.ends.length}/${this.total} stages done`;
    if (left === undefined || share === undefined || left <= 0) return done;
    return `${done}, about ${Math.floor(share * 100)} % of the run, ${formatSeconds(left)} left`;
  }
}
