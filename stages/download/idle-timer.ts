/** What a later attempt may get past, and the timer that notices a stalled transfer. Knows no files. */

/** Something that a later attempt may not meet again. */
export class Passing extends Error {
  readonly waitMs: number | undefined;
  constructor(message: string, waitMs?: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** Aborts when nothing comes for a while; `touch` starts the time anew. */
export class IdleTimer {
  private readonly controller = new AbortController();
  private readonly ms: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  constructor(ms: number) {
    this.ms = ms;
    this.touch();
  }
  get signal(): AbortSignal {
    return this.controller.signal;
  }
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(new Passing(`no byte for ${this.ms / 1000} s`)), this.ms);
  }
  stop(): void {
    clearTimeout(this.timer);
  }
}
