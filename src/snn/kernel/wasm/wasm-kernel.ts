/** The fast kernel: 8 trials side by side in WebAssembly, chunks spread over threads. Equals the reference bit for bit. */
import { checkCountGradient, checkInput } from '../check-input.ts';
import { checkParameters } from '../check-parameters.ts';
import { type CoreModel, resolveModel } from '../core-model.ts';
import { checkTask, checkTrial } from '../draw-input.ts';
import { type EdgePlan, planEdges } from '../edge-plan.ts';
import { kernelWasmBase64 } from '../generated/kernel-wasm.ts';
import { addSums, finishGradients, type GradientSums, nonFiniteNames, zeroSums } from '../gradient-sums.ts';
import type {
  Kernel,
  KernelCounts,
  KernelGradients,
  KernelInput,
  KernelNetwork,
  KernelParameters,
  KernelRecord,
  KernelTask,
  KernelTrial,
} from '../kernel.ts';
import { single } from '../precision.ts';
import { hardStep } from '../spike-function.ts';
import { ChunkStore } from './chunk-store.ts';
import { KernelMemory } from './kernel-memory.ts';
import { cellNames, cellWords, lanes, operation, workspaceBytes } from './memory-layout.ts';
import { ThreadPool } from './thread-pool.ts';
import { webAssembly } from './web-assembly.ts';

export interface WasmOptions {
  readonly threads: number;
  /** Keep V only every so many steps and run the steps between again in the backward pass; 0 keeps all steps. */
  readonly checkpointSteps: number;
}

/** Byte offset of a target's 8 lanes: currents lie as [N] (E, I), adjoints as [N] (P of E, Q of E, P of I, Q of I). */
function targetOffset(target: number, size: number, vectors: number): number {
  const [cell, receptor] = target < size ? [target, 0] : [target - size, 1];
  return (cell * 2 + receptor) * vectors * 4 * lanes;
}

/** [R] (bytes of the first edge, of the end, bytes of the first segment, of the end). */
function forwardRows({ segmentPtr, edgePtr }: EdgePlan): Int32Array {
  return Int32Array.from({ length: 4 * (segmentPtr.length - 1) }, (_, k) => {
    const segment = segmentPtr[(k >> 2) + (k & 1)]!;
    return 8 * ((k & 2) === 0 ? edgePtr[segment]! : segment);
  });
}

/** [S] (bytes of the end of its edges, bytes of its gain's f64 sum). */
function segmentRecords({ edgePtr, segmentGain }: EdgePlan): Int32Array {
  return Int32Array.from(
    { length: 2 * segmentGain.length },
    (_, k) => 8 * ((k & 1) === 0 ? edgePtr[(k >> 1) + 1]! : segmentGain[k >> 1]!),
  );
}

/** [N + 1] first place of each cell's backward edges: rows of whole fours. */
function quads({ segmentPtr, edgePtr }: EdgePlan, inputSize: number): Int32Array {
  const rows = new Int32Array(segmentPtr.length - inputSize);
  for (let i = 0; i + 1 < rows.length; i++) {
    const edges = edgePtr[segmentPtr[inputSize + i + 1]!]! - edgePtr[segmentPtr[inputSize + i]!]!;
    rows[i + 1] = rows[i]! + Math.ceil(edges / 4) * 4;
  }
  return rows;
}

export class WasmKernel implements Kernel {
  readonly name = 'wasm';
  readonly threads: number;
  private readonly network: KernelNetwork;
  private readonly plan: EdgePlan;
  private readonly backwardRows: Int32Array;
  private readonly memory = new KernelMemory();
  private readonly pool: ThreadPool;
  private readonly chunks: ChunkStore;
  private readonly places: Readonly<Record<'forwardEdges' | 'backwardEdges' | 'gainEdges' | 'cells' | 'vRest', number>>;
  private model: CoreModel | undefined;
  private task: KernelTask | undefined;
  private taskPlace: { readonly length: number; readonly on: number; readonly off: number } | undefined;
  private taped = 0;

