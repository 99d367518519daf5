/** Processor time and peak memory of a process with all below it, by looks at /proc now and then. Knows no stages. */
import { readdirSync, readFileSync } from 'node:fs';
import { startOf } from '../locks/process-identity.ts';

export interface Usage {
  /** Processor time of all its processes; left out where it is not known. */
  readonly cpuSeconds?: number;
  /** The most that its processes held together at a look, or one alone at any time. */
  readonly peakMemoryBytes?: number;
}

const firstLookMs = 20;
const slowestLookMs = 3000;
/** Of /proc/PID/stat; the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

export class UsageMeter {
  /** Every process that was seen below it: number → start time. */
  readonly seen: Map<number, string> = new Map();
  private readonly pid: number;
  private cpuSeconds = 0;
  private peakBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.pid = pid;
    this.lookAfter(firstLookMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** With what its own shell said of times: two lines `0m0.006s 0m0.000s`, the second of its children. */
  usage(times: string): Usage {
    const told = [...times.matchAll(/(\d+)m(\d+)[.,](\d+)s/g)].map(
      ([, m, s, part]) => Number(m) * 60 + Number(`${s}.${part}`),
    );
    const cpu = Math.max(
      this.cpuSeconds,
      told.slice(2).reduce((sum, seconds) => sum + seconds, 0),
    );
    return {
      ...(told.length > 0 || this.peakBytes > 0 ? { cpuSeconds: Math.round(cpu * 1000) / 1000 } : {}),
      ...(this.peakBytes > 0 ? { peakMemoryBytes: this.peakBytes } : {}),
    };
  }

  private lookAfter(ms: number): void {
    this.timer = setTimeout(() => {
      this.look();
      this.lookAfter(Math.min(slowestLookMs, ms * 1.5));
    }, ms);
    this.timer.unref();
  }

  private look(): void {
    let seconds = 0;
    let together = 0;
    for (const pid of processTree(this.pid)) {
      this.seen.set(pid, startOf(pid));
      seconds += secondsOf(pid);
      const { nowBytes, peakBytes } = memoryOf(pid);
      together += nowBytes;
      this.peakBytes = Math.max(this.peakBytes, peakBytes);
    }
    this.peakBytes = Math.max(this.peakBytes, together);
    this.cpuSeconds = Math.max(this.cpuSeconds, seconds);
  }
}

/** A process and all that descend from it. */
function processTree(pid: number): number[] {
  const found = [pid];
  for (const parent of found)
    for (const task of list(`/proc/${parent}/task`))
      found.push(...read(`/proc/${parent}/task/${task}/children`).split(' ').filter(Boolean).map(Number));
  return found;
}

/** Its own, and that of its children that have ended. */
function secondsOf(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : 0;
}

function memoryOf(pid: number): { readonly nowBytes: number; readonly peakBytes: number } {
  const status = read(`/proc/${pid}/status`);
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { nowBytes: kib('VmRSS') * 1024, peakBytes: kib('VmHWM') * 1024 };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
