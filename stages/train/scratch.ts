/** The state that an interrupted training goes on from: kept each epoch, each minute and at a stop. A disk that refuses it costs only that. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCheckpoint, restoreCheckpoint } from '../../src/snn/training/checkpoint.ts';
import type { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { StageContext } from '../../src/stage.ts';

const fileName = 'checkpoint.safetensors';
const everyMs = 60_000;

export class Scratch {
  private readonly context: StageContext;
  private readonly training: TrainingRun;
  private kept = performance.now();

  constructor(context: StageContext, training: TrainingRun) {
    this.context = context;
    this.training = training;
  }

  /** Puts the training where an earlier run of this very action left it; false where there is none. */
  async resume(): Promise<boolean> {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(join(this.context.scratch, fileName));
    } catch {
      return false;
    }
    restoreCheckpoint(this.training, bytes);
    this.context.log(`goes on after ${this.training.step} of ${this.training.totalSteps} steps`);
    return true;
  }

  /** After a step: keeps the state where a minute has passed. */
  async tick(): Promise<void> {
    if (performance.now() - this.kept >= everyMs) await this.keep(encodeCheckpoint(this.training));
  }

  /** Whole or not at all, also where the folder has been deleted meanwhile. */
  async keep(bytes: Uint8Array): Promise<void> {
    this.kept = performance.now();
    const path = join(this.context.scratch, fileName);
    try {
      await mkdir(this.context.scratch, { recursive: true });
      await writeFile(`${path}.part`, bytes);
      await rename(`${path}.part`, path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.context.log(`the state to go on from could not be kept: ${reason}`);
    }
  }

  async clear(): Promise<void> {
    await rm(join(this.context.scratch, fileName), { force: true }).catch(() => undefined);
  }
}
