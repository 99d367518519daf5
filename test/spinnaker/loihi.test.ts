/** Loihi's integers: the simulator against brian2-loihi (CC_SNN_PEERS=1) and against its golden spikes (always), the rounding against what was trained. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SpikingNetwork } from '../../src/snn/network/network.ts';
import { loihiNetwork } from '../../src/spinnaker/quantise/loihi-network.ts';
import { projectionName, projectionsOf } from '../../src/spinnaker/quantise/projections.ts';
import { FloatSimulator } from '../../src/spinnaker/simulators/float-simulator.ts';
import { LoihiSimulator } from '../../src/spinnaker/simulators/loihi-simulator.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';
import { needPeer } from './peer-python.ts';

const golden = join('test', 'golden', 'spinnaker', 'loihi.json');
const steps = 200;

/** Time constants of a population as brian2-loihi has them: one for all its cells; offsets, which it has not, are 0. */
function plainNetwork(seed: number): SpikingNetwork {
  const { network } = randomModel({ seed, steps });
  const { topology, cells } = network;
  const [tauMMs, tauSynEMs] = [cells.tauMMs.slice(), cells.tauSynEMs.slice()];
  for (const { offset, size } of topology.populations)
    for (const tau of [tauMMs, tauSynEMs]) tau.fill(tau[offset]!, offset, offset + size);
  return { ...network, cells: { ...cells, tauMMs, tauSynEMs, iOffsetNa: new Float32Array(topology.size) } };
}

const networks = [1, 2, 3].map(plainNetwork);
const inputs = networks.map(({ topology }, k) => randomInput(topology.inputSize, steps, 0.15, 7, k));
const pairsOf = ({ stepPtr, cell }: { readonly stepPtr: Int32Array; readonly cell: ArrayLike<number> }) =>
  Array.from({ length: stepPtr.length - 1 }, (_, t) =>
    Array.from({ length: stepPtr[t + 1]! - stepPtr[t]! }, (_, k) => [t, cell[stepPtr[t]! + k]!]),
  ).flat();

/** What loihi-peer.py is told. */
function described(network: SpikingNetwork, k: number): string {
  const loihi = loihiNetwork(network);
  const { populations, inputSize } = network.topology;
  const numberOf = (name: string) => populations.findIndex((p) => p.name === name);
  const exponents = new Map(loihi.projections.map((p) => [p.projection, p.exponent]));
  const pairs = pairsOf(inputs[k]!);
  return JSON.stringify({
    threshold: loihi.threshold,
    steps,
    populations: populations.map(({ offset, size }) => ({
      offset,
      size,
      decayV: loihi.decayV[offset],
      decayI: loihi.decayI[offset],
      refractory: network.cells.refractorySteps[offset]! + 1,
    })),
    input: { size: inputSize, step: pairs.map(([t]) => t), cell: pairs.map(([, cell]) => cell) },
    projections: projectionsOf(network.topology).map((p) => {
      const exponent = exponents.get(projectionName(p))!;
      return {
        pre: numberOf(p.pre) < 0 ? null : numberOf(p.pre),
        post: p.postIdx,
        exponent,
        inhibitory: p.receptorIdx === 1,
        from: [...p.preCell],
        to: [...p.postCell],
        mantissa: Array.from(p.edge, (e) => Math.abs(loihi.weight[e]!) / 2 ** (6 + exponent)),
      };
    }),
  });
}

