/** The readout's own cells on the board against plain arithmetic: logits of the spikes, no spike of theirs, none of the others changed. */
import assert from 'node:assert/strict';
import type { Model, Readout } from '../../src/snn/network/network.ts';
import { readoutLogits } from '../../src/snn/readout/readout.ts';
import { quantise } from '../../src/spinnaker/quantise/quantise.ts';
import {
  readoutCellsIn,
  readoutPopulation,
  readoutTick,
  withReadoutCells,
} from '../../src/spinnaker/quantise/readout-cells.ts';
import { peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { type InputSpikes, IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { countsOf, type Raster } from '../../src/spinnaker/simulators/raster.ts';
import { rowTicks, runRow, type Timetable } from '../../src/spinnaker/simulators/trial-row.ts';
import { defaultPolicy } from '../rig/default-policy.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const model = randomModel({ classes: 5 });
const { steps } = model;
const table: Timetable = { steps, trialsPerRun: 1, periodTicks: steps + 16 };
const { inputSize, size, populations } = model.network.topology;
const source = populations.find((p) => p.name === 'MBON')!;
const inputOf = (trial: number, probability = 0.1) => randomInput(inputSize, steps, probability, 9, trial);
const calibration = [0, 1, 2, 3].map((k) => inputOf(k, 0.2));

function onBoard(of: Model) {
  const readout = of.readouts[0]!;
  const network = withReadoutCells(of.network, readout, table);
  const quantised = quantise(network, peaksOver(network, calibration), defaultPolicy);
  const scale = quantised.scale[quantised.scale.length - 1]!;
  const simulator = new IntegerSimulator(quantised.board);
  const cells = readoutCellsIn(quantised.board, of.steps)!;
  const run = (input: InputSpikes) => {
    const result = runRow(simulator, [input], table, cells).trials[0]!;
    return { ...result, logits: Float64Array.from(result.voltages!, (bits) => bits / 32768 / scale) };
  };
  return { network, quantised, scale, run };
}

const spikesOfEach = (spikes: Raster) => countsOf(spikes, size).subarray(source.offset, source.offset + source.size);

/** By hand, in doubles: the weights of spikes that decay by 136317/2^32 a step, divided by what is left of them on average, times the board's input factor. */
function decayed(readout: Readout, spikes: Raster): Float64Array {
  const keep = 1 - 136317 * 2 ** -32;
  const input = 31507 * 136316 * 2 ** -32;
  let mean = 0;
  for (let k = 0; k < steps; k++) mean += keep ** k / steps;
  return Float64Array.from(readout.bias, (bias, c) => {
    let logit = bias;
    for (let i = 0; i < source.size; i++) {
      const weight = readout.weight[c * source.size + i]! * readout.scale[i]!;
      logit -= weight * readout.mean[i]!;
      for (let t = 0; t < steps; t++)
        for (let k = spikes.stepPtr[t]!; k < spikes.stepPtr[t + 1]!; k++)
          if (spikes.cell[k] === source.offset + i) logit += ((input * weight) / mean) * keep ** (steps - 1 - t);
    }
    return logit;
  });
}

describe('spinnaker/readout-cells', () => {
  it('hold after the trial the sum of the readout’s weights over its spikes, decayed as their currents are', () => {
    const board = onBoard(model);
    let total = 0;
    for (let trial = 10; trial < 16; trial++) {
      const { spikes, logits, saturations } = board.run(inputOf(trial));
      const counts = spikesOfEach(spikes);
      const spikesOf = counts.reduce((a, b) => a + b, 0);
      total += spikesOf;
      const exact = decayed(model.readouts[0]!, spikes);
      const word = 2 ** (Math.max(...board.quantised.board.shifts.slice(-2)) - 15) / board.scale;
      const bound = 0.5 * word * spikesOf + (4 * steps * 2 ** -15) / board.scale + 1e-5 * (1 + spikesOf);
      exact.forEach((logit, c) => {
        assert.ok(Math.abs(logits[c]! - logit) <= bound, `class ${c}: ${logits[c]} for ${logit}, within ${bound}`);
      });
      assert.equal(saturations[saturations.length - 1], 0);
    }
    assert.ok(total > 60, `${total} spikes were read`);
  });

  it('name what the host’s readout of the counts names, save where two logits are as good as equal', () => {
    const board = onBoard(model);
    for (let trial = 20; trial < 40; trial++) {
      const { spikes, logits } = board.run(inputOf(trial));
      const host = readoutLogits(model.readouts[0]!, model.network.topology, countsOf(spikes, size));
      const of = (values: Float64Array) => values.indexOf(Math.max(...values));
      const sorted = [...host].sort((a, b) => b - a);
      if (sorted[0]! - sorted[1]! > 0.05) assert.equal(of(logits), of(host), `trial ${trial}`);
    }
  });

  it('leave every spike of the other cells as it was, and fire none, whatever comes', () => {
    const { board } = quantise(model.network, peaksOver(model.network, calibration), defaultPolicy);
    const plain = new IntegerSimulator(board);
    const all = {
      stepPtr: new Int32Array(steps + 1).map((_, t) => t * inputSize),
      cell: new Int32Array(steps * inputSize),
    };
    all.cell.forEach((_, k) => {
      all.cell[k] = k % inputSize;
    });
    const withCells = onBoard(model);
    for (const input of [inputOf(50), all]) {
      const { spikes } = withCells.run(input);
      assert.deepEqual(spikes, plain.run(input).spikes);
      assert.ok(spikes.cell.length > 100);
      assert.ok(spikes.cell.every((cell) => cell < size));
    }
  });

  it('hold their bias, to the last bit of the board, where nothing fires', () => {
    const silent = { stepPtr: new Int32Array(steps + 1), cell: new Int32Array(0) };
    const { cells } = model.network;
    const quiet = { ...model.network, cells: { ...cells, iOffsetNa: new Float32Array(size) } };
    for (const bias of [
      [0, 0],
      [-30, 29.5, 3.25],
      [1e-3, 2e-3],
    ]) {
      const readout: Readout = {
        ...model.readouts[0]!,
        classes: bias.map((_, c) => `odour-${c}`),
        bias: Float32Array.from(bias),
        weight: new Float32Array(bias.length * source.size).fill(-0.5),
        mean: new Float32Array(source.size),
      };
      const board = onBoard({ ...model, network: quiet, readouts: [readout] });
      board.run(silent).logits.forEach((logit, c) => {
        assert.ok(Math.abs(logit - readout.bias[c]!) <= 2 ** -16 / board.scale + 1e-12, `${logit} for ${bias[c]}`);
      });
    }
  });

  it('are read a tick after the last spikes have come, and the board runs whole 16 ticks with that one', () => {
    assert.deepEqual([500, 510, 511, 512].map(readoutTick), [501, 511, 512, 513]);
    const ticks = (steps: number) =>
      rowTicks({ steps, trialsPerRun: 1, periodTicks: steps + 16 }, 1, { tick: readoutTick(steps) });
    assert.deepEqual([500, 510, 511, 512].map(ticks), [512, 512, 528, 528]);
  });

  it('have thresholds above what all spikes of a run could add up to, however many its trials', () => {
    const readout = model.readouts[0]!;
    const thresholds = [1, 5].map((trialsPerRun) => {
      const row = { ...table, trialsPerRun };
      const { cells } = withReadoutCells(model.network, readout, row);
      const ticks = rowTicks(row, trialsPerRun, { tick: readoutTick(steps) });
      const most = Math.ceil(ticks / (cells.refractorySteps[source.offset]! + 1));
      const sums = readout.classes.map((_, c) => {
        const own = Array.from(
          { length: source.size },
          (_, i) => readout.weight[c * source.size + i]! * readout.scale[i]!,
        );
        return own.reduce((sum, weight) => sum + Math.abs(weight) * most, 0);
      });
      const own = cells.vThreshMv.slice(size);
      own.forEach((threshold, c) => {
        assert.ok(threshold > sums[c]! + Math.abs(cells.vRestMv[size + c]!), `${trialsPerRun} trials, class ${c}`);
      });
      return own;
    });
    assert.ok(thresholds[1]!.every((threshold, c) => threshold > 3 * thresholds[0]![c]!));
  });

  it('are refused where a population has their name', () => {
    const { topology } = model.network;
    const named = populations.map((p) => (p.name === 'KC' ? { ...p, name: readoutPopulation } : p));
    const network = { ...model.network, topology: { ...topology, populations: named } };
    assert.throws(
      () => withReadoutCells(network, model.readouts[0]!, table),
      /a population is called 'readout'[\s\S]*readoutOnBoard: false/,
    );
  });
});
