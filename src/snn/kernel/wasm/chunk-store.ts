/** The chunks of the current batch in linear memory: inputs, counts, tapes, sums. Knows no equations and no threads. */
import type { GradientSums } from '../gradient-sums.ts';
import type { KernelCounts, KernelInput, KernelNetwork, KernelTrial } from '../kernel.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { chunkWords, lanes, snapshotBytes, sumsBytes, tapeBytes } from './memory-layout.ts';

/** Most chunks of one batch; their records lie in one table, and that of the recording chunk after them. */
const maximumChunks = 4096;
const recordBytes = chunkWords * 4;

export class ChunkStore {
  private readonly memory: KernelMemory;
  private readonly network: KernelNetwork;
  private readonly interval: number;
  private readonly table: number;
  /** For each chunk made so far: room for (split, odour, trial) of its trials. */
  private readonly trialRoom: number[] = [];
  /** For each chunk: the trials whose spikes it holds as drawn, in words; undefined where they were given or of another task. */
  private readonly drawnTrials: (string | undefined)[] = [];
  private freeWeights = 0;
  private recording = false;

  constructor(memory: KernelMemory, network: KernelNetwork, interval: number) {
    this.memory = memory;
    this.network = network;
    this.interval = interval;
    this.table = memory.take((maximumChunks + 1) * recordBytes);
    memory.setContext({ chunks: this.table });
  }

  /** Room for the sums of free weights, in chunks made before and after. */
  setFreeWeights(count: number): void {
    if (count <= this.freeWeights) return;
    this.freeWeights = count;
    const { size, gainCount } = this.network;
    for (let chunk = 0; chunk < this.trialRoom.length; chunk++) {
      const sums = this.memory.take(sumsBytes(size, gainCount, count));
      this.memory.writeChunk(this.record(chunk), { sums });
    }
  }

  /** Makes the chunks that a batch of so many trials needs, and says how many trials each holds. */
  prepare(trials: number): void {
    const count = Math.ceil(trials / lanes);
    if (count > maximumChunks) {
      throw new RangeError(`kernel: a batch of ${trials} trials, the most is ${maximumChunks * lanes}`);
    }
    while (this.trialRoom.length < count) {
      this.makeRecord(this.trialRoom.length, true);
      this.trialRoom.push(this.memory.take(12 * lanes));
    }
    for (let chunk = 0; chunk < count; chunk++) {
      this.memory.writeChunk(this.record(chunk), { trials: Math.min(lanes, trials - chunk * lanes), drawn: 0 });
    }
  }

  /** One trial in a chunk of its own, which leaves the batch and its tape alone; returns the chunk's number. */
  prepareRecording(input: KernelInput): number {
    if (!this.recording) this.makeRecord(maximumChunks, false);
    this.recording = true;
    this.memory.writeChunk(this.record(maximumChunks), { trials: 1, drawn: 0 });
    this.writeLane(this.record(maximumChunks), 0, input);
    return maximumChunks;
  }

  writeInput(trial: number, input: KernelInput): void {
    this.drawnTrials[Math.floor(trial / lanes)] = undefined;
    this.writeLane(this.record(Math.floor(trial / lanes)), trial % lanes, input);
  }

  private writeLane(record: number, lane: number, input: KernelInput): void {
    const { memory } = this;
    const { steps } = this.network;
    memory.int32(memory.readChunk(record, 'stepPtr') + 4 * lane * (steps + 1), steps + 1).set(input.stepPtr);
    const capacity = memory.readChunk(record, 'cellCapacity');
    memory.uint16(memory.readChunk(record, 'cells') + 2 * lane * capacity, input.cell.length).set(input.cell);
  }

