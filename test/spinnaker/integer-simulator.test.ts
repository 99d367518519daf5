/** The event-driven simulator against a plain one that steps every cell and synapse in BigInt; delays, saturation, refusals. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RandomStream } from '../../src/base/random.ts';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import type { BoardNetwork } from '../../src/spinnaker/firmware/board-network.ts';
import { type InputSpikes, IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { randomInput } from '../rig/random-model.ts';

const bits = (size: number, value: (i: number) => number) =>
  Int32Array.from({ length: size }, (_, i) => Math.round(value(i) * 32768));

interface Kind {
  readonly maxDelay: number;
  /** cm = tauM, so R = 1. */
  readonly unitResistance?: boolean;
  /** Shifts of 15: currents that leave 32 bits. */
  readonly wrapping?: boolean;
}

/** 5 inputs, 12 cells in two populations, random wiring; weights up to half a ring buffer so that sums saturate. */
function randomNetwork(seed: number, { maxDelay, unitResistance = false, wrapping = false }: Kind): BoardNetwork {
  const stream = new RandomStream([seed, 77]);
  const size = 12;
  const between = (low: number, high: number) => bits(size, () => low + (high - low) * stream.uniform());
  const rowPtr = [0];
  const colIdx: number[] = [];
  for (let row = 0; row < 5 + size; row++) {
    for (let c = 0; c < size; c++) if (stream.uniform() < 0.4) colIdx.push(c);
    rowPtr.push(colIdx.length);
  }
  const vRest = between(-5, 0);
  const tauM = between(3, 30);
  return {
    wiring: {
      inputPopulation: 'in',
      inputSize: 5,
      size,
      populations: [
        { name: 'A', offset: 0, size: 7 },
        { name: 'B', offset: 7, size: 5 },
      ],
      rowPtr: Int32Array.from(rowPtr),
      colIdx: Int32Array.from(colIdx),
      receptor: Uint8Array.from(colIdx, () => stream.below(2)),
    },
    parameters: {
      vInit: vRest,
      vRest,
      vReset: between(-8, -5),
      vThresh: between(1, 12),
      cm: unitResistance ? tauM : between(0.5, 20),
      tauM,
      iOffset: between(-0.2, 1),
      tauRefrac: between(0, 3),
      tauSynE: between(1, 10),
      tauSynI: between(1, 10),
    },
    shifts: wrapping ? new Uint8Array(4).fill(15) : Uint8Array.of(3, 4, 2, 5),
    word: Uint16Array.from(colIdx, () => stream.below(32768)),
    delaySteps: maxDelay === 1 ? 1 : Uint8Array.from(colIdx, () => 1 + stream.below(maxDelay)),
  };
}

