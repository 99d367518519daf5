/** When a stage may begin: as cores, memory and slots allow, ready ones in the plan's order. Knows no files and runs nothing. */
import { totalmem } from 'node:os';
import type { Resources } from '../model/plan.ts';

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

/** One that waits at the door. */
interface Entrant {
  readonly rank: number;
  readonly resources: Resources;
  enter(leave: () => void): void;
}

export class Admission {
  private readonly ledger: Ledger;
  private readonly rank: ReadonlyMap<string, number>;
  private readonly waiting: Entrant[] = [];

  /** `order` gives the plan's order; `jobs` the cores to use. */
  constructor(order: readonly string[], jobs: number) {
    this.rank = new Map(order.map((id, i) => [id, i]));
    this.ledger = new Ledger(jobs, totalmem());
  }

  /** Resolves when what the stage asks for is free, and gives what hands it back. */
  enter(id: string, resources: Resources): Promise<() => void> {
    return new Promise((enter) => {
      const entrant = { rank: this.rank.get(id)!, resources, enter };
      this.waiting.splice(this.placeFor(entrant), 0, entrant);
      this.admit();
    });
  }

  /** Where it stands among the waiting, by the plan's order. */
  private placeFor({ rank }: Entrant): number {
    let low = 0;
    for (let high = this.waiting.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.waiting[middle]!.rank < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private admit(): void {
    for (let i = 0; i < this.waiting.length && !this.ledger.full; ) {
      const { resources, enter } = this.waiting[i]!;
      if (this.ledger.take(resources)) {
        this.waiting.splice(i, 1);
        enter(() => this.leave(resources));
      } else i++;
    }
  }

  private leave(resources: Resources): void {
    this.ledger.give(resources);
    this.admit();
  }
}