  constructor(network: KernelNetwork, options: WasmOptions) {
    this.network = network;
    this.threads = options.threads;
    this.plan = planEdges(network);
    const { memory, plan } = this;
    const { size, inputSize, steps } = network;
    const interval = Math.min(options.checkpointSteps, steps);
    const edges = plan.edge.length;
    this.backwardRows = quads(plan, inputSize);
    const place = (words: number) => memory.take(4 * words);
    this.places = {
      forwardEdges: place(2 * edges),
      backwardEdges: place(2 * this.backwardRows[size]!),
      gainEdges: place(edges),
      cells: place(cellWords * size),
      vRest: place(size),
    };
    const bytes = workspaceBytes(size, inputSize, interval);
    memory.setContext({
      inputSize,
      size,
      steps,
      gainCount: network.gainCount,
      edgeCount: edges,
      forwardRows: memory.place(forwardRows(plan)),
      segments: memory.place(segmentRecords(plan)),
      ...this.places,
      backwardRows: memory.place(this.backwardRows.map((place) => 8 * place)),
      workspaces: memory.take(bytes * options.threads),
      workspaceBytes: bytes,
      checkpointSteps: interval,
    });
    this.chunks = new ChunkStore(memory, network, interval);
    const module = new webAssembly.Module(Buffer.from(kernelWasmBase64, 'base64'));
    this.pool = new ThreadPool(module, memory.memory, options.threads);
  }

  setParameters(parameters: KernelParameters): void {
    checkParameters(this.network, parameters);
    const model = resolveModel(this.network, this.plan, parameters, single, hardStep);
    this.model = model;
    this.taped = 0;
    this.writeForwardEdges(model.weight);
    this.writeBackwardEdges(model.gather);
    this.memory.float32(this.places.gainEdges, model.gainGather.length).set(model.gainGather);
    this.memory.float32(this.places.vRest, this.network.size).set(parameters.vRest);
    this.writeCells(model, parameters);
    this.memory.setContext({ freeWeights: parameters.weight === undefined ? 0 : 1 });
    this.chunks.setFreeWeights(parameters.weight?.length ?? 0);
  }

  setTask(task: KernelTask): void {
    checkTask(task, this.network.inputSize);
    this.task = task;
    this.taped = 0;
    this.chunks.forgetTrials();
    const inputs = this.network.inputSize;
    const padded = Math.ceil(inputs / 8) * 8;
    const odours = inputs === 0 ? 0 : task.onThreshold.length / inputs;
    const on = new Uint32Array(odours * padded);
    for (let c = 0; c < odours; c++) on.set(task.onThreshold.subarray(c * inputs, (c + 1) * inputs), c * padded);
    const off = new Uint32Array(padded);
    off.set(task.offThreshold);
    if (this.taskPlace?.length !== on.length) {
      this.taskPlace = { length: on.length, on: this.memory.take(4 * on.length), off: this.memory.take(4 * padded) };
    }
    const place = this.taskPlace;
    this.memory.write(place.on, on);
    this.memory.write(place.off, off);
    this.memory.setContext({
      onThreshold: place.on,
      offThreshold: place.off,
      paddedInputs: padded,
      minSteps: task.minSteps,
      durationChoices: task.maxSteps - task.minSteps + 1,
      seed: task.seed,
    });
  }

  forward(inputs: readonly KernelInput[], tape: boolean): KernelCounts {
    this.resolved();
    inputs.forEach((input, b) => {
      checkInput(this.network, input, b);
    });
    this.chunks.prepare(inputs.length);
    inputs.forEach((input, b) => {
      this.chunks.writeInput(b, input);
    });
    return this.runForward(inputs.length, tape);
  }

  forwardTrials(trials: readonly KernelTrial[], tape: boolean): KernelCounts {
    this.resolved();
    const task = this.task;
    if (task === undefined) throw new Error('kernel: forwardTrials needs setTask first');
    for (const trial of trials) checkTrial(task, trial);
    this.chunks.prepare(trials.length);
    this.chunks.writeTrials(trials);
    return this.runForward(trials.length, tape);
  }

