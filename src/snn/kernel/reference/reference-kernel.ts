/** The readable kernel: the oracle that the fast one must equal bit for bit. One trial, one cell, one operation after the other. */
import { checkCountGradient, checkInput } from '../check-input.ts';
import { checkParameters } from '../check-parameters.ts';
import { type CoreModel, resolveModel } from '../core-model.ts';
import { checkTask, drawInput } from '../draw-input.ts';
import { type EdgePlan, planEdges } from '../edge-plan.ts';
import { addSums, finishGradients, nonFiniteNames, zeroSums } from '../gradient-sums.ts';
import {
  chunkSize,
  type Kernel,
  type KernelCounts,
  type KernelGradients,
  type KernelInput,
  type KernelNetwork,
  type KernelParameters,
  type KernelRecord,
  type KernelTask,
  type KernelTrial,
} from '../kernel.ts';
import { single } from '../precision.ts';
import { hardStep } from '../spike-function.ts';
import { runBackward } from './backward.ts';
import { runTrial, type TrialTape } from './forward.ts';

export class ReferenceKernel implements Kernel {
  readonly name = 'reference';
  readonly threads = 1;
  private readonly network: KernelNetwork;
  private readonly plan: EdgePlan;
  private readonly decayGradients: boolean;
  private model: CoreModel | undefined;
  private task: KernelTask | undefined;
  private tapes: TrialTape[] = [];

  constructor(network: KernelNetwork, decayGradients: boolean) {
    this.network = network;
    this.decayGradients = decayGradients;
    this.plan = planEdges(network);
  }

  setParameters(parameters: KernelParameters): void {
    checkParameters(this.network, parameters);
    this.model = resolveModel(this.network, this.plan, parameters, single, hardStep);
    this.tapes = [];
  }

  setTask(task: KernelTask): void {
    checkTask(task, this.network.inputSize);
    this.task = task;
  }

  forward(inputs: readonly KernelInput[], tape: boolean): KernelCounts {
    const model = this.resolved();
    inputs.forEach((input, b) => {
      checkInput(this.network, input, b);
    });
    const { size } = this.network;
    const counts = new Float32Array(inputs.length * size);
    const nonFinite = new Set<string>();
    let events = 0;
    this.tapes = [];
    inputs.forEach((input, b) => {
      const trial = runTrial(model, input);
      counts.set(trial.counts, b * size);
      events += trial.events;
      for (const name of trial.nonFinite) nonFinite.add(name);
      if (tape) this.tapes.push(trial);
    });
    return { counts, events, nonFinite: [...nonFinite].sort() };
  }

  forwardTrials(trials: readonly KernelTrial[], tape: boolean): KernelCounts {
    const task = this.task;
    if (task === undefined) throw new Error('kernel: forwardTrials needs setTask first');
    return this.forward(
      trials.map((trial) => drawInput(task, trial, this.network.steps)),
      tape,
    );
  }

  backward(countGradient: Float32Array): KernelGradients {
    const model = this.resolved();
    const { size } = this.network;
    checkCountGradient(countGradient, this.tapes.length, size);
    const rows = this.tapes.map((_, b) => countGradient.subarray(b * size, (b + 1) * size));
    const { decayGradients } = this;
    const total = zeroSums(size, this.plan.target.length, decayGradients, single);
    for (let b = 0; b < rows.length; b += chunkSize) {
      const chunk = runBackward(
        model,
        this.tapes.slice(b, b + chunkSize),
        rows.slice(b, b + chunkSize),
        decayGradients,
      );
      addSums(total, chunk, single);
    }
    const gradients = finishGradients(model, total) as Omit<KernelGradients, 'nonFinite'>;
    return { ...gradients, nonFinite: nonFiniteNames({ ...gradients }) };
  }

  record(input: KernelInput, voltagesOf?: Int32Array): KernelRecord {
    const model = this.resolved();
    checkInput(this.network, input, 0);
    const { v } = runTrial(model, input);
    const { size, steps } = this.network;
    const spikes = Uint8Array.from(v, (x, k) => model.spike(x, model.spikeConstants[k % size]!));
    if (voltagesOf === undefined) return { spikes };
    const vMv = new Float32Array(steps * voltagesOf.length);
    for (let t = 0; t < steps; t++) {
      voltagesOf.forEach((i, k) => {
        vMv[t * voltagesOf.length + k] = v[t * size + i]!;
      });
    }
    return { spikes, vMv };
  }

  close(): void {
    this.tapes = [];
    this.model = undefined;
  }

  private resolved(): CoreModel {
    if (this.model === undefined) throw new Error('kernel: setParameters comes first');
    return this.model;
  }
}
