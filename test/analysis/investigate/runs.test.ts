/** The investigations that run a network: learning and mixtures, on networks whose answer is known, both ways. */
import assert from 'node:assert/strict';
import { depressed, investigateLearning, learnOdours, rules } from '../../../src/analysis/investigate/learning.ts';
import {
  investigateMixtures,
  mixOdours,
  mixtureOf,
  pairTask,
  spliced,
} from '../../../src/analysis/investigate/mixtures.ts';
import type { OdourTask } from '../../../src/odour/odour-task.ts';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import type { Model } from '../../../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf } from '../../../src/snn/network/simulate.ts';
import { withParameters } from '../../../src/snn/network/with-parameters.ts';

const ODOURS = 4;

/** Each input cell drives one Kenyon cell, all of which drive the one output neuron, far from saturation. */
function chain(): Model {
  const n = 40;
  const topology = {
    inputPopulation: 'ORN',
    ...{ inputSize: n, size: n + 1 },
    populations: [
      { name: 'KC', offset: 0, size: n },
      { name: 'MBON', offset: n, size: 1 },
    ],
    rowPtr: Int32Array.from({ length: 2 * n + 2 }, (_, r) => Math.min(r, 2 * n)),
    colIdx: Int32Array.from({ length: 2 * n }, (_, e) => Math.min(e, n)),
    receptor: new Uint8Array(2 * n),
    synCount: new Int32Array(2 * n).fill(1),
    gainIdx: Int32Array.from({ length: 2 * n }, (_, e) => (e < n ? 0 : 1)),
    gainNames: ['ORN→KC exc', 'KC→MBON exc'],
  };
  const filled = (value: number) => new Float32Array(n + 1).fill(value);
  const cells = {
    ...{ vRestMv: filled(0), vResetMv: filled(0), vThreshMv: filled(10), tauMMs: filled(5), cmNf: filled(0.25) },
    ...{ iOffsetNa: filled(0), tauSynEMs: filled(2), tauSynIMs: filled(2) },
    refractorySteps: new Int32Array(n + 1),
  };
  const gainNa = Float32Array.from([5, 0.35]);
  const weightNa = Float32Array.from(topology.gainIdx, (g) => gainNa[g]!);
  return {
    network: { topology, cells, gainNa, weightNa, dtMs: 1 },
    readouts: [],
    steps: 200,
    typeNames: ['KCg', 'MBON11'],
    typeIdx: Int32Array.from({ length: n + 1 }, (_, i) => (i < n ? 0 : 1)),
    provenance: {},
  };
}

/** Odours that drive disjoint quarters of the input, or all the same quarter. */
function quarters(disjoint: boolean): OdourTask {
  const drives = (c: number, i: number) => (disjoint ? i % ODOURS === c : i % ODOURS === 0);
  return {
    odours: Array.from({ length: ODOURS }, (_, c) => ({ key: `${c}`, name: `${c}` })),
    ...{ population: 'ORN', inputSize: 40, steps: 200, dtMs: 1, durationMs: { min: 200, max: 200 }, seed: 1 },
    onProbability: Float32Array.from({ length: ODOURS * 40 }, (_, k) =>
      drives(Math.floor(k / 40), k % 40) ? 0.15 : 0,
    ),
    offProbability: new Float32Array(40),
    trials: { train: 1, validation: 1, test: 2 },
    provenance: {},
  };
}

const plan = { types: ['MBON11'], factor: 0.25, odours: [0, 1, 2, 3], trials: 2 };

function learned(disjoint: boolean, types = plan.types) {
  const model = chain();
  const kernel = openKernel('wasm', kernelNetworkOf(model.network, model.steps), { threads: 1 });
  const outcomes = learnOdours(kernel, model, quarters(disjoint), { ...plan, types });
  kernel.close();
  return outcomes;
}