/** Plain and slow: every cell, every step, every synapse, in 64-bit integers. */
function plainRun(network: BoardNetwork, input: InputSpikes) {
  const { wiring, word, shifts, parameters } = network;
  const cells = boardCells(parameters);
  const steps = input.stepPtr.length - 1;
  const arriving = Array.from({ length: steps + 16 }, () => new Float64Array(2 * wiring.size));
  const current = [new Array<bigint>(wiring.size).fill(0n), new Array<bigint>(wiring.size).fill(0n)];
  const v = Array.from(cells.vInit, BigInt);
  const refractory = new Array<number>(wiring.size).fill(0);
  const wrap = (x: bigint) => BigInt.asIntN(32, x);
  const spikes: [number, number][] = [];
  let saturations = 0;
  for (let t = 0; t < steps; t++) {
    const rows = Array.from(input.cell.subarray(input.stepPtr[t]!, input.stepPtr[t + 1]!));
    for (let i = 0; i < wiring.size; i++) {
      const population = i < 7 ? 0 : 1;
      for (const r of [0, 1]) {
        const slot = BigInt(arriving[t]![2 * i + r]!) << BigInt(shifts[2 * population + r]!);
        const init = BigInt((r === 0 ? cells.initE : cells.initI)[i]!);
        current[r]![i] = wrap(current[r]![i]! + ((slot * init) >> 32n));
      }
      if (refractory[i]! <= 0) {
        const sum = wrap(current[0]![i]! - current[1]![i]! + BigInt(cells.iOffset[i]!));
        const alpha = wrap(((sum * BigInt(cells.resistance[i]!)) >> 15n) + BigInt(cells.vRest[i]!));
        v[i] = wrap(alpha - ((BigInt(cells.expTc[i]!) * wrap(alpha - v[i]!)) >> 15n));
      } else refractory[i]! -= 1;
      if (v[i]! >= BigInt(cells.vThresh[i]!)) {
        v[i] = BigInt(cells.vReset[i]!);
        refractory[i] = cells.refractorySteps[i]!;
        spikes.push([t, i]);
        rows.push(wiring.inputSize + i);
      }
      for (const r of [0, 1]) {
        const decay = BigInt((r === 0 ? cells.decayE : cells.decayI)[i]!);
        current[r]![i] = (current[r]![i]! * decay) >> 32n;
      }
    }
    for (const row of rows) {
      for (let e = wiring.rowPtr[row]!; e < wiring.rowPtr[row + 1]!; e++) {
        const delay = typeof network.delaySteps === 'number' ? network.delaySteps : network.delaySteps[e]!;
        const slots = arriving[t + delay]!;
        const place = 2 * wiring.colIdx[e]! + wiring.receptor[e]!;
        const sum = slots[place]! + word[e]!;
        if (sum > 65535) saturations++;
        slots[place] = Math.min(65535, sum);
      }
    }
  }
  return { spikes, saturations };
}

describe('spinnaker/integer-simulator', () => {
  it('fires as a plain simulator in 64-bit integers does, with delays, saturation and wrapping sums', () => {
    let saturated = 0;
    let fired = 0;
    const kinds = fc.record({
      maxDelay: fc.constantFrom(1, 3, 7),
      unitResistance: fc.boolean(),
      wrapping: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100000 }), kinds, (seed, kind) => {
        const network = randomNetwork(seed, kind);
        const input = randomInput(5, 80, 0.2, seed);
        const plain = plainRun(network, input);
        const run = new IntegerSimulator(network).run(input);
        const spikes = [...run.spikes.cell].map((cell, k) => [run.spikes.stepPtr.findLastIndex((p) => p <= k), cell]);
        assert.deepEqual(spikes, plain.spikes);
        assert.equal(
          run.saturations.reduce((a, b) => a + b),
          plain.saturations,
        );
        saturated += plain.saturations;
        fired += spikes.length;
      }),
      { numRuns: 60 },
    );
    assert.ok(saturated > 0 && fired > 100, `${saturated} saturations, ${fired} spikes`);
  });

  it('starts from rest each time and notes the fullest slots', () => {
    const simulator = new IntegerSimulator(randomNetwork(3, { maxDelay: 1 }));
    const input = randomInput(5, 60, 0.2, 9);
    const first = simulator.run(input, { peaks: true });
    simulator.run(randomInput(5, 60, 0.4, 10));
    assert.deepEqual(simulator.run(input, { peaks: true }), first);
    assert.ok(first.peakSlots!.some((slot) => slot > 0));
  });

  it('refuses weights and delays that do not fit the wiring', () => {
    const network = randomNetwork(4, { maxDelay: 1 });
    assert.throws(() => new IntegerSimulator({ ...network, word: new Uint16Array(3) }), /3 weights for \d+ edges/);
    assert.throws(() => new IntegerSimulator({ ...network, delaySteps: 0 }), /a delay of 0/);
    assert.throws(
      () => new IntegerSimulator({ ...network, shifts: Uint8Array.of(0, 0, 0, 16) }),
      /cell 7: a ring-buffer shift of 16/,
    );
  });
});
