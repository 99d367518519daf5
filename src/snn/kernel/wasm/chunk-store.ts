/** The chunks of the current batch in linear memory: inputs, counts, tapes, sums. Knows no equations and no threads. */
import type { GradientSums } from '../gradient-sums.ts';
import type { KernelCounts, KernelInput, KernelNetwork, KernelTrial } from '../kernel.ts';
import {
  CHUNK_CELL_CAPACITY,
  CHUNK_CELLS,
  CHUNK_COUNT_GRADIENT,
  CHUNK_COUNTS,
  CHUNK_DRAWN,
  CHUNK_EVENTS,
  CHUNK_NON_FINITE,
  CHUNK_SNAPSHOTS,
  CHUNK_STEP_PTR,
  CHUNK_SUMS,
  CHUNK_TAPE,
  CHUNK_TRIALS,
  CHUNK_WORDS,
  CHUNKS,
  edgeDecaySums,
  edgeSums,
  LANES,
  snapshotBytes,
  sumsBytes,
  tapeBytes,
} from '../layout.ts';
import type { KernelMemory } from './kernel-memory.ts';

/** Most chunks at a time; their records lie in one table, and that of the recording chunk after them. */
const maximumChunks = 4096;
const recordBytes = CHUNK_WORDS * 4;

export interface ChunkOptions {
  /** Steps between snapshots; 0: none. */
  readonly interval: number;
  /** Places of edges, of all and of each. */
  readonly places: { readonly edge: Int32Array; readonly count: number };
  /** Whether sums of Q are kept. */
  readonly decays: boolean;
}

export class ChunkStore {
  private readonly memory: KernelMemory;
  private readonly network: KernelNetwork;
  private readonly options: ChunkOptions;
  private readonly table: number;
  /** For each chunk made so far: room for (split, odour, trial) of its trials. */
  private readonly trialRoom: number[] = [];
  /** For each chunk: the trials whose spikes it holds as drawn, in words; undefined where they were given or of another task. */
  private readonly drawnTrials: (string | undefined)[] = [];
  private recording = false;

  constructor(memory: KernelMemory, network: KernelNetwork, options: ChunkOptions) {
    this.memory = memory;
    this.network = network;
    this.options = options;
    this.table = memory.take((maximumChunks + 1) * recordBytes);
    memory.setContext({ [CHUNKS]: this.table });
  }

  /** Trials that memory holds at a time, at least one chunk of them. */
  get mostTrials(): number {
    const recording = this.recording ? 0 : this.bytesOf(false);
    const chunks = this.trialRoom.length + Math.floor((this.memory.left - recording) / this.bytesOf(true));
    return LANES * Math.max(1, Math.min(maximumChunks, chunks));
  }

  /** Makes the chunks that a batch of so many trials needs, and says how many trials each holds. */
  prepare(trials: number): void {
    const count = Math.ceil(trials / LANES);
    while (this.trialRoom.length < count) {
      this.makeRecord(this.trialRoom.length, true);
      this.trialRoom.push(this.memory.take(12 * LANES));
    }
    for (let chunk = 0; chunk < count; chunk++) {
      this.memory.writeChunk(this.record(chunk), {
        [CHUNK_TRIALS]: Math.min(LANES, trials - chunk * LANES),
        [CHUNK_DRAWN]: 0,
      });
    }
  }

  /** One trial in a chunk of its own, which leaves the batch and its tape alone; returns the chunk's number. */
  prepareRecording(input: KernelInput): number {
    if (!this.recording) this.makeRecord(maximumChunks, false);
    this.recording = true;
    this.memory.writeChunk(this.record(maximumChunks), { [CHUNK_TRIALS]: 1, [CHUNK_DRAWN]: 0 });
    this.writeLane(this.record(maximumChunks), 0, input);
    return maximumChunks;
  }

  writeInput(trial: number, input: KernelInput): void {
    this.drawnTrials[Math.floor(trial / LANES)] = undefined;
    this.writeLane(this.record(Math.floor(trial / LANES)), trial % LANES, input);
  }

  private writeLane(record: number, lane: number, input: KernelInput): void {
    const { memory } = this;
    const { steps } = this.network;
    memory.int32(memory.readChunk(record, CHUNK_STEP_PTR) + 4 * lane * (steps + 1), steps + 1).set(input.stepPtr);
    const capacity = memory.readChunk(record, CHUNK_CELL_CAPACITY);
    memory.uint32(memory.readChunk(record, CHUNK_CELLS) + 4 * lane * capacity, input.cell.length).set(input.cell);
  }

