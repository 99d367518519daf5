/** Events as plain lines, for logs and CI. Knows no terminal. */
import { unreachable } from '../../base/result.ts';
import type { RunEvent, StageEvent } from '../model/events.ts';
import { formatEnd, formatSeconds, shortReasons, statusWord } from './words.ts';

/** Progress is told at most this often a stage. */
const progressMs = 5000;

export class PlainView {
  private readonly write: (text: string) => void;
  private readonly lastProgress = new Map<string, number>();
  private readonly ends: StageEvent[] = [];
  private dry = false;
  /** Stages that were begun, and so get a line at their end. */
  private readonly begun = new Set<string>();

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  on(event: RunEvent): void {
    const line = this.lineFor(event);
    if (line !== undefined) this.write(`${line}\n`);
  }

  private lineFor(event: RunEvent): string | undefined {
    switch (event.event) {
      case 'run':
        this.dry = event.dryRun === true;
        return undefined;
      case 'expect':
        return undefined;
      case 'start':
        this.begun.add(event.stage);
        return `${event.stage}: runs (${shortReasons(event.reason)})`;
      case 'log':
        return `${event.stage} | ${event.line}`;
      case 'warning':
        return `${event.stage}: warning: ${event.text}`;
      case 'progress':
        return this.progress(event);
      case 'waiting':
        return `${event.stage === '' ? 'run' : event.stage}: waits for ${event.holder}`;
      case 'retry':
        return `${event.stage}: attempt ${event.attempt} failed: ${event.error}; tries again`;
      case 'difference':
        return `${event.stage}: ${event.text}`;
      case 'message':
        return event.text;
      case 'stage':
        return this.stage(event);
      case 'summary':
        return formatEnd(this.ends, event, this.dry);
      default:
        return unreachable(event);
    }
  }

  private stage(event: StageEvent): string | undefined {
    this.ends.push(event);
    if (event.status === 'cached' && !this.begun.has(event.stage)) return undefined;
    const error = event.error === undefined ? '' : `\n${event.error}`;
    return `${event.stage}: ${statusWord(event.status, this.dry)}${event.seconds > 0 ? ` in ${formatSeconds(event.seconds)}` : ''}${error}`;
  }

  private progress(event: Extract<RunEvent, { event: 'progress' }>): string | undefined {
    const now = performance.now();
    const last = this.lastProgress.get(event.stage) ?? -progressMs;
    if (now - last < progressMs && event.done < event.total) return undefined;
    this.lastProgress.set(event.stage, now);
    const figures = Object.entries(event.figures ?? {}).map(([name, value]) => ` ${name} ${value}`);
    return `${event.stage}: ${event.done}/${event.total}${event.unit === undefined ? '' : ` ${event.unit}`}${figures.join(',')}`;
  }
}
