/** Whole cores of the board's own program against the integer simulator, spike by spike and state by state (CC_SNN_PEERS=1). */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lateness } from '../../src/spinnaker/firmware/colour.ts';
import { decodeBoardNetwork } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeVoltages, encodeSpikes } from '../../src/spinnaker/project/trial-data.ts';
import { readoutCellsIn } from '../../src/spinnaker/quantise/readout-cells.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { runRow, runRows } from '../../src/spinnaker/simulators/trial-row.ts';
import type { StageRun } from '../rig/run-stage.ts';
import { exportedHardProject, hardInputs, hardModel } from './hard-project.ts';
import { needPeer } from './peer-python.ts';

describe('spinnaker/integer-simulator against whole cores of IF_curr_exp.aplx under Unicorn', () => {
  const { steps } = hardModel;
  let exported: StageRun;
  let folder: string;
  let simulator: IntegerSimulator;
  let size: number;
  let voltages: readonly Int32Array[];

  before(async () => {
    exported = await exportedHardProject();
    folder = join(exported.folder, 'outputs/pynn');
    const { board, head } = decodeBoardNetwork(exported.files['pynn/network.safetensors']!);
    size = head.size;
    simulator = new IntegerSimulator(board);
    const cells = readoutCellsIn(board, head.steps);
    const runs = hardInputs.map((input) => runRow(simulator, [input], head, cells).trials[0]!);
    const spiNNaker = runs.map((run) => run.spikes);
    voltages = runs.map((run) => run.voltages!);
    const expected = encodeSpikes({ spiNNaker }, { spiNNaker: voltages });
    writeFileSync(join(folder, 'expected.safetensors'), expected);
    copyFileSync(join(folder, 'spynnaker.cfg'), join(folder, '.spynnaker.cfg'));
  });
  after(() => rm(exported.folder, { recursive: true }));

  function firmware(context: Mocha.Context, ...args: string[]): SpawnSyncReturns<string> {
    return firmwareIn(folder, context, ...args);
  }
  function firmwareIn(cwd: string, context: Mocha.Context, ...args: string[]): SpawnSyncReturns<string> {
    const python = needPeer(context, 'firmware');
    context.timeout(1_200_000);
    const env = { ...process.env, HOME: cwd, PYTHONDONTWRITEBYTECODE: '1' };
    return spawnSync(python, ['firmware.py', ...args], { cwd, env, encoding: 'utf8' });
  }
  const found = () => decodeSpikes(readFileSync(join(folder, 'spikes.firmware.safetensors')), steps);

  it('fires the same spikes from the same states, trial after trial with a reset between, full ring buffers included', function () {
    const done = firmware(this, '--states');
    assert.equal(done.status, 0, done.stderr);
    const expected = hardInputs.map((input) => simulator.run(input));
    assert.deepEqual(
      found(),
      expected.map((run) => run.spikes),
    );
    const bytes = readFileSync(join(folder, 'states.bin'));
    const states = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    assert.equal(states.length, 3 * steps * 3 * size);
    hardInputs.forEach((input, k) => {
      simulator.run(input, {
        watch: (tick, cells) => {
          const { v, currentE, currentI } = cells.states();
          const at = (k * steps + tick) * 3 * size;
          assert.deepEqual(
            states.subarray(at, at + 3 * size),
            Int32Array.from([...v, ...currentE, ...currentI]),
            `trial ${k}, tick ${tick}`,
          );
        },
      });
    });
    const { saturated } = JSON.parse(readFileSync(join(folder, 'firmware.json'), 'utf8')) as { saturated: number };
    const ours = expected.reduce((sum, run) => sum + run.saturations.reduce((a, b) => a + b, 0), 0);
    assert.ok(ours > 100 && saturated > 100, `${ours} and ${saturated} saturated additions`);
  });

  it('holds in the readout’s cells the predicted voltages at the end of each trial, after resets too', function () {
    const done = firmware(this, '--trials', '2,1,2');
    assert.equal(done.status, 0, done.stderr);
    const written = decodeVoltages(readFileSync(join(folder, 'spikes.firmware.safetensors')), voltages[0]!.length);
    assert.deepEqual(written, [voltages[2], voltages[1], voltages[2]]);
    assert.notDeepEqual(voltages[1], voltages[2]);
    assert.match(done.stdout, /9 of 9 voltages as expected/);
  });

  it('fires and holds what is predicted of several trials in a run, and of another run after it', async function () {
    needPeer(this, 'firmware');
    const rows = await exportedHardProject({ trialsPerRun: 2, gapSteps: 20 });
    const cwd = join(rows.folder, 'outputs/pynn');
    const { board, head } = decodeBoardNetwork(rows.files['pynn/network.safetensors']!);
    const runs = runRows(new IntegerSimulator(board), hardInputs, head, readoutCellsIn(board, head.steps));
    const spiNNaker = runs.map((run) => run.spikes);
    const expected = encodeSpikes({ spiNNaker }, { spiNNaker: runs.map((run) => run.voltages!) });
    writeFileSync(join(cwd, 'expected.safetensors'), expected);
    copyFileSync(join(cwd, 'spynnaker.cfg'), join(cwd, '.spynnaker.cfg'));
    const done = firmwareIn(cwd, this);
    const written = decodeSpikes(readFileSync(join(cwd, 'spikes.firmware.safetensors')), steps);
    await rm(rows.folder, { recursive: true });
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(written, spiNNaker);
    assert.match(done.stdout, /9 of 9 voltages as expected/);
  });

  it('loses after a reset the spikes that the simulator loses, where a trial did not run whole 16 ticks', function () {
    const done = firmware(this, '--ticks', `${steps}`, '--trials', '2,2');
    assert.equal(done.status, 5, done.stderr);
    const [first, second] = found();
    assert.deepEqual(first, simulator.run(hardInputs[2]!).spikes);
    const late = simulator.run(hardInputs[2]!, { lateTicks: lateness(steps) });
    assert.deepEqual(second, late.spikes);
    assert.match(done.stdout, new RegExp(`skipped ${late.skipped},`));
    assert.ok(late.skipped > 0);
  });
});
