/** One kernel's linear memory: grows, places arrays, writes the context. Knows no equations and no threads. */
import { CHUNK_WORDS, CONTEXT, HEAP, LANE_MASKS } from '../layout.ts';
import { Bump, maximumPages, pageBytes } from './memory-layout.ts';
import { type WasmMemory, webAssembly } from './web-assembly.ts';

export class KernelMemory {
  readonly memory: WasmMemory;
  private readonly mostBytes: number;
  private readonly bump = new Bump(HEAP);

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
    this.memory = new webAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true });
    const masks = this.int32(LANE_MASKS, 64);
    for (let k = 0; k < 64; k++) masks[k] = ((k >> 2) >> (k & 3)) & 1 ? -1 : 0;
  }

  /** Bytes that may still be taken. */
  get left(): number {
    return this.mostBytes - this.bump.used;
  }

  /** @throws RangeError when memory would pass the most that is allowed. */
  take(bytes: number): number {
    const address = this.bump.take(bytes);
    const pages = Math.ceil(this.bump.used / pageBytes);
    if (this.left < 0) {
      throw new RangeError(
        `kernel: 8 trials side by side need ${gib(this.bump.used)} GiB, the most is ${gib(this.mostBytes)}; set checkpointSteps, near the root of the number of steps`,
      );
    }
    const missing = pages - this.memory.buffer.byteLength / pageBytes;
    if (missing > 0) this.memory.grow(missing);
    return address;
  }

  place(values: Int32Array | Uint32Array): number {
    const address = this.take(values.byteLength);
    this.write(address, values);
    return address;
  }
  write(address: number, values: Int32Array | Uint32Array): void {
    this.int32(address, values.length).set(values);
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }
  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }
  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  /** Values by the context's words. */
  setContext(values: Readonly<Record<number, number>>): void {
    this.setWords(CONTEXT, values);
  }

  /** Word of a chunk's record at `address`. */
  readChunk(address: number, word: number): number {
    return this.int32(address, CHUNK_WORDS)[word]! >>> 0;
  }
  writeChunk(address: number, values: Readonly<Record<number, number>>): void {
    this.setWords(address, values);
  }

  private setWords(address: number, values: Readonly<Record<number, number>>): void {
    for (const [word, value] of Object.entries(values)) this.int32(address + 4 * Number(word), 1)[0] = value;
  }
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}
