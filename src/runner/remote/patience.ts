/** How much a remote may cost: each wait has an end, and who answered late, or not at all, is not asked again in this run. Reads no bytes. */
import { RemoteRefusal } from './remote-store.ts';

/** A body that comes slower than this is given up: bytes in each stretch of `timeoutMs`. */
export const leastBytes: number = 1 << 16;

const graceMs = 200;

export class Patience {
  readonly timeoutMs: number;
  private readonly onEnd: (why: string) => void;
  private readonly stop = new AbortController();
  private ended: string | undefined;
  private lateMs = 0;

  /** `onEnd` hears once why the remote is not asked any more. */
  constructor(timeoutMs: number, onEnd: (why: string) => void) {
    this.timeoutMs = timeoutMs;
    this.onEnd = onEnd;
  }

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  /** Ends all that is under way too. */
  end(why: string): void {
    if (this.ended !== undefined) return;
    this.ended = why;
    this.stop.abort(new Error(why));
    this.onEnd(why);
  }

  /** Ends all that is under way, and says nothing. */
  close(): void {
    this.ended ??= 'closed';
    this.stop.abort(new Error('closed'));
  }

  /**
   * Runs one request that must end, or at least go on, within the timeout; `alive` is to be called whenever it did. undefined where it failed:
   * a refusal (a 403, say) or a failure to connect or to answer ends all asking, so that a dead remote costs one timeout in all.
   */
  async request<T>(act: (signal: AbortSignal, alive: () => void) => Promise<T>): Promise<T | undefined> {
    if (this.isOver) return undefined;
    const own = new AbortController();
    const signal = AbortSignal.any([own.signal, this.stop.signal]);
    const tooLong = (): void => own.abort(new Error(`no answer within ${this.timeoutMs / 1000} s`));
    const timer = setTimeout(tooLong, this.timeoutMs);
    let cut: () => void = () => undefined;
    const over = new Promise<never>((_, reject) => {
      cut = () => reject(signal.reason);
      signal.addEventListener('abort', cut, { once: true });
    });
    const acting = act(signal, () => void timer.refresh());
    try {
      return await Promise.race([acting, over]);
    } catch (error) {
      await settled(acting);
      this.end(wordsOf(signal.aborted && !(error instanceof RemoteRefusal) ? signal.reason : error));
      return undefined;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cut);
      over.catch(() => undefined);
    }
  }

  /** Many answers that each come just in time are a slow remote all the same: four timeouts of such waiting are the limit. */
  noteWait(ms: number): void {
    if (ms < this.timeoutMs / 5) return;
    this.lateMs += ms;
    if (this.lateMs > 4 * this.timeoutMs) this.end(`its answers took ${Math.round(this.lateMs / 1000)} s`);
  }
}

/** Who was told to stop puts away what he holds; one that hangs in a system call is not waited for. */
async function settled(acting: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([acting.catch(() => undefined), grace]);
  clearTimeout(timer);
}

function wordsOf(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  const first = errors?.[0]?.message;
  const text = first ?? (message === '' ? undefined : message) ?? code ?? 'it failed';
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}