describe('investigations that run a network', () => {
  it('learning: with disjoint Kenyon cells only the trained odour falls; a rule on all synapses fails the check; punished first, nothing changes', () => {
    const outcomes = learned(true)!;
    const [paired, all, backward] = rules.map((rule) => outcomes.find((own) => own.rule === rule)!);
    assert.ok(paired!.trained.mean < 0.3 && paired!.others.mean === 1, JSON.stringify(paired));
    assert.equal(paired!.success, 1);
    assert.ok(all!.trained.mean < 0.3 && Math.abs(all!.specific.mean) < 0.05 && all!.success === 0);
    assert.deepEqual([backward!.trained.mean, backward!.others.mean], [1, 1]);
    assert.equal(investigateLearning(outcomes, plan).verdict.verdict, 'support');
    const unspecific = outcomes.map((own) => (own.rule === 'paired' ? { ...all!, rule: own.rule } : own));
    assert.notEqual(investigateLearning(unspecific, plan).verdict.verdict, 'support');
  });

  it('learning: odours with the same Kenyon cells fall together; without the output neurons there is nothing to test', () => {
    const [paired] = learned(false)!;
    assert.ok(Math.abs(paired!.specific.mean) < 0.05);
    assert.notEqual(investigateLearning(learned(false)!, plan).verdict.verdict, 'support');
    assert.equal(learned(true, ['MBON99']), undefined);
  });

  it('learning changes the tagged synapses onto the targets and no other', () => {
    const { network } = chain();
    const changed = depressed(network, (cell) => cell % 2 === 0, new Set([40]), 0.25).weightNa;
    changed.forEach((weight, e) => {
      const tagged = e >= 40 && (e - 40) % 2 === 0;
      assert.equal(weight, tagged ? Math.fround(0.25 * network.weightNa[e]!) : network.weightNa[e]);
    });
  });

  it('mixtures: cells that add are not sub-additive, cells that are divided are', () => {
    const means = (counts: readonly number[]) => ({
      counts: Float64Array.from(counts),
      answers: Uint8Array.from(counts, (x) => (x > 0 ? 1 : 0)),
    });
    const [a, b] = [means([4, 0, 2, 0]), means([0, 4, 2, 0])];
    assert.deepEqual(
      { ...mixtureOf(a, b, means([4, 4, 4, 0])) },
      { ratio: 1, subadditive: 0, cosineFirst: 24 / Math.sqrt(20 * 48), cosineSecond: 24 / Math.sqrt(20 * 48) },
    );
    const divided = mixtureOf(a, b, means([2, 0, 1, 0]));
    assert.ok(Math.abs(divided.ratio - 2 / 3) < 1e-12 && divided.subadditive === 1);
  });

  it('mixtures of a network without inhibition: every cell of a part answers; a part that comes at the end is the other alone', () => {
    const model = chain();
    const kernel = openKernel('wasm', kernelNetworkOf(model.network, model.steps), { threads: 1 });
    kernel.setParameters(kernelParametersOf(withParameters(model.network, {})));
    const own = { pairs: 3, trials: 3, delaysMs: [0, 200], seed: 1 };
    const outcomes = mixOdours(kernel, model, quarters(true), own);
    kernel.close();
    assert.equal(outcomes.length, 3);
    for (const [now, end] of outcomes) {
      assert.ok(now!.ratio > 0.95 && now!.ratio <= 1.05, `${now!.ratio}`);
      assert.equal(end!.cosineFirst, 1);
      assert.equal(end!.cosineSecond, 0);
      assert.ok(Math.abs(end!.ratio - 0.5) < 0.05);
    }
    assert.match(
      investigateMixtures(outcomes, own).verdict.says,
      /^cells that answer the mixture over those that answer a part: /,
    );
  });

  it('splices two trials at a step, and adds what two odours add', () => {
    const early = { stepPtr: Int32Array.from([0, 1, 2, 3]), cell: Uint16Array.from([1, 2, 3]) };
    const late = { stepPtr: Int32Array.from([0, 0, 2, 4]), cell: Uint16Array.from([7, 8, 8, 9]) };
    assert.deepEqual(spliced(early, late, 1), {
      stepPtr: Int32Array.from([0, 1, 3, 5]),
      cell: Uint16Array.from([1, 7, 8, 8, 9]),
    });
    assert.deepEqual(spliced(early, late, 0), late);
    assert.deepEqual(spliced(early, late, 3), early);
    const both = pairTask(quarters(true), 0, 1).onProbability.subarray(80);
    assert.deepEqual(
      [both[0], both[1], both[2]].map((p) => p!.toFixed(3)),
      ['0.150', '0.150', '0.000'],
    );
  });
});
