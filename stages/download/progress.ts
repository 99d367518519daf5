/** Progress of several transfers as one. Knows no files on disk. */
import type { StageContext } from '../../src/stage.ts';

/** Bytes of all files together; totals are known as servers tell them. */
export class Progress {
  private readonly context: Pick<StageContext, 'progress'>;
  private readonly files: Map<string, { done: number; total: number }> = new Map();
  private readonly count: number;
  private finished = 0;
  constructor(context: Pick<StageContext, 'progress'>, count: number) {
    this.context = context;
    this.count = count;
  }
  set(name: string, done: number, total: number | undefined): void {
    this.files.set(name, { done, total: Math.max(done, total ?? 0) });
    this.show();
  }
  finish(name: string, bytes: number): void {
    this.finished += 1;
    this.set(name, bytes, bytes);
  }
  private show(): void {
    let [done, total] = [0, 0];
    for (const file of this.files.values()) {
      done += file.done;
      total += file.total;
    }
    this.context.progress(done, total, 'B', { files: `${this.finished}/${this.count}` });
  }
}
