/** Offsets → units → step constants → the kernel's f64 core with a smooth step: the whole chain against central differences. */
import assert from 'node:assert/strict';
import { type CoreModel, type CoreParameters, resolveModel } from '../../src/snn/kernel/core-model.ts';
import { planEdges } from '../../src/snn/kernel/edge-plan.ts';
import { finishGradients } from '../../src/snn/kernel/gradient-sums.ts';
import type { KernelGradients } from '../../src/snn/kernel/kernel.ts';
import { double } from '../../src/snn/kernel/precision.ts';
import { runBackward } from '../../src/snn/kernel/reference/backward.ts';
import { runTrial } from '../../src/snn/kernel/reference/forward.ts';
import { smoothStep } from '../../src/snn/kernel/spike-function.ts';
import type { CellParameters, Model } from '../../src/snn/network/network.ts';
import { kernelNetworkOf } from '../../src/snn/network/simulate.ts';
import { cellStepConstants } from '../../src/snn/network/step-constants.ts';
import { cellGradients } from '../../src/snn/parameters/chain-rule.ts';
import {
  cellField,
  groupGradient,
  groupValues,
  type ParameterGroup,
  parameterGroups,
} from '../../src/snn/parameters/parameter-group.ts';
import { type ParameterDeclaration, parameterSpecs } from '../../src/snn/parameters/parameter-spec.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const sizes = { ORN: 6, LN: 3, PN: 4, KC: 6, APL: 1, MBON: 2 };
const model = randomModel({ sizes, steps: 40, refractorySteps: 0, connectionProbability: 0.6 });
const inputs = [0, 1].map((trial) => randomInput(6, 40, 0.2, 1, trial));
const network = kernelNetworkOf(model.network, model.steps);
const plan = planEdges(network);
const countGradient = Float64Array.from({ length: 2 * network.size }, (_, i) => Math.sin(1 + i));

/** The model's cells and weights in f64 at the groups' values. */
function coreParameters(groups: readonly ParameterGroup[], values: readonly Float64Array[]): CoreParameters {
  const { cells, gainNa } = model.network;
  const wide = Object.fromEntries(
    Object.entries(cells).map(([name, array]) => [name, Float64Array.from(array as Float32Array)]),
  ) as Record<keyof CellParameters, Float64Array>;
  const weights: { gain: Float64Array; weight?: Float64Array } = { gain: Float64Array.from(gainNa!) };
  groups.forEach((g, k) => {
    if (g.spec.what !== 'gain') wide[cellField[g.spec.what]] = values[k]!;
    else if (g.items === 'edge') weights.weight = values[k]!;
    else weights.gain = values[k]!;
  });
  const constants = Array.from(wide.tauMMs, (_, i) =>
    cellStepConstants(
      {
        tauMMs: wide.tauMMs[i]!,
        cmNf: wide.cmNf[i]!,
        vRestMv: wide.vRestMv[i]!,
        iOffsetNa: wide.iOffsetNa[i]!,
        tauSynEMs: wide.tauSynEMs[i]!,
        tauSynIMs: wide.tauSynIMs[i]!,
      },
      1,
    ),
  );
  const all = (name: keyof (typeof constants)[number]) => Float64Array.from(constants, (c) => c[name]);
  return {
    ...weights,
    ...{ a: all('a'), bE: all('bE'), bI: all('bI'), kE: all('kE'), kI: all('kI'), drive: all('drive') },
    ...{ vRest: wide.vRestMv, vThresh: wide.vThreshMv, vReset: wide.vResetMv },
    refractorySteps: cells.refractorySteps,
    surrogateWidth: Float64Array.from(cells.vThreshMv, (v) => 0.9 * v),
    damping: 1,
  };
}

function coreModel(groups: readonly ParameterGroup[], offsets: readonly Float64Array[]): CoreModel {
  const values = groups.map((g, k) => groupValues(g, offsets[k]!));
  return resolveModel(network, plan, coreParameters(groups, values), double, smoothStep);
}

