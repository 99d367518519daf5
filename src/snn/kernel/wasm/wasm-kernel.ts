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
import {
  BACKWARD_EDGES,
  BACKWARD_ROWS,
  C_A,
  C_BE,
  C_BI,
  C_DRIVE,
  C_FLOOR,
  C_HEIGHT,
  C_INVERSE_WIDTH,
  C_KE,
  C_KI,
  C_REFRACTORY,
  C_V_RESET,
  C_V_THRESH,
  CELL_BYTES,
  CELLS,
  CHECKPOINT_STEPS,
  DECAY_GRADIENTS,
  DURATION_CHOICES,
  EDGE_COUNT,
  FORWARD_EDGES,
  FORWARD_ROWS,
  FREE_WEIGHTS,
  GAIN_COUNT,
  GAIN_EDGES,
  INPUT_SIZE,
  LANE_BYTES,
  LANES,
  MIN_STEPS,
  OFF_THRESHOLD,
  ON_THRESHOLD,
  PADDED_INPUTS,
  SEED,
  SEGMENTS,
  SIZE,
  STEPS,
  sharedTape,
  tapeBytes,
  V_REST,
  WORKSPACE_BYTES,
  WORKSPACES,
} from '../layout.ts';
import { single } from '../precision.ts';
import { hardStep } from '../spike-function.ts';
import { ChunkStore } from './chunk-store.ts';
import { KernelMemory } from './kernel-memory.ts';
import { operation } from './memory-layout.ts';
import { ThreadPool } from './thread-pool.ts';
import { webAssembly } from './web-assembly.ts';

/** Words of a cell that are parameters, and words resolved from them. */
const parameterWords = [
  ['drive', C_DRIVE / 4],
  ['a', C_A / 4],
  ['kE', C_KE / 4],
  ['kI', C_KI / 4],
  ['bE', C_BE / 4],
  ['bI', C_BI / 4],
  ['vReset', C_V_RESET / 4],
] as const;
const spikeWords = [
  ['floor', C_FLOOR / 4],
  ['vThresh', C_V_THRESH / 4],
  ['inverseWidth', C_INVERSE_WIDTH / 4],
  ['height', C_HEIGHT / 4],
] as const;

export interface WasmOptions {
  readonly threads: number;
  /** Keep V only every so many steps and run the steps between again in the backward pass; 0 keeps all steps. */
  readonly checkpointSteps: number;
  readonly decayGradients: boolean;
  readonly memoryBytes: number;
}

/** Spikes or the trials to draw. */
type Source = { readonly inputs: readonly KernelInput[] } | { readonly trials: readonly KernelTrial[] };

/** A batch that was run with a tape: its parts, [from, to) each, and which of them the tape holds. */
interface TapedBatch {
  readonly source: Source;
  readonly trials: number;
  readonly parts: readonly Part[];
  held: number;
}
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Consecutive parts of at most so many trials, one at least. */
function partsOf(trials: number, most: number): Part[] {
  return Array.from({ length: Math.max(1, Math.ceil(trials / most)) }, (_, k) => ({
    from: k * most,
    to: Math.min(trials, (k + 1) * most),
  }));
}

