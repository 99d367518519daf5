/** Runs stale stages side by side as far as cores, memory and slots go; ready ones in the plan's order. Knows no files. */
import { totalmem } from 'node:os';
import PQueue from 'p-queue';
import type { Resources } from '../model/plan.ts';

/** One piece of work and what it takes. */
export interface Task {
  readonly id: string;
  readonly resources: Resources;
  run(): Promise<void>;
}

/** What is free; every named slot exists once. */
export class Ledger {
  private cpus: number;
  private memory: number;
  private readonly totalCpus: number;
  private readonly totalMemory: number;
  private readonly takenSlots = new Set<string>();

  constructor(cpus: number, memoryBytes: number) {
    this.cpus = this.totalCpus = cpus;
    this.memory = this.totalMemory = memoryBytes;
  }

  /** Takes what a task asks for, at most all there is; false where it does not fit now. */
  take(resources: Resources): boolean {
    const { cpus, memory, slots } = this.clamp(resources);
    if (cpus > this.cpus || memory > this.memory || slots.some((slot) => this.takenSlots.has(slot))) return false;
    this.cpus -= cpus;
    this.memory -= memory;
    for (const slot of slots) this.takenSlots.add(slot);
    return true;
  }

  /** Whether nothing that needs a core can be taken now. */
  get full(): boolean {
    return this.cpus <= 0;
  }

  give(resources: Resources): void {
    const { cpus, memory, slots } = this.clamp(resources);
    this.cpus += cpus;
    this.memory += memory;
    for (const slot of slots) this.takenSlots.delete(slot);
  }

  private clamp({ cpus, memoryBytes, slots }: Resources): { cpus: number; memory: number; slots: string[] } {
    const named = Object.keys(slots).filter((slot) => slots[slot]! > 0);
    return { cpus: Math.min(cpus, this.totalCpus), memory: Math.min(memoryBytes ?? 0, this.totalMemory), slots: named };
  }
}

export class Scheduler {
  private readonly queue: PQueue;
  private readonly ledger: Ledger;
  private readonly rank: ReadonlyMap<string, number>;
  private readonly waiting: Task[] = [];

  /** `order` gives the plan's order; `jobs` the cores to use. */
  constructor(order: readonly string[], jobs: number) {
    this.rank = new Map(order.map((id, i) => [id, i]));
    this.ledger = new Ledger(jobs, totalmem());
    this.queue = new PQueue({ concurrency: Math.max(1, jobs) });
  }

  add(task: Task): void {
    this.waiting.splice(this.placeFor(task), 0, task);
    this.admit();
  }

  /** Where it stands among the waiting, by the plan's order. */
  private placeFor(task: Task): number {
    const rank = this.rank.get(task.id)!;
    let low = 0;
    for (let high = this.waiting.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.rank.get(this.waiting[middle]!.id)! < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    await this.queue.onIdle();
  }

  private admit(): void {
    for (let i = 0; i < this.waiting.length && !this.ledger.full; ) {
      const task = this.waiting[i]!;
      if (this.ledger.take(task.resources)) {
        this.waiting.splice(i, 1);
        void this.queue.add(() => this.perform(task));
      } else i++;
    }
  }

  private async perform(task: Task): Promise<void> {
    try {
      await task.run();
    } finally {
      this.ledger.give(task.resources);
      this.admit();
    }
  }
}
