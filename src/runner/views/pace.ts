/** How long counted work will still take, from the pace of its last reports. Knows the clock only by what it is told. */

/** Reports older than this say little of the pace now. */
const windowMs = 20_000;
/** A pace needs this much time to be believed. */
const leastMs = 1_000;

interface Report {
  readonly at: number;
  readonly done: number;
}

export class Pace {
  private reports: Report[] = [];
  private total = 0;
  private unit: string | undefined;

  /** Work that is counted otherwise (another unit or total, or fewer done) is other work: the pace begins anew. */
  note(at: number, done: number, total: number, unit?: string): void {
    const last = this.reports.at(-1);
    if (total !== this.total || unit !== this.unit || (last !== undefined && done < last.done)) this.reports = [];
    this.total = total;
    this.unit = unit;
    this.reports.push({ at, done });
    while (this.reports.length > 2 && this.reports[1]!.at < at - windowMs) this.reports.shift();
  }

  /** Seconds left, or undefined where no pace is known or nothing is left; time since the last report counts down. */
  secondsLeft(now: number): number | undefined {
    const [first, last] = [this.reports[0], this.reports.at(-1)];
    if (first === undefined || last === undefined || last.done >= this.total) return undefined;
    if (last.done <= first.done || last.at - first.at < leastMs) return undefined;
    const pace = (last.at - first.at) / (last.done - first.done);
    const left = (pace * (this.total - last.done) - (now - last.at)) / 1000;
    return left > 0 ? left : undefined;
  }
}
