/** When a stage may begin: as cores, memory and slots allow, ready ones in the plan's order. Knows no files and runs nothing. */
import { totalmem } from 'node:os';
import type { Resources } from '../model/plan.ts';

/** Slot → the places of it that a stage holds, counted from 0. */
type Places = Readonly<Record<string, readonly number[]>>;

/** What is free. A slot of which nothing else is said has one place. */
export class Ledger {
  private cpus: number;
  private memory: number;
  private readonly totalCpus: number;
  private readonly totalMemory: number;
  private readonly capacity: Readonly<Record<string, number>>;
  /** `board 0`, … */
  private readonly taken = new Set<string>();

  constructor(cpus: number, memoryBytes: number, capacity: Readonly<Record<string, number>> = {}) {
    this.cpus = this.totalCpus = cpus;
    this.memory = this.totalMemory = memoryBytes;
    this.capacity = capacity;
  }

  /** Takes what a task asks for, at most all there is, and gives its places; undefined where it does not fit now. */
  take(resources: Resources): Places | undefined {
    const { cpus, memory, slots } = this.clamp(resources);
    const places = slots.map(([slot, count]) => [slot, this.freePlaces(slot).slice(0, count)] as const);
    if (cpus > this.cpus || memory > this.memory) return undefined;
    if (slots.some(([, count], i) => places[i]![1].length < count)) return undefined;
    this.cpus -= cpus;
    this.memory -= memory;
    for (const [slot, numbers] of places) for (const number of numbers) this.taken.add(`${slot} ${number}`);
    return Object.fromEntries(places);
  }

  /** Whether nothing that needs a core can be taken now. */
  get full(): boolean {
    return this.cpus <= 0;
  }

  /** Gives back what was asked for; of slots, the first places if not told which. */
  give(resources: Resources, places?: Places): void {
    const { cpus, memory, slots } = this.clamp(resources);
    this.cpus += cpus;
    this.memory += memory;
    for (const [slot, count] of slots)
      for (const number of places?.[slot] ?? Array.from({ length: count }, (_, i) => i))
        this.taken.delete(`${slot} ${number}`);
  }

  private clamp({ cpus, memoryBytes, slots }: Resources): {
    readonly cpus: number;
    readonly memory: number;
    readonly slots: readonly (readonly [string, number])[];
  } {
    const named = Object.entries(slots).map(([slot, count]) => [slot, Math.min(count, this.capacityOf(slot))] as const);
    return {
      cpus: Math.min(cpus, this.totalCpus),
      memory: Math.min(memoryBytes ?? 0, this.totalMemory),
      slots: named.filter(([, count]) => count > 0),
    };
  }

  private capacityOf(slot: string): number {
    return Object.hasOwn(this.capacity, slot) ? this.capacity[slot]! : 1;
  }

  private freePlaces(slot: string): number[] {
    return Array.from({ length: this.capacityOf(slot) }, (_, i) => i).filter((i) => !this.taken.has(`${slot} ${i}`));
  }
}

/** What a stage holds while it runs. */
interface Admitted {
  readonly slots: Places;
  leave(): void;
}

/** One that waits at the door. */
interface Entrant {
  readonly rank: number;
  readonly resources: Resources;
  enter(admitted: Admitted): void;
}

export class Admission {
  private readonly ledger: Ledger;
  private readonly rank: ReadonlyMap<string, number>;
  private readonly waiting: Entrant[] = [];

  /** `order` gives the plan's order; `jobs` the cores to use; `capacity` how many places slots have. */
  constructor(order: readonly string[], jobs: number, capacity: Readonly<Record<string, number>> = {}) {
    this.rank = new Map(order.map((id, i) => [id, i]));
    this.ledger = new Ledger(jobs, totalmem(), capacity);
  }

  /** Resolves when what the stage asks for is free, with its places and what hands it all back. */
  enter(id: string, resources: Resources): Promise<Admitted> {
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
      const slots = this.ledger.take(resources);
      if (slots === undefined) i++;
      else {
        this.waiting.splice(i, 1);
        enter({ slots, leave: () => this.leave(resources, slots) });
      }
    }
  }

  private leave(resources: Resources, slots: Places): void {
    this.ledger.give(resources, slots);
    this.admit();
  }
}
