/** The trained parameters of a network as tfjs variables: offsets → kernel parameters, kernel gradients → offsets. Knows no loss, no loop. */
import * as tf from '@tensorflow/tfjs-core';
import { userError } from '../../base/located-error.ts';
import type { Kernel, KernelGradients, KernelTrial } from '../kernel/kernel.ts';
import type { CellParameters, Model, SpikingNetwork } from '../network/network.ts';
import { kernelParametersOf, type Surrogate } from '../network/simulate.ts';
import { withParameters } from '../network/with-parameters.ts';
import { cellGradients } from './chain-rule.ts';
import { thresholdFloors } from './jump-bound.ts';
import {
  cellField,
  groupGradient,
  groupValues,
  type ParameterGroup,
  parameterGroups,
  projectOffsets,
} from './parameter-group.ts';
import type { ParameterSpec } from './parameter-spec.ts';

export interface NetworkParametersOptions {
  readonly surrogate: Surrogate;
  /** See jump-bound.ts; Infinity switches the bound off. */
  readonly jumpBound: number;
}

function diverged(nonFinite: readonly string[]): Error {
  return userError(
    `training stopped: the network's ${nonFinite.join(', ')} are not finite in the forward run`,
    'narrow train.parameters[].bounds or lower the learning rate',
  );
}

/** Whether any of the parameters moves a synaptic time constant, so that the kernel's gradients by bE and bI are needed. */
export function needsDecayGradients(specs: readonly ParameterSpec[]): boolean {
  return specs.some(({ what }) => what === 'tauSynE' || what === 'tauSynI');
}

export class NetworkParameters {
  readonly groups: readonly ParameterGroup[];
  /** One vector of offsets u for each group, all 0 at the start. */
  readonly variables: readonly tf.Variable[];
  private readonly base: SpikingNetwork;
  private readonly surrogate: Surrogate;
  private readonly jumpBound: number;

  constructor(
    specs: readonly ParameterSpec[],
    model: Pick<Model, 'network' | 'typeNames' | 'typeIdx'>,
    options: NetworkParametersOptions,
  ) {
    this.groups = parameterGroups(specs, model);
    this.base = model.network;
    this.surrogate = options.surrogate;
    this.jumpBound = options.jumpBound;
    this.variables = this.groups.map((g) => tf.tidy(() => tf.variable(tf.zeros([g.size]))));
  }

  /** The network at the present offsets. cost: one exponential an item. */
  network(): SpikingNetwork {
    const values = this.variables.map((variable, g) => groupValues(this.groups[g]!, variable.dataSync<'float32'>()));
    return this.networkAt(values);
  }

  /**
   * Spike counts [B, N] of trials as a tfjs op: its gradient by the offsets is the kernel's, through the chain rule. The kernel keeps
   * one tape, so take the gradient before the next forward run.
   */
  counts(kernel: Kernel, trials: readonly KernelTrial[]): tf.Tensor2D {
    const op = tf.customGrad((...args) => {
      const offsets = (args.slice(0, this.groups.length) as tf.Tensor[]).map((u) => u.dataSync<'float32'>());
      const values = offsets.map((u, g) => groupValues(this.groups[g]!, u));
      const network = this.networkAt(values);
      kernel.setParameters(kernelParametersOf(network, this.surrogate));
      const { counts, nonFinite } = kernel.forwardTrials(trials, true);
      if (nonFinite.length > 0) throw diverged(nonFinite);
      const value = tf.tensor2d(counts, [trials.length, network.topology.size]);
      const gradFunc = (dy: tf.Tensor): tf.Tensor[] => {
        const byConstant = kernel.backward(dy.dataSync<'float32'>());
        return this.offsetGradients(network.cells, values, byConstant).map((g) => tf.tensor1d(g));
      };
      return { value, gradFunc };
    });
    return op(...this.variables) as tf.Tensor2D;
  }

  /** λ·Σu² over all groups. */
  priorValue(): number {
    let sum = 0;
    this.variables.forEach((variable, g) => {
      const { priorStrength } = this.groups[g]!.spec;
      if (priorStrength > 0) for (const u of variable.dataSync<'float32'>()) sum += priorStrength * u * u;
    });
    return sum;
  }

  /** Moves offsets back into bounds and raises thresholds to the jump floors; returns the number of elements moved. */
  project(): number {
    let moved = 0;
    const move = (g: number, floor?: ArrayLike<number>) => {
      const u = this.variables[g]!.dataSync<'float32'>().slice();
      const count = projectOffsets(this.groups[g]!, u, floor);
      if (count > 0) tf.tidy(() => this.variables[g]!.assign(tf.tensor1d(u)));
      moved += count;
    };
    const threshold = this.groups.findIndex((group) => group.spec.what === 'vThresh');
    this.groups.forEach((_, g) => {
      if (g !== threshold) move(g);
    });
    if (threshold >= 0) move(threshold, thresholdFloors(this.network(), this.jumpBound));
    return moved;
  }

  dispose(): void {
    tf.dispose([...this.variables]);
  }

  private networkAt(values: readonly Float64Array[]): SpikingNetwork {
    const cells: { -readonly [K in keyof CellParameters]?: CellParameters[K] } = {};
    const weights: { gainNa?: Float32Array; weightNa?: Float32Array } = {};
    this.groups.forEach((group, g) => {
      const { what } = group.spec;
      if (what !== 'gain') cells[cellField[what]] = Float32Array.from(values[g]!);
      else weights[group.items === 'edge' ? 'weightNa' : 'gainNa'] = Float32Array.from(values[g]!);
    });
    return withParameters(this.base, { cells, ...weights });
  }

  private offsetGradients(
    cells: CellParameters,
    values: readonly Float64Array[],
    byConstant: KernelGradients,
  ): Float32Array[] {
    const byCell = cellGradients(cells, this.base.dtMs, byConstant);
    return this.groups.map((group, g) => {
      const { what } = group.spec;
      const byValue = what !== 'gain' ? byCell[what] : group.items === 'edge' ? byConstant.weight! : byConstant.gain;
      return Float32Array.from(groupGradient(group, values[g]!, byValue));
    });
  }
}
