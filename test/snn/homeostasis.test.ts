/** Calibrated thresholds, by hand on a network of two cell types whose spikes are given. */
import assert from 'node:assert/strict';
import type { SpikingNetwork } from '../../src/snn/network/network.ts';
import { thresholdFloors } from '../../src/snn/parameters/jump-bound.ts';
import { calibrateThresholds, drivenCells, type HomeostasisOptions } from '../../src/snn/training/homeostasis.ts';
import { CountsInAdvance, handNetwork, handTopology } from '../rig/hand-network.ts';

// Cells 0, 1 of type a and 2 of type b are driven by the input; cell 3 of type b is not. Cell 4 is another population's.
const topology = handTopology(1, { A: 4, B: 1 }, [
  { row: 0, cell: 0 },
  { row: 0, cell: 1 },
  { row: 0, cell: 2 },
  { row: 0, cell: 4 },
]);
const network = handNetwork(topology, new Float32Array(4).fill(0.01));
const model = { network, typeNames: ['a', 'b', 'c'], typeIdx: Int32Array.of(0, 0, 1, 1, 2), steps: 500 };
const trial = { split: 0, odour: 0, trial: 0 };

interface Calibrated {
  readonly network: SpikingNetwork;
  readonly kernel: CountsInAdvance;
}

function calibrated(
  rows: readonly (readonly number[])[],
  trials: number,
  options: Partial<HomeostasisOptions> = {},
): Calibrated {
  const kernel = new CountsInAdvance(rows);
  const source = { trials: new Array<typeof trial>(trials).fill(trial) };
  const all = {
    targetRateHz: { A: 4 },
    rounds: rows.length / trials,
    leastThresholdMv: 1,
    jumpBound: 0.25,
    ...options,
  };
  return { network: calibrateThresholds(kernel, model, source, all), kernel };
}

function assertThresholds(of: SpikingNetwork, expected: readonly number[]): void {
  expected.forEach((v, i) => {
    assert.ok(Math.abs(of.cells.vThreshMv[i]! - v) < 1e-5 * v, `cell ${i}: ${of.cells.vThreshMv[i]}, expected ${v}`);
  });
}

const factor = (rateHz: number, targetHz: number): number => ((rateHz + 0.1) / (targetHz + 0.1)) ** 0.4;