  /** Says which trials each chunk draws; a chunk that holds the spikes of these very trials already draws nothing. */
  writeTrials(trials: readonly KernelTrial[]): void {
    for (let chunk = 0; chunk * lanes < trials.length; chunk++) {
      const own = trials
        .slice(chunk * lanes, (chunk + 1) * lanes)
        .flatMap(({ split, odour, trial }) => [split, odour, trial]);
      const words = own.join();
      if (this.drawnTrials[chunk] === words) continue;
      this.drawnTrials[chunk] = words;
      const room = this.trialRoom[chunk]!;
      this.memory.int32(room, own.length).set(own);
      this.memory.writeChunk(this.record(chunk), { drawn: room });
    }
  }

  /** After a change of task: the same trials are other spikes. */
  forgetTrials(): void {
    this.drawnTrials.length = 0;
  }

  writeCountGradient(countGradient: Float32Array, trials: number): void {
    const { size } = this.network;
    for (let chunk = 0; chunk * lanes < trials; chunk++) {
      const rows = countGradient.subarray(chunk * lanes * size, (chunk + 1) * lanes * size);
      this.memory.float32(this.memory.readChunk(this.record(chunk), 'countGradient'), rows.length).set(rows);
    }
  }

  readCounts(trials: number): KernelCounts {
    const { memory } = this;
    const { size } = this.network;
    const counts = new Float32Array(trials * size);
    let events = 0;
    let flags = 0;
    for (let chunk = 0; chunk * lanes < trials; chunk++) {
      const record = this.record(chunk);
      const rows = Math.min(lanes, trials - chunk * lanes) * size;
      counts.set(memory.float32(memory.readChunk(record, 'counts'), rows), chunk * lanes * size);
      events += memory.readChunk(record, 'events');
      flags |= memory.readChunk(record, 'nonFinite');
    }
    return { counts, events, nonFinite: ['Ie', 'Ii', 'V'].filter((_, k) => flags & [2, 4, 1][k]!) };
  }

  /** Views of one chunk's sums; Σ w·P and Σ w·Q are put in receptor order. */
  readSums(chunk: number): GradientSums {
    const { size, gainCount } = this.network;
    const address = this.memory.readChunk(this.record(chunk), 'sums');
    const floats = this.memory.float32(address + 8 * gainCount, 8 * size + this.freeWeights);
    const cells = (k: number) => floats.subarray((4 + k) * size, (5 + k) * size);
    return {
      gain: this.memory.float64(address, gainCount),
      wp: byReceptor(floats.subarray(0, 4 * size), 0),
      wq: byReceptor(floats.subarray(0, 4 * size), 1),
      a: cells(0),
      drive: cells(1),
      vThresh: cells(2),
      vReset: cells(3),
      weight: floats.subarray(8 * size),
    };
  }

  private record(chunk: number): number {
    return this.table + chunk * recordBytes;
  }

  private makeRecord(chunk: number, taped: boolean): void {
    const { memory, interval } = this;
    const { size, steps, inputSize, gainCount } = this.network;
    const record = this.record(chunk);
    const cellCapacity = Math.ceil((inputSize * steps) / 2) * 2;
    memory.writeChunk(record, {
      stepPtr: memory.take(4 * lanes * (steps + 1)),
      cells: memory.take(2 * lanes * cellCapacity),
      cellCapacity,
      counts: memory.take(4 * lanes * size),
      countGradient: memory.take(4 * lanes * size),
      tape: interval > 0 || !taped ? 0 : memory.take(tapeBytes(size, steps)),
      snapshots: interval > 0 && taped ? memory.take(snapshotBytes(size, Math.ceil(steps / interval))) : 0,
      sums: memory.take(sumsBytes(size, gainCount, this.freeWeights)),
    });
  }
}

/** [N] ((Σ w·P, Σ w·Q) of E, the same of I) → one of the two, E [N], I [N]. */
function byReceptor(sums: Float32Array, which: 0 | 1): Float32Array {
  const size = sums.length / 4;
  return new Float32Array(2 * size).map((_, k) => sums[k < size ? 4 * k + which : 4 * (k - size) + 2 + which]!);
}
