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
  CHECKPOINT_STEPS,
  CROSSING_BYTES,
  CROSSINGS,
  DECAY_GRADIENTS,
  DURATION_CHOICES,
  EDGE_BYTES,
  EDGE_PLACES,
  EDGES,
  FLOORS,
  INPUT_SIZE,
  LANE_BYTES,
  LANES,
  M_A,
  M_BE,
  M_BI,
  M_DRIVE,
  MIN_STEPS,
  MOTION_BYTES,
  MOTIONS,
  OFF_THRESHOLD,
  ON_THRESHOLD,
  PADDED_INPUTS,
  ROW_EDGES,
  ROWS,
  SEED,
  SIZE,
  STEPS,
  sharedTape,
  THRESHOLDS,
  tapeBytes,
  V_REST,
  WORKSPACE_BYTES,
  WORKSPACES,
  X_FLOOR,
  X_HEIGHT,
  X_INVERSE_WIDTH,
  X_REFRACTORY,
  X_V_RESET,
  X_V_THRESH,
} from '../layout.ts';
import { single } from '../precision.ts';
import { hardStep } from '../spike-function.ts';
import { ChunkStore } from './chunk-store.ts';
import { KernelMemory } from './kernel-memory.ts';
import { operation } from './memory-layout.ts';
import { ThreadPool } from './thread-pool.ts';
import { webAssembly } from './web-assembly.ts';