describe('calibrated thresholds', () => {
  it('move by (rate/target)^0.4 a round: the mean rate of a type over trials and its driven cells', () => {
    // Two trials of half a second. Type a: (2 + 4 + 6 + 4) spikes in 4 · 0.5 s = 8 Hz. Type b: cell 2 alone, (1 + 2) in 1 s = 3 Hz.
    const rows = [
      [2, 4, 1, 40, 9],
      [6, 4, 2, 40, 9],
    ];
    const [a, b] = [10 * factor(8, 4), 10 * factor(3, 4)];
    assertThresholds(calibrated(rows, 2).network, [a, a, b, b, 10]);
  });

  it('move on from where the last round left them, and the kernel is given each of them', () => {
    const rows = [
      [2, 2, 1, 0, 0],
      [3, 3, 1, 0, 0],
    ];
    const { network: after, kernel } = calibrated(rows, 1);
    const first = 10 * factor(4, 4);
    assertThresholds(after, [first * factor(6, 4), first * factor(6, 4)]);
    assert.equal(kernel.given.length, 2);
    assert.equal(kernel.given[0]!.vThresh[0], 10);
    assert.ok(Math.abs(kernel.given[1]!.vThresh[2]! - 10 * factor(2, 4)) < 1e-5);
  });

  it('move by e^0.5 at most in a round, either way, and never below the least threshold', () => {
    const { network: after } = calibrated([[200, 200, 0, 0, 0]], 1);
    assertThresholds(after, [10 * Math.exp(0.5), 10 * Math.exp(0.5), 10 * Math.exp(-0.5)]);
    assertThresholds(calibrated([[200, 200, 0, 0, 0]], 1, { leastThresholdMv: 8 }).network, [16.487213, 16.487213, 8]);
  });

  it('stay where a population has no target', () => {
    assertThresholds(calibrated([[2, 2, 2, 2, 90]], 1, { targetRateHz: { B: 1 } }).network, [10, 10, 10, 10]);
  });

  it('rise for single cells that are too fast at rest, by the same rule, and stay where a population has no most', () => {
    // Each round runs an odour trial, then a trial at rest. Type a is on target; cell 1 fires at 8 Hz at rest, against 2.
    const rest = { source: { trials: [trial] }, mostHz: { A: 2 }, targetHz: {} };
    const { network: after } = calibrated(
      [
        [2, 2, 2, 2, 0],
        [1, 4, 0, 0, 9],
      ],
      1,
      { rounds: 1, rest },
    );
    assertThresholds(after, [10, 10 * Math.exp(Math.min(0.5, 0.4 * Math.log(4))), 10, 10, 10]);
    const odourOnly = calibrated([[2, 2, 2, 2, 0]], 1, { rounds: 1 }).network;
    assertThresholds(odourOnly, [10, 10, 10, 10, 10]);
  });

  it('are joined by an offset current that holds a type’s rate at rest and never inhibits', () => {
    // Type a at rest: 0 Hz against 4; type b: cell 2 alone counts, 10 Hz against 4.
    const rest = { source: { trials: [trial] }, mostHz: {}, targetHz: { A: 4 } };
    const { network: after } = calibrated(
      [
        [2, 2, 2, 2, 0],
        [0, 0, 5, 0, 0],
      ],
      1,
      { rounds: 1, rest },
    );
    const [own, , none, , other] = after.cells.iOffsetNa;
    // a step of .15 × threshold: V∞ = iOffset·tauM/cm = 1.5 mV
    assert.ok(Math.abs((own! * 15) / 1 - 1.5) < 1e-5, `${own}`);
    assert.deepEqual([none, other], [0, 0]);
    assertThresholds(after, [10, 10, 10, 10, 10]);
  });

  it('of a cell are its jump floor where that is higher than its type’s', () => {
    const strong = handTopology(1, { A: 4, B: 1 }, [
      { row: 0, cell: 0 },
      { row: 0, cell: 1 },
      { row: 0, cell: 2 },
      { row: 0, cell: 4 },
      { row: 5, cell: 1 },
    ]);
    const of = handNetwork(strong, Float32Array.of(1, 1, 1, 1, 9));
    const floor = thresholdFloors(of, 0.25)[1]!;
    assert.ok(floor > 20);
    const kernel = new CountsInAdvance([[2, 2, 2, 2, 2]]);
    const options = { targetRateHz: { A: 4 }, rounds: 1, leastThresholdMv: 1, jumpBound: 0.25 };
    assertThresholds(calibrateThresholds(kernel, { ...model, network: of }, { trials: [trial] }, options), [
      10,
      floor,
      10,
      10,
      10,
    ]);
  });
});

describe('driven cells', () => {
  it('are those that a chain of excitatory synapses from population to population joins to the input', () => {
    // Rows: input 0, 1; A 0, 1, 2 → rows 2, 3, 4; B 3, 4, 5 → rows 5, 6, 7.
    const chain = handTopology(2, { A: 3, B: 3 }, [
      { row: 0, cell: 0 },
      { row: 1, cell: 1, inhibitory: true },
      { row: 2, cell: 1 }, // within A: does not count
      { row: 2, cell: 3 },
      { row: 3, cell: 4 }, // from an undriven cell
      { row: 5, cell: 2 }, // back from B to A counts
      { row: 5, cell: 5, inhibitory: false }, // within B
    ]);
    assert.deepEqual([...drivenCells(chain)], [1, 0, 1, 1, 0, 0]);
  });
});
