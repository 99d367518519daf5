/** Several trials of one run on the simulated board against one long run by hand, and against each from rest where nothing is left of the others. */
import assert from 'node:assert/strict';
import { quantise } from '../../src/spinnaker/quantise/quantise.ts';
import { readoutCellsIn, withReadoutCells } from '../../src/spinnaker/quantise/readout-cells.ts';
import { peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { rowsOf, rowTicks, runRow, runRows, type Timetable } from '../../src/spinnaker/simulators/trial-row.ts';
import { defaultPolicy } from '../rig/default-policy.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const model = randomModel();
const { steps, network } = model;
const { size, inputSize } = network.topology;
const inputs = [0, 1, 2, 3, 4].map((k) => randomInput(inputSize, steps, 0.15, 5, k));

function boardOf(table: Timetable, offsets: boolean) {
  const cells = offsets ? network.cells : { ...network.cells, iOffsetNa: new Float32Array(size) };
  const given = withReadoutCells({ ...network, cells }, model.readouts[0]!, table);
  const { board, scale } = quantise(given, peaksOver(given, inputs), defaultPolicy);
  return { board, scale: scale[scale.length - 1]!, cells: readoutCellsIn(board, steps) };
}

describe('spinnaker/trial-row', () => {
  it('cuts each trial out of one long run, whatever the ones before it left', () => {
    const table = { steps, trialsPerRun: 3, periodTicks: steps + 16 };
    const { board, cells } = boardOf(table, true);
    const simulator = new IntegerSimulator(board);
    const { trials } = runRow(simulator, inputs.slice(0, 3), table, cells);
    const stepPtr = [0];
    const cell: number[] = [];
    for (const input of inputs.slice(0, 3))
      for (let t = 0; t < table.periodTicks; t++) {
        if (t < steps) cell.push(...input.cell.subarray(input.stepPtr[t]!, input.stepPtr[t + 1]!));
        stepPtr.push(cell.length);
      }
    const { spikes } = simulator.run({ stepPtr: Int32Array.from(stepPtr), cell: Int32Array.from(cell) });
    trials.forEach((trial, k) => {
      for (let t = 0; t < steps; t++) {
        const at = k * table.periodTicks + t;
        assert.deepEqual(
          trial.spikes.cell.slice(trial.spikes.stepPtr[t]!, trial.spikes.stepPtr[t + 1]!),
          spikes.cell.slice(spikes.stepPtr[at]!, spikes.stepPtr[at + 1]!),
          `trial ${k}, step ${t}`,
        );
      }
    });
    const alone = runRow(simulator, [inputs[2]!], table, cells).trials[0]!;
    assert.notDeepEqual(trials[2]!.spikes, alone.spikes, 'sixteen steps do not bring this network back to its start');
  });

  it('gives after a long silence the spikes and scores of each trial from rest, where no cell is driven by itself', () => {
    const gap = 2000;
    const table = { steps, trialsPerRun: 5, periodTicks: steps + gap };
    const { board, scale, cells } = boardOf(table, false);
    const simulator = new IntegerSimulator(board);
    const together = runRows(simulator, inputs, table, cells);
    const apart = runRows(simulator, inputs, { ...table, trialsPerRun: 1 }, cells);
    assert.deepEqual(
      together.map((run) => run.spikes),
      apart.map((run) => run.spikes),
    );
    assert.ok(apart.every((run) => run.spikes.cell.length > 50));
    together.forEach((run, k) => {
      run.voltages!.forEach((bits, c) => {
        const difference = Math.abs(bits - apart[k]!.voltages![c]!) / 32768 / scale;
        assert.ok(difference < 1e-3, `trial ${k}, class ${c}: ${difference}`);
      });
    });
  });

  it('counts saturations to the trial in which they come', () => {
    const table = { steps, trialsPerRun: 3, periodTicks: steps + 100 };
    const { board, cells } = boardOf(table, true);
    const tight = { ...board, word: board.word.map((word) => Math.min(65535, 3 * word)) };
    const all = {
      stepPtr: new Int32Array(steps + 1).map((_, t) => t * inputSize),
      cell: new Int32Array(steps * inputSize).map((_, k) => k % inputSize),
    };
    const silent = { stepPtr: new Int32Array(steps + 1), cell: new Int32Array(0) };
    const { trials, whole } = runRow(new IntegerSimulator(tight), [silent, all, silent], table, cells);
    const sums = trials.map(({ saturations }) => saturations.reduce((a, b) => a + b, 0));
    assert.ok(sums[1]! > 100 && sums[0] === 0 && sums[2] === 0, `${sums}`);
    assert.equal(
      whole.saturations.reduce((a, b) => a + b, 0),
      sums[1],
    );
  });

  it('numbers trials by run, the last run as long as there are, and runs whole 16 ticks until the last is read', () => {
    assert.deepEqual(rowsOf(5, { trialsPerRun: 2 }), [[0, 1], [2, 3], [4]]);
    assert.deepEqual(rowsOf(2, { trialsPerRun: 7 }), [[0, 1]]);
    const table = { steps: 500, trialsPerRun: 3, periodTicks: 600 };
    assert.deepEqual(
      [1, 2, 3].map((trials) => rowTicks(table, trials, { tick: 501 })),
      [512, 1104, 1712],
    );
    assert.equal(rowTicks({ ...table, steps: 512 }, 1, null), 512);
  });
});
