/** Threads that claim chunks from a shared counter. Synchronous for the caller, who works too; idle threads sleep. Knows no equations. */
import { Worker } from 'node:worker_threads';
import { control, operation } from './memory-layout.ts';
import { type WasmMemory, type WasmModule, type WebAssemblyApi, webAssembly } from './web-assembly.ts';

/** What the compiled kernel exports. */
export interface KernelExports {
  forwardChunk(chunk: number, thread: number, mode: number): void;
  backwardChunk(chunk: number, thread: number): void;
  stepChunk(chunk: number, thread: number, t: number): number;
}

interface ThreadData {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly thread: number;
  readonly words: typeof control;
  readonly operations: typeof operation;
}

/**
 * Claims chunks, the last first, until none is left. The one atomic step tells both whether there is a chunk and which, so that a thread
 * that wakes late can never take a number from one run and a count from the next; a claim that succeeds keeps `operation` as it is.
 */
function work(
  exports: KernelExports,
  state: Int32Array,
  data: Pick<ThreadData, 'thread' | 'words' | 'operations'>,
): void {
  const { words, operations, thread } = data;
  for (;;) {
    const chunk = Atomics.sub(state, words.left, 1) - 1;
    if (chunk < 0) return;
    const task = Atomics.load(state, words.operation);
    try {
      if (task === operations.backward) exports.backwardChunk(chunk, thread);
      else exports.forwardChunk(chunk, thread, task === operations.forwardTaped ? 1 : 0);
    } catch {
      Atomics.store(state, words.failed, 1);
    }
    Atomics.add(state, words.done, 1);
    Atomics.notify(state, words.done);
  }
}

/** A thread's life, handed over as text so that no file need be found: it may use its arguments only. */
function threadMain(data: ThreadData, claim: typeof work): void {
  const state = new Int32Array(data.memory.buffer, 0, 16);
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const exports = new WebAssembly.Instance(data.module, { env: { memory: data.memory } }).exports as KernelExports;
  for (let seen = 0; ; ) {
    claim(exports, state, data);
    Atomics.wait(state, data.words.sequence, seen);
    seen = Atomics.load(state, data.words.sequence);
    if (Atomics.load(state, data.words.operation) === data.operations.stop) return;
  }
}

export class ThreadPool {
  readonly threads: number;
  readonly exports: KernelExports;
  private readonly state: Int32Array;
  private readonly workers: Worker[];

  constructor(module: WasmModule, memory: WasmMemory, threads: number) {
    this.threads = threads;
    this.state = new Int32Array(memory.buffer, 0, 16);
    Atomics.store(this.state, control.operation, operation.forward);
    this.exports = new webAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
    const text = `(${threadMain.toString()})(require('node:worker_threads').workerData, ${work.toString()})`;
    this.workers = Array.from({ length: threads - 1 }, (_, k) => {
      const workerData: ThreadData = { module, memory, thread: k + 1, words: control, operations: operation };
      const worker = new Worker(text, { eval: true, workerData, execArgv: [], stdin: false });
      worker.unref();
      return worker;
    });
  }

  /** Runs one operation on chunks 0 … count − 1 and returns when all are done. */
  run(task: number, count: number): void {
    const { state } = this;
    Atomics.store(state, control.done, 0);
    Atomics.store(state, control.operation, task);
    Atomics.store(state, control.left, count);
    this.wake(count > 1);
    work(this.exports, state, { thread: 0, words: control, operations: operation });
    for (let done = Atomics.load(state, control.done); done < count; done = Atomics.load(state, control.done)) {
      Atomics.wait(state, control.done, done);
    }
    if (Atomics.exchange(state, control.failed, 0) === 1) {
      throw new Error('kernel: a chunk trapped; its memory or its parameters are damaged, open a new kernel');
    }
  }

  close(): void {
    Atomics.store(this.state, control.operation, operation.stop);
    this.wake(true);
    this.workers.length = 0;
  }

  private wake(needed: boolean): void {
    if (!needed || this.workers.length === 0) return;
    Atomics.add(this.state, control.sequence, 1);
    Atomics.notify(this.state, control.sequence);
  }
}