describe('spinnaker/loihi-simulator', () => {
  const ours = networks.map((network, k) => pairsOf(new LoihiSimulator(loihiNetwork(network)).run(inputs[k]!).spikes));

  it('fires the spikes of brian2-loihi, which are kept here', () => {
    const kept = JSON.parse(readFileSync(golden, 'utf8')) as number[][][];
    assert.deepEqual(ours, kept);
    assert.ok(kept.every((spikes) => spikes.length > 300));
  });

  it('fires the spikes of brian2-loihi itself', function () {
    const python = needPeer(this, 'loihi');
    this.timeout(1_200_000);
    const theirs = networks.map((network, k) => {
      const done = spawnSync(python, [join('test', 'spinnaker', 'loihi-peer.py')], {
        input: described(network, k),
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      assert.equal(done.status, 0, done.stderr);
      return JSON.parse(done.stdout) as number[][];
    });
    if (process.env['CC_SNN_UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(theirs)}\n`);
    assert.deepEqual(ours, theirs);
  });

  it('adds a bias in each step but while a cell is refractory', () => {
    const network = plainNetwork(4);
    const { size, inputSize } = network.topology;
    const silent = { stepPtr: new Int32Array(101), cell: new Int32Array(0) };
    const loihi = { ...loihiNetwork(network), bias: new Int32Array(size).fill(1000), threshold: 3500 };
    const flat = { ...loihi, decayV: new Int32Array(size), weight: loihi.weight.map(() => 0) };
    const { spikes, overflows } = new LoihiSimulator(flat).run(silent);
    const first = pairsOf(spikes).filter(([, cell]) => cell === 0);
    const refractory = network.cells.refractorySteps[0]!;
    assert.deepEqual(
      first.slice(0, 3).map(([t]) => t),
      [3, 3 + refractory + 4, 3 + 2 * (refractory + 4)],
    );
    assert.equal(overflows, 0);
    const leaking = { ...flat, bias: flat.bias.map(() => 100), decayV: flat.decayV.map(() => 1), threshold: 299 };
    const [at] = pairsOf(new LoihiSimulator(leaking).run(silent).spikes)[0]!;
    assert.equal(at, 3, 'V = 100, 199, 298, 397: a decay of less than 1 takes 1');
    const tooLarge = { ...flat, bias: flat.bias.fill(2 ** 22), threshold: 2 ** 30 };
    assert.equal(new LoihiSimulator(tooLarge).run(silent).overflows, size * 99);
    assert.ok(inputSize > 0);
  });
});

describe('spinnaker/loihi-network', () => {
  it('writes weights that 8 bits and an exponent hold, within half a step of the trained ones where no limit is met', () => {
    for (const network of networks) {
      const loihi = loihiNetwork(network);
      const { topology, cells } = network;
      projectionsOf(topology).forEach((p, k) => {
        const { exponent, relativeError, vanished } = loihi.projections[k]!;
        const unit = 2 ** (6 + exponent);
        for (const e of p.edge) {
          const mantissa = Math.abs(loihi.weight[e]!) / unit;
          assert.ok(Number.isInteger(mantissa) && mantissa <= 255 && loihi.weight[e]! % 64 === 0);
          assert.equal(loihi.weight[e]! <= 0, p.receptorIdx === 1 || mantissa === 0);
          const cell = topology.colIdx[e]!;
          const a = Math.exp(-1 / cells.tauMMs[cell]!);
          const [tau, bE] = [
            p.receptorIdx === 0 ? cells.tauSynEMs[cell]! : cells.tauSynIMs[cell]!,
            Math.exp(-1 / cells.tauSynEMs[cell]!),
          ];
          const k = (cells.tauMMs[cell]! / cells.cmNf[cell]!) * (1 - a) * tau * (1 - bE);
          const exact = (k * network.weightNa[e]! * loihi.threshold) / cells.vThreshMv[cell]!;
          assert.ok(Math.abs(Math.abs(loihi.weight[e]!) - exact) <= unit / 2 + 64, `${loihi.weight[e]} for ${exact}`);
        }
        assert.ok(relativeError < 0.05 && vanished === 0, `${projectionName(p)}: ${relativeError}`);
      });
    }
  });

  it('fires nearly as often as the trained network where both decay alike', () => {
    const network = networks[0]!;
    const alike = { ...network, cells: { ...network.cells, tauSynIMs: network.cells.tauSynEMs } };
    const theirs = new FloatSimulator(alike).run(inputs[0]!).spikes.cell.length;
    const here = new LoihiSimulator(loihiNetwork(alike)).run(inputs[0]!).spikes.cell.length;
    assert.ok(theirs > 300 && Math.abs(here - theirs) < 0.1 * theirs, `${here} for ${theirs}`);
  });

  it('refuses cells that do not rest and reset at 0', () => {
    const network = networks[0]!;
    const vRestMv = network.cells.vRestMv.map((v, i) => (i === 5 ? -1 : v));
    assert.throws(
      () => loihiNetwork({ ...network, cells: { ...network.cells, vRestMv } }),
      /loihi: cell 5 of LN does not rest/,
    );
  });
});