  backward(countGradient: Float32Array): KernelGradients {
    const { parameters } = this.resolved();
    const { size, gainCount } = this.network;
    checkCountGradient(countGradient, this.taped, size);
    this.chunks.writeCountGradient(countGradient, this.taped);
    const count = Math.ceil(this.taped / lanes);
    this.pool.run(operation.backward, count);
    const total = zeroSums(size, gainCount, parameters.weight?.length ?? 0, single);
    for (let chunk = 0; chunk < count; chunk++) addSums(total, this.chunks.readSums(chunk) as GradientSums, single);
    const gradients = finishGradients(this.plan, parameters, total, single) as Omit<KernelGradients, 'nonFinite'>;
    if (parameters.weight !== undefined) gradients.gain.fill(0);
    return { ...gradients, nonFinite: nonFiniteNames({ ...gradients }) };
  }

  record(input: KernelInput, voltagesOf?: Int32Array): KernelRecord {
    const { parameters } = this.resolved();
    checkInput(this.network, input, 0);
    const chunk = this.chunks.prepareRecording(input);
    const { size, steps } = this.network;
    const spikes = new Uint8Array(steps * size);
    const vMv = new Float32Array(steps * (voltagesOf?.length ?? 0));
    for (let t = 0; t < steps; t++) {
      const v = this.memory.float32(this.pool.exports.stepChunk(chunk, 0, t) >>> 0, size * lanes);
      for (let i = 0; i < size; i++) spikes[t * size + i] = v[i * lanes]! >= parameters.vThresh[i]! ? 1 : 0;
      voltagesOf?.forEach((i, k) => {
        vMv[t * voltagesOf.length + k] = v[i * lanes]!;
      });
    }
    return voltagesOf === undefined ? { spikes } : { spikes, vMv };
  }

  close(): void {
    this.pool.close();
    this.model = undefined;
  }

  private runForward(trials: number, tape: boolean): KernelCounts {
    this.pool.run(tape ? operation.forwardTaped : operation.forward, Math.ceil(trials / lanes));
    this.taped = tape ? trials : 0;
    return this.chunks.readCounts(trials);
  }

  private writeForwardEdges(weight: ArrayLike<number>): void {
    const { target } = this.plan;
    const offsets = this.memory.int32(this.places.forwardEdges, 2 * target.length);
    const floats = this.memory.float32(this.places.forwardEdges, 2 * target.length);
    for (let p = 0; p < target.length; p++) {
      offsets[2 * p] = targetOffset(target[p]!, this.network.size, 1);
      floats[2 * p + 1] = weight[p]!;
    }
  }

  /** Only cells have backward edges; what fills up a row has weight 0 and a target that stays 0. */
  private writeBackwardEdges(gather: ArrayLike<number>): void {
    const { plan, backwardRows } = this;
    const { size, inputSize } = this.network;
    const offsets = this.memory.int32(this.places.backwardEdges, 2 * backwardRows[size]!);
    const floats = this.memory.float32(this.places.backwardEdges, 2 * backwardRows[size]!);
    for (let i = 0; i < size; i++) {
      const first = plan.edgePtr[plan.segmentPtr[inputSize + i]!]!;
      const count = plan.edgePtr[plan.segmentPtr[inputSize + i + 1]!]! - first;
      for (let k = 0; k < backwardRows[i + 1]! - backwardRows[i]!; k++) {
        const at = 2 * (backwardRows[i]! + k);
        offsets[at] =
          k < count ? targetOffset(plan.target[first + k]!, size, 2) : targetOffset(size - 1, size, 2) + 16 * lanes;
        floats[at + 1] = k < count ? gather[first + k]! : 0;
      }
    }
  }

  private writeCells(model: CoreModel, parameters: KernelParameters): void {
    const { size } = this.network;
    const floats = this.memory.float32(this.places.cells, cellWords * size);
    const words = this.memory.int32(this.places.cells, cellWords * size);
    for (let i = 0; i < size; i++) {
      const constants = model.spikeConstants[i]!;
      cellNames.forEach((name, k) => {
        if (name === 'refractorySteps') words[i * cellWords + k] = parameters.refractorySteps[i]!;
        else if (name === 'floor' || name === 'inverseWidth' || name === 'height' || name === 'vThresh') {
          floats[i * cellWords + k] = constants[name];
        } else floats[i * cellWords + k] = parameters[name][i]!;
      });
    }
  }

  private resolved(): CoreModel {
    if (this.model === undefined) throw new Error('kernel: setParameters comes first');
    return this.model;
  }
}