/** Byte offset of a target's 8 lanes: currents lie as [N] (E, I), adjoints as [N] (P of E, Q of E, P of I, Q of I), without Q where it is not wanted. */
function targetOffset(target: number, size: number, vectors: number): number {
  const [cell, receptor] = target < size ? [target, 0] : [target - size, 1];
  return (cell * 2 + receptor) * vectors * LANE_BYTES;
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
  private readonly memory: KernelMemory;
  private readonly pool: ThreadPool;
  private readonly chunks: ChunkStore;
  private readonly places: Readonly<Record<'forwardEdges' | 'backwardEdges' | 'gainEdges' | 'cells' | 'vRest', number>>;
  private model: CoreModel | undefined;
  private task: KernelTask | undefined;
  private taskPlace: { readonly length: number; readonly on: number; readonly off: number } | undefined;
  private taped: TapedBatch | undefined;

  constructor(network: KernelNetwork, options: WasmOptions) {
    this.network = network;
    this.threads = options.threads;
    this.plan = planEdges(network);
    this.memory = new KernelMemory(options.memoryBytes);
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
      cells: memory.take(CELL_BYTES * size),
      vRest: place(size),
    };
    const tape = interval > 0 ? tapeBytes(size, interval) : 0;
    const bytes = Math.ceil((sharedTape(size, inputSize) + tape) / 64) * 64;
    memory.setContext({
      [INPUT_SIZE]: inputSize,
      [SIZE]: size,
      [STEPS]: steps,
      [GAIN_COUNT]: network.gainCount,
      [EDGE_COUNT]: edges,
      [FORWARD_ROWS]: memory.place(forwardRows(plan)),
      [SEGMENTS]: memory.place(segmentRecords(plan)),
      [GAIN_EDGES]: this.places.gainEdges,
      [FORWARD_EDGES]: this.places.forwardEdges,
      [BACKWARD_EDGES]: this.places.backwardEdges,
      [CELLS]: this.places.cells,
      [V_REST]: this.places.vRest,
      [BACKWARD_ROWS]: memory.place(this.backwardRows.map((place) => 8 * place)),
      [WORKSPACES]: memory.take(bytes * options.threads),
      [WORKSPACE_BYTES]: bytes,
      [CHECKPOINT_STEPS]: interval,
      [DECAY_GRADIENTS]: options.decayGradients ? 1 : 0,
    });
    this.placeEdges(options.decayGradients ? 2 : 1);
    this.chunks = new ChunkStore(memory, network, interval);
    const module = new webAssembly.Module(Buffer.from(kernelWasmBase64, 'base64'));
    this.pool = new ThreadPool(module, memory.memory, options.threads);
  }

  setParameters(parameters: KernelParameters): void {
    checkParameters(this.network, parameters);
    const model = resolveModel(this.network, this.plan, parameters, single, hardStep);
    this.model = model;
    this.taped = undefined;
    this.writeWeights(model);
    this.memory.float32(this.places.gainEdges, model.gainGather.length).set(model.gainGather);
    this.memory.float32(this.places.vRest, this.network.size).set(parameters.vRest);
    this.writeCells(model, parameters);
    this.memory.setContext({ [FREE_WEIGHTS]: parameters.weight === undefined ? 0 : 1 });
    this.chunks.setFreeWeights(parameters.weight?.length ?? 0);
  }

  setTask(task: KernelTask): void {
    checkTask(task, this.network.inputSize);
    this.task = task;
    this.taped = undefined;
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
      [ON_THRESHOLD]: place.on,
      [OFF_THRESHOLD]: place.off,
      [PADDED_INPUTS]: padded,
      [MIN_STEPS]: task.minSteps,
      [DURATION_CHOICES]: task.maxSteps - task.minSteps + 1,
      [SEED]: task.seed,
    });
  }

  forward(inputs: readonly KernelInput[], tape: boolean): KernelCounts {
    this.resolved();
    inputs.forEach((input, b) => {
      checkInput(this.network, input, b);
    });
    return this.runForward({ inputs: [...inputs] }, inputs.length, tape);
  }

  forwardTrials(trials: readonly KernelTrial[], tape: boolean): KernelCounts {
    this.resolved();
    const task = this.task;
    if (task === undefined) throw new Error('kernel: forwardTrials needs setTask first');
    for (const trial of trials) checkTrial(task, trial);
    return this.runForward({ trials: [...trials] }, trials.length, tape);
  }

  backward(countGradient: Float32Array): KernelGradients {
    const { parameters } = this.resolved();
    const { size, gainCount } = this.network;
    const batch = this.taped;
    checkCountGradient(countGradient, batch?.trials ?? 0, size);
    const total = zeroSums(size, gainCount, parameters.weight?.length ?? 0, single);
    batch?.parts.forEach((part, k) => {
      if (k !== batch.held) this.runPart(batch.source, part, true);
      batch.held = k;
      this.addPart(part, countGradient.subarray(part.from * size, part.to * size), total);
    });
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
      const v = this.memory.float32(this.pool.exports.stepChunk(chunk, 0, t) >>> 0, size * LANES);
      for (let i = 0; i < size; i++) spikes[t * size + i] = v[i * LANES]! >= parameters.vThresh[i]! ? 1 : 0;
      voltagesOf?.forEach((i, k) => {
        vMv[t * voltagesOf.length + k] = v[i * LANES]!;
      });
    }
    return voltagesOf === undefined ? { spikes } : { spikes, vMv };
  }

  close(): void {
    this.pool.close();
    this.model = undefined;
  }

  private runForward(source: Source, trials: number, tape: boolean): KernelCounts {
    const { size } = this.network;
    const parts = partsOf(trials, this.chunks.mostTrials);
    const counts = new Float32Array(trials * size);
    const names = new Set<string>();
    let events = 0;
    for (const part of parts) {
      const found = this.runPart(source, part, tape);
      counts.set(found.counts, part.from * size);
      events += found.events;
      for (const name of found.nonFinite) names.add(name);
    }
    this.taped = tape ? { source, trials, parts, held: parts.length - 1 } : undefined;
    return { counts, events, nonFinite: [...names].sort() };
  }

  /** Forward; the tape holds this part afterwards, where there is one. */
  private runPart(source: Source, { from, to }: Part, tape: boolean): KernelCounts {
    this.chunks.prepare(to - from);
    if ('trials' in source) this.chunks.writeTrials(source.trials.slice(from, to));
    else {
      source.inputs.slice(from, to).forEach((input, b) => {
        this.chunks.writeInput(b, input);
      });
    }
    this.pool.run(tape ? operation.forwardTaped : operation.forward, Math.ceil((to - from) / LANES));
    return this.chunks.readCounts(to - from);
  }

  /** Back through the part that the tape holds; its chunks are added in order. */
  private addPart({ from, to }: Part, countGradient: Float32Array, total: GradientSums): void {
    const chunks = Math.ceil((to - from) / LANES);
    this.chunks.writeCountGradient(countGradient, to - from);
    this.pool.run(operation.backward, chunks);
    for (let chunk = 0; chunk < chunks; chunk++) addSums(total, this.chunks.readSums(chunk), single);
  }

  /** Offsets of targets, once; what fills up a backward row has weight 0 and a target that stays 0. Only cells have backward rows. */
  private placeEdges(vectors: number): void {
    const { plan, backwardRows } = this;
    const { size, inputSize } = this.network;
    const forward = this.memory.int32(this.places.forwardEdges, 2 * plan.target.length);
    plan.target.forEach((target, p) => {
      forward[2 * p] = targetOffset(target, size, 1);
    });
    const backward = this.memory.int32(this.places.backwardEdges, 2 * backwardRows[size]!);
    for (let k = 0; k < backward.length; k += 2) backward[k] = size * 2 * vectors * LANE_BYTES;
    for (let i = 0; i < size; i++) {
      const first = plan.edgePtr[plan.segmentPtr[inputSize + i]!]!;
      const end = plan.edgePtr[plan.segmentPtr[inputSize + i + 1]!]!;
      for (let p = first; p < end; p++) {
        backward[2 * (backwardRows[i]! + p - first)] = targetOffset(plan.target[p]!, size, vectors);
      }
    }
  }

  private writeWeights({ weight, gather }: CoreModel): void {
    const { plan, backwardRows } = this;
    const { size, inputSize } = this.network;
    const forward = this.memory.float32(this.places.forwardEdges, 2 * weight.length);
    for (let p = 0; p < weight.length; p++) forward[2 * p + 1] = weight[p]!;
    const backward = this.memory.float32(this.places.backwardEdges, 2 * backwardRows[size]!);
    for (let i = 0; i < size; i++) {
      const first = plan.edgePtr[plan.segmentPtr[inputSize + i]!]!;
      const end = plan.edgePtr[plan.segmentPtr[inputSize + i + 1]!]!;
      for (let p = first; p < end; p++) backward[2 * (backwardRows[i]! + p - first) + 1] = gather[p]!;
    }
  }

  private writeCells(model: CoreModel, parameters: KernelParameters): void {
    const { size } = this.network;
    const words = CELL_BYTES / 4;
    const floats = this.memory.float32(this.places.cells, words * size);
    const whole = this.memory.int32(this.places.cells, words * size);
    const spread = (place: number, values: ArrayLike<number>) => {
      for (let i = 0; i < size; i++) floats[i * words + place] = values[i]!;
    };
    for (const [name, place] of parameterWords) spread(place, parameters[name]);
    model.spikeConstants.forEach((constants, i) => {
      for (const [name, place] of spikeWords) floats[i * words + place] = constants[name];
    });
    parameters.refractorySteps.forEach((steps, i) => {
      whole[i * words + C_REFRACTORY / 4] = steps;
    });
  }

  private resolved(): CoreModel {
    if (this.model === undefined) throw new Error('kernel: setParameters comes first');
    return this.model;
  }
}