  /** Says which trials each chunk draws; a chunk that holds the spikes of these very trials already draws nothing. */
  writeTrials(trials: readonly KernelTrial[]): void {
    for (let chunk = 0; chunk * LANES < trials.length; chunk++) {
      const own = trials
        .slice(chunk * LANES, (chunk + 1) * LANES)
        .flatMap(({ split, odour, trial }) => [split, odour, trial]);
      const words = own.join();
      if (this.drawnTrials[chunk] === words) continue;
      this.drawnTrials[chunk] = words;
      const room = this.trialRoom[chunk]!;
      this.memory.int32(room, own.length).set(own);
      this.memory.writeChunk(this.record(chunk), { [CHUNK_DRAWN]: room });
    }
  }

  /** After a change of task: the same trials are other spikes. */
  forgetTrials(): void {
    this.drawnTrials.length = 0;
  }

  writeCountGradient(countGradient: Float32Array, trials: number): void {
    const { size } = this.network;
    for (let chunk = 0; chunk * LANES < trials; chunk++) {
      const rows = countGradient.subarray(chunk * LANES * size, (chunk + 1) * LANES * size);
      this.memory.float32(this.memory.readChunk(this.record(chunk), CHUNK_COUNT_GRADIENT), rows.length).set(rows);
    }
  }

  readCounts(trials: number): KernelCounts {
    const { memory } = this;
    const { size } = this.network;
    const counts = new Float32Array(trials * size);
    let events = 0;
    let flags = 0;
    for (let chunk = 0; chunk * LANES < trials; chunk++) {
      const record = this.record(chunk);
      const rows = Math.min(LANES, trials - chunk * LANES) * size;
      counts.set(memory.float32(memory.readChunk(record, CHUNK_COUNTS), rows), chunk * LANES * size);
      events += memory.readChunk(record, CHUNK_EVENTS);
      flags |= memory.readChunk(record, CHUNK_NON_FINITE);
    }
    return { counts, events, nonFinite: ['Ie', 'Ii', 'V'].filter((_, k) => flags & [2, 4, 1][k]!) };
  }

  /** One chunk's sums, those of edges in the network's order. */
  readSums(chunk: number): GradientSums {
    const { size } = this.network;
    const { places, decays } = this.options;
    const address = this.memory.readChunk(this.record(chunk), CHUNK_SUMS);
    const cells = (k: number) => this.memory.float32(address + 4 * k * size, size);
    const ofEdges = (at: number) => {
      const sums = this.memory.float32(address + at, places.count);
      const out = new Float32Array(places.edge.length);
      for (let e = 0; e < out.length; e++) out[e] = sums[places.edge[e]!]!;
      return out;
    };
    return {
      ...{ vThresh: cells(0), vReset: cells(1), a: cells(2), start: cells(3) },
      edge: ofEdges(edgeSums(size)),
      edgeDecay: decays ? ofEdges(edgeDecaySums(size, places.count)) : new Float32Array(0),
    };
  }

  private record(chunk: number): number {
    return this.table + chunk * recordBytes;
  }

  /** Bytes of a chunk's arrays by the words that say where they lie. */
  private sizesOf(taped: boolean): Readonly<Record<number, number>> {
    const { interval, places, decays } = this.options;
    const { size, steps, inputSize } = this.network;
    const perCell = 4 * LANES * size;
    return {
      [CHUNK_STEP_PTR]: 4 * LANES * (steps + 1),
      [CHUNK_CELLS]: 4 * LANES * inputSize * steps,
      [CHUNK_COUNTS]: perCell,
      [CHUNK_COUNT_GRADIENT]: perCell,
      [CHUNK_TAPE]: interval > 0 || !taped ? 0 : tapeBytes(size, steps),
      [CHUNK_SNAPSHOTS]: interval > 0 && taped ? snapshotBytes(size) * Math.ceil(steps / interval) : 0,
      [CHUNK_SUMS]: sumsBytes(size, places.count, decays ? 1 : 0),
    };
  }

  /** Bytes that a chunk takes at most, cache lines and its list of trials among them. */
  private bytesOf(taped: boolean): number {
    const sizes = Object.values(this.sizesOf(taped));
    return sizes.reduce((sum, bytes) => sum + bytes + 64, 12 * LANES + 64);
  }

  private makeRecord(chunk: number, taped: boolean): void {
    const { steps, inputSize } = this.network;
    const record = this.record(chunk);
    for (const [word, bytes] of Object.entries(this.sizesOf(taped))) {
      this.memory.writeChunk(record, { [Number(word)]: bytes === 0 ? 0 : this.memory.take(bytes) });
    }
    this.memory.writeChunk(record, { [CHUNK_CELL_CAPACITY]: inputSize * steps });
  }
}