/** Words of what moves a cell, and of what happens near its threshold. */
const motionWords = [
  ['drive', M_DRIVE / 4],
  ['a', M_A / 4],
  ['bE', M_BE / 4],
  ['bI', M_BI / 4],
] as const;
const crossingWords = [
  ['vThresh', X_V_THRESH / 4],
  ['inverseWidth', X_INVERSE_WIDTH / 4],
  ['height', X_HEIGHT / 4],
  ['floor', X_FLOOR / 4],
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

/** Where edges lie: rows of cells are filled up to whole pairs, since they are gathered so. */
interface EdgePlaces {
  /** [R + 1] place of each row's first edge. */
  readonly rows: Int32Array;
  /** [E] */
  readonly edge: Int32Array;
  readonly count: number;
}

function placesOfEdges({ rowPtr }: EdgePlan, inputSize: number): EdgePlaces {
  const rows = new Int32Array(rowPtr.length);
  const edge = new Int32Array(rowPtr.at(-1)!);
  for (let row = 0; row + 1 < rows.length; row++) {
    const edges = rowPtr[row + 1]! - rowPtr[row]!;
    for (let k = 0; k < edges; k++) edge[rowPtr[row]! + k] = rows[row]! + k;
    rows[row + 1] = rows[row]! + (row < inputSize ? edges : Math.ceil(edges / ROW_EDGES) * ROW_EDGES);
  }
  return { rows, edge, count: rows.at(-1)! };
}

/** [R] (bytes to a row's first edge, to its end). */
function rowsOf({ rowPtr }: EdgePlan, places: Int32Array): Int32Array {
  return Int32Array.from({ length: 2 * (rowPtr.length - 1) }, (_, k) => {
    const row = k >> 1;
    const edges = (k & 1) * (rowPtr[row + 1]! - rowPtr[row]!);
    return EDGE_BYTES * (places[row]! + edges);
  });
}

export class WasmKernel implements Kernel {
  readonly name = 'wasm';
  readonly threads: number;
  private readonly network: KernelNetwork;
  private readonly plan: EdgePlan;
  private readonly edgePlaces: EdgePlaces;
  private readonly memory: KernelMemory;
  private readonly pool: ThreadPool;
  private readonly chunks: ChunkStore;
  private readonly places: Readonly<
    Record<'edges' | 'motions' | 'crossings' | 'floors' | 'thresholds' | 'vRest', number>
  >;
  private readonly decayGradients: boolean;
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
    this.decayGradients = options.decayGradients;
    this.edgePlaces = placesOfEdges(plan, inputSize);
    const { count, rows } = this.edgePlaces;
    this.places = {
      edges: memory.take(EDGE_BYTES * count),
      motions: memory.take(MOTION_BYTES * size),
      crossings: memory.take(CROSSING_BYTES * size),
      floors: memory.take(4 * size),
      thresholds: memory.take(4 * size),
      vRest: memory.take(4 * size),
    };
    const tape = tapeBytes(size, Math.max(1, interval));
    const bytes = Math.ceil((sharedTape(size, inputSize) + tape) / 64) * 64;
    memory.setContext({
      [INPUT_SIZE]: inputSize,
      [SIZE]: size,
      [STEPS]: steps,
      [EDGE_PLACES]: count,
      [ROWS]: memory.place(rowsOf(plan, rows)),
      [EDGES]: this.places.edges,
      [MOTIONS]: this.places.motions,
      [CROSSINGS]: this.places.crossings,
      [FLOORS]: this.places.floors,
      [THRESHOLDS]: this.places.thresholds,
      [V_REST]: this.places.vRest,
      [WORKSPACES]: memory.take(bytes * options.threads),
      [WORKSPACE_BYTES]: bytes,
      [CHECKPOINT_STEPS]: interval,
      [DECAY_GRADIENTS]: options.decayGradients ? 1 : 0,
    });
    this.placeEdges();
    this.chunks = new ChunkStore(memory, network, {
      interval,
      places: this.edgePlaces,
      decays: options.decayGradients,
    });
    const module = new webAssembly.Module(Buffer.from(kernelWasmBase64, 'base64'));
    this.pool = new ThreadPool(module, memory.memory, options.threads);
  }

  setParameters(parameters: KernelParameters): void {
    checkParameters(this.network, parameters);
    const model = resolveModel(this.network, this.plan, parameters, single, hardStep);
    this.model = model;
    this.taped = undefined;
    this.writeLifts(model);
    this.writeCells(model, parameters);
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
    const model = this.resolved();
    const { size } = this.network;
    const batch = this.taped;
    checkCountGradient(countGradient, batch?.trials ?? 0, size);
    const total = zeroSums(size, this.plan.target.length, this.decayGradients, single);
    batch?.parts.forEach((part, k) => {
      if (k !== batch.held) this.runPart(batch.source, part, true);
      batch.held = k;
      this.addPart(part, countGradient.subarray(part.from * size, part.to * size), total);
    });
    const gradients = finishGradients(model, total) as Omit<KernelGradients, 'nonFinite'>;
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

  /** Offsets of targets, once; what fills up a row has lift 0 and a target that stays 0. */
  private placeEdges(): void {
    const { plan, edgePlaces } = this;
    const { size } = this.network;
    const words = this.memory.int32(this.places.edges, 2 * edgePlaces.count);
    for (let k = 0; k < words.length; k += 2) words[k] = size * 2 * LANE_BYTES;
    plan.target.forEach((target, e) => {
      const [cell, receptor] = target < size ? [target, 0] : [target - size, 1];
      words[2 * edgePlaces.edge[e]!] = (cell * 2 + receptor) * LANE_BYTES;
    });
  }

  private writeLifts({ lift }: CoreModel): void {
    const { edge, count } = this.edgePlaces;
    const words = this.memory.float32(this.places.edges, 2 * count);
    for (let e = 0; e < edge.length; e++) words[2 * edge[e]! + 1] = lift[e]!;
  }

  private writeCells(model: CoreModel, parameters: KernelParameters): void {
    const { memory, places } = this;
    const { size } = this.network;
    const perMotion = MOTION_BYTES / 4;
    const motions = memory.float32(places.motions, perMotion * size);
    for (const [name, place] of motionWords) {
      const values = parameters[name];
      for (let i = 0; i < size; i++) motions[i * perMotion + place] = values[i]!;
    }
    const perCrossing = CROSSING_BYTES / 4;
    const crossings = memory.float32(places.crossings, perCrossing * size);
    const whole = memory.int32(places.crossings, perCrossing * size);
    const floors = memory.float32(places.floors, size);
    model.spikeConstants.forEach((constants, i) => {
      for (const [name, place] of crossingWords) crossings[i * perCrossing + place] = constants[name];
      crossings[i * perCrossing + X_V_RESET / 4] = parameters.vReset[i]!;
      whole[i * perCrossing + X_REFRACTORY / 4] = parameters.refractorySteps[i]!;
      floors[i] = constants.floor;
    });
    memory.float32(places.thresholds, size).set(parameters.vThresh);
    memory.float32(places.vRest, size).set(parameters.vRest);
  }

  private resolved(): CoreModel {
    if (this.model === undefined) throw new Error('kernel: setParameters comes first');
    return this.model;
  }
}
