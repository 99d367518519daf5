/** Steps → progress with samples a second; lets signals in now and then. */
import { percent } from '../../src/base/text.ts';
import type { StepReport } from '../../src/snn/training/training-run.ts';
import type { StageContext } from '../../src/stage.ts';

export class Meter {
  private readonly context: StageContext;
  private readonly began = performance.now();
  private samples = 0;
  private smoothed: { loss: number; accuracy: number } | undefined;

  constructor(context: StageContext) {
    this.context = context;
  }

  get samplesPerSecond(): number {
    return this.samples / Math.max(1e-3, (performance.now() - this.began) / 1000);
  }

  count(report: StepReport): void {
    this.samples += report.samples;
  }

  /** Shows a step that was counted; false where the stage is to stop. */
  async show(report: StepReport): Promise<boolean> {
    const old = this.smoothed ?? report;
    this.smoothed = { loss: 0.9 * old.loss + 0.1 * report.loss, accuracy: 0.9 * old.accuracy + 0.1 * report.accuracy };
    this.context.progress(report.step, report.steps, 'steps', {
      accuracy: percent(this.smoothed.accuracy),
      loss: Number(this.smoothed.loss.toFixed(3)),
      epoch: report.epoch,
      'samples/s': Number(this.samplesPerSecond.toFixed(1)),
    });
    await new Promise((resolve) => setImmediate(resolve));
    return !this.context.signal.aborted;
  }
}
