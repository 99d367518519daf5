/** Rounding to the board: ranges, exact changes of units, guards, and what it is worth against the stock rule. */
import assert from 'node:assert/strict';
import { compareTrials, equalOf } from '../../src/spinnaker/compare/comparison.ts';
import { type QuantisationPolicy, quantise } from '../../src/spinnaker/quantise/quantise.ts';
import {
  expectedWeightFor,
  roundedWord,
  shiftFor,
  stockShifts,
  tightShift,
  weightOf,
} from '../../src/spinnaker/quantise/weight-shift.ts';
import { FloatSimulator, peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { defaultPolicy } from '../rig/default-policy.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const model = randomModel();
const { network } = model;
const inputs = [0, 1, 2, 3].map((k) => randomInput(network.topology.inputSize, model.steps, 0.1, 5, k));
const peaks = peaksOver(network, inputs);

describe('spinnaker/weight-shift', () => {
  it('chooses shifts as sPyNNaker does: least power of two above the bound, 0 at least', () => {
    assert.deepEqual([0, 0.3, 0.999, 1, 1.5, 2, 3.99, 4, 511].map(shiftFor), [0, 0, 0, 1, 1, 2, 2, 3, 9]);
    for (let shift = 0; shift <= 15; shift++) assert.equal(shiftFor(expectedWeightFor(shift)), shift);
  });

  it('rounds halves to even and gives back the exact weight of a word', () => {
    assert.equal(roundedWord(2.5 / 32768, 0), 2);
    assert.equal(roundedWord(3.5 / 32768, 0), 4);
    for (const [word, shift] of [
      [1, 0],
      [65535, 3],
      [777, 15],
    ] as const)
      assert.equal(roundedWord(weightOf(word, shift), shift), word);
  });

  it('uses the whole 16-bit slot: one shift less than stock for the same bound', () => {
    assert.equal(tightShift(1.99), 0);
    assert.equal(tightShift(2), 1);
    assert.equal(tightShift(100), shiftFor(100) - 1);
    for (const shift of [0, 1, 7, 14]) {
      assert.equal(tightShift(weightOf(65535, shift)), shift, 'a full slot');
      assert.equal(tightShift(weightOf(65536, shift)), shift + 1, 'one unit more');
    }
  });
});

describe('the stock rule of shifts', () => {
  it('expects every presynaptic cell of a projection to fire at once with its largest weight', () => {
    // Into population B: 3 edges onto one cell with at most 0.5 nA, and 1 edge of 1 nA from another projection; 1.5 + 1 < 4 nA.
    const edges = { pre: 'A', post: 'B', receptor: 'excitatory', postIdx: 1, receptorIdx: 0 } as const;
    const projections = [
      {
        ...edges,
        edge: Int32Array.of(0, 1, 2, 3),
        preCell: Int32Array.of(0, 1, 2, 2),
        postCell: Int32Array.of(0, 0, 0, 1),
      },
      { ...edges, pre: 'C', edge: Int32Array.of(4), preCell: Int32Array.of(0), postCell: Int32Array.of(1) },
    ];
    assert.deepEqual([...stockShifts(projections, [0.1, 0.5, 0.2, 0.1, 1], 2)], [0, 0, shiftFor(2.5), 0]);
    assert.deepEqual([...stockShifts(projections.slice(0, 1), [0.1, 0.5, 0.2, 0.1], 2)], [0, 0, shiftFor(1.5), 0]);
  });
});

describe('spinnaker/quantise', () => {
  const ours = quantise(network, peaks, defaultPolicy);

  it('keeps far more spikes than the stock rule, without saturation', () => {
    const float = new FloatSimulator(network);
    const reference = inputs.map((input) => float.run(input).spikes);
    const share = (policy: QuantisationPolicy) => {
      const simulator = new IntegerSimulator(quantise(network, peaks, policy).board);
      const runs = inputs.map((input) => simulator.run(input));
      assert.equal(
        runs.reduce((n, r) => n + r.saturations.reduce((a, b) => a + b), 0),
        0,
      );
      const { equal, of } = equalOf(
        compareTrials(
          reference,
          runs.map((r) => r.spikes),
          network.topology.populations,
        ),
      );
      return equal / of;
    };
    const [calibrated, stock] = [share(defaultPolicy), share({ ...defaultPolicy, rule: 'stock' })];
    assert.ok(calibrated > 0.9 && calibrated > stock, `${calibrated} against ${stock}`);
  });

  it('fills the ring buffers at least to a quarter and at most to 1/headroom', () => {
    const simulator = new IntegerSimulator(ours.board);
    const peak = new Uint16Array(2 * network.topology.populations.length);
    for (const input of inputs) {
      simulator.run(input, { peaks: true }).peakSlots!.forEach((slot, k) => {
        peak[k] = Math.max(peak[k]!, slot);
      });
    }
    const met = [...peak].filter((slot) => slot > 0);
    for (const slot of met) assert.ok(slot <= 1.02 * (65535 / defaultPolicy.headroom), `${[...peak]}`);
    assert.ok(
      met.filter((slot) => slot > 65535 / (4 * defaultPolicy.headroom)).length >= met.length / 2,
      `${[...peak]}`,
    );
  });

  it('changes units exactly: R is 1 MΩ, voltages carry the scale', () => {
    const { parameters } = ours.board;
    assert.deepEqual(parameters.cm, parameters.tauM);
    const cell = network.topology.populations[1]!.offset;
    const expected = network.cells.vThreshMv[cell]! * ours.scale[1]!;
    assert.ok(Math.abs(parameters.vThresh[cell]! / 32768 - expected) <= 2 ** -16);
  });

  it('names the projection whose weights vanish, and refuses those that would wrap', () => {
    const report = ours.projections.find((p) => p.projection === 'PN→KC excitatory')!;
    assert.equal(report.vanished, 0);
    assert.ok(report.relativeError < 0.01 && report.largestWord <= 65535);
    const lopsided = { ...network, weightNa: network.weightNa.map((w, e) => (e === 0 ? 1e-9 : w)) };
    const lost = quantise(lopsided, peaks, defaultPolicy).projections.filter((p) => p.vanished > 0);
    assert.deepEqual(
      lost.map((p) => p.vanished),
      [1],
    );
    const huge = { ...network, weightNa: network.weightNa.map((w, e) => (e === 0 ? 1e9 : w)) };
    assert.throws(
      () => quantise(huge, peaks, defaultPolicy),
      /→.* excitatory: 1 of \d+ weights exceed \d+ nA and would wrap/,
    );
  });

  it('refuses another time step and a parameter outside the range', () => {
    assert.throws(() => quantise({ ...network, dtMs: 0.5 }, peaks, defaultPolicy), /dtMs is 0.5/);
    const cells = { ...network.cells, vThreshMv: network.cells.vThreshMv.map(() => 1e6) };
    assert.throws(
      () => quantise({ ...network, cells }, peaks, { ...defaultPolicy, rule: 'stock' }),
      /vThreshMv\[0\] is 1000000: outside/,
    );
  });
});