function loss(groups: readonly ParameterGroup[], offsets: readonly Float64Array[]): number {
  const core = coreModel(groups, offsets);
  let sum = 0;
  inputs.forEach((input, b) => {
    runTrial(core, input).counts.forEach((count, i) => {
      sum += count * countGradient[b * network.size + i]!;
    });
  });
  return sum;
}

function analytic(groups: readonly ParameterGroup[], offsets: readonly Float64Array[]): Float64Array[] {
  const core = coreModel(groups, offsets);
  const tapes = inputs.map((input) => runTrial(core, input));
  const rows = inputs.map((_, b) => countGradient.subarray(b * network.size, (b + 1) * network.size));
  const sums = runBackward(core, tapes, rows);
  const byConstant = finishGradients(core, sums) as unknown as KernelGradients;
  const values = groups.map((g, k) => groupValues(g, offsets[k]!));
  const cells = { ...model.network.cells } as Record<string, ArrayLike<number>>;
  groups.forEach((g, k) => {
    if (g.spec.what !== 'gain') cells[cellField[g.spec.what]] = values[k]!;
  });
  const byCell = cellGradients(cells as unknown as CellParameters, 1, byConstant);
  return groups.map((g, k) => {
    const { what } = g.spec;
    const by = what !== 'gain' ? byCell[what] : g.items === 'edge' ? byConstant.weight! : byConstant.gain;
    return groupGradient(g, values[k]!, by);
  });
}

function differences(groups: readonly ParameterGroup[], offsets: readonly Float64Array[], k: number): Float64Array {
  const h = 1e-6;
  return offsets[k]!.map((_, j) => {
    const at = (step: number) =>
      loss(
        groups,
        offsets.map((u, other) => (other === k ? u.map((value, i) => (i === j ? value + step : value)) : u)),
      );
    return (at(h) - at(-h)) / (2 * h);
  });
}

function check(
  declarations: readonly ParameterDeclaration[],
  of: Pick<Model, 'network' | 'typeNames' | 'typeIdx'>,
): void {
  const groups = parameterGroups(parameterSpecs(declarations), of);
  const offsets = groups.map((g, k) => Float64Array.from({ length: g.size }, (_, j) => 0.2 * Math.sin(3 * k + j)));
  const got = analytic(groups, offsets);
  groups.forEach((g, k) => {
    const expected = differences(groups, offsets, k);
    const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    assert.ok(scale > 1e-3, `${g.name}: the gradient is too small to check: ${scale}`);
    expected.forEach((x, j) => {
      assert.ok(Math.abs(got[k]![j]! - x) < 1e-6 * scale, `${g.name} ${g.elementNames[j]}: ${got[k]![j]} against ${x}`);
    });
  });
}

describe('chain rule from offsets to the loss, against central differences in f64', () => {
  it('of gains by pair, thresholds by neuron, tauM and iOffset by type, tauSyn by population', () => {
    check([{ what: 'gain', sharedBy: 'pair' }, 'vThresh', 'tauM', 'iOffset', 'tauSynE', 'tauSynI'], model);
  });

  it('of gains by transmitter and cell parameters shared by the network or by neuron', () => {
    const gainNames = model.network.topology.gainNames.map(
      (name) => `${name} ${name.endsWith('inh') ? 'GABA' : 'ACH'}`,
    );
    const topology = { ...model.network.topology, gainNames };
    check(
      [
        { what: 'gain', sharedBy: 'transmitter' },
        { what: 'tauM', sharedBy: 'neuron' },
        { what: 'vThresh', sharedBy: 'network' },
        { what: 'tauSynE', sharedBy: 'type' },
      ],
      { ...model, network: { ...model.network, topology } },
    );
  });

  it('of one weight a synapse', () => {
    check([{ what: 'gain', sharedBy: 'synapse' }], model);
  });
});
