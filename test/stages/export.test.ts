/** Stage export: files that stand on their own, and the same spikes from them as from the model. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { digestOf } from '../../src/base/digest.ts';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import type { Model, SpikingNetwork } from '../../src/snn/network/network.ts';
import { decodeBoardNetwork } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeTrials } from '../../src/spinnaker/project/trial-data.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import stage from '../../stages/export.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';

const outputs = { project: 'pynn/', nir: 'network.nir', report: 'report.json' };
const model = randomModel();
const task = plantedTask({ trials: { train: 1, validation: 2, test: 2 } });

function exported(
  params: unknown = {},
  inputs = { model: encodeModel(model), task: encodeOdourTask(task) },
): Promise<StageRun> {
  return runStage(stage, { params: { export: params }, inputs, outputs });
}

describe('stage export', () => {
  let run: StageRun;
  before(async () => {
    run = await exported({ trials: 3, calibrationTrials: 4 });
    await rm(run.folder, { recursive: true });
  });

  it('says in the README whose data the network is made of, their terms, its seeds, version and model', async () => {
    const readmeOf = async (provenance: Model['provenance']) => {
      const bytes = encodeModel({ ...model, provenance });
      const run = await exported({ trials: 1, calibrationTrials: 1 }, { model: bytes, task: encodeOdourTask(task) });
      await rm(run.folder, { recursive: true });
      return { text: Buffer.from(run.files['pynn/README.md']!).toString(), digest: digestOf(bytes) };
    };
    const source = { name: 'connections.csv.gz', sha256: 'cd'.repeat(32), about: '', licence: '', cite: '' };
    const made = await readmeOf({ data: [{ ...source, synthetic: true }], seed: 7, trialSeed: 8, version: '9.9' });
    for (const text of [
      'SYNTHETIC data',
      '| connections.csv.gz | synthetic | cdcdcd',
      'cc-snn 9.9',
      'seed 7',
      'seed 8',
      'no terms of their own',
      made.digest,
    ])
      assert.ok(made.text.includes(text), text);
    assert.doesNotMatch(made.text, /FlyWire|DoOR|CC BY/);
    const about = 'FlyWire | FAFB';
    const real = await readmeOf({
      data: [{ ...source, synthetic: false, about, licence: 'CC BY-NC 4.0', cite: 'doi:10.1/x' }],
    });
    for (const text of [
      'Real data: FlyWire \\| FAFB',
      '- FlyWire \\| FAFB, CC BY-NC 4.0, doi:10.1/x',
      'seed not stated',
    ])
      assert.ok(real.text.includes(text), text);
    assert.doesNotMatch(real.text, /SYNTHETIC/);
    const own = await readmeOf({ data: [{ ...source, synthetic: false }] });
    assert.match(own.text, /connections.csv.gz of undeclared origin[\s\S]*Nobody declared the terms/);
    assert.match((await readmeOf({})).text, /Data of unknown origin[\s\S]*Nobody declared the terms/);
  });

  it('keeps as many levels of weights as bits are asked for, a power of two apart, and says so', async () => {
    const coarse = await exported({ trials: 1, calibrationTrials: 4, quantisation: { weightBits: 4 } });
    await rm(coarse.folder, { recursive: true });
    assert.equal(coarse.error, undefined);
    const { board } = decodeBoardNetwork(coarse.files['pynn/network.safetensors']!);
    const { board: fine } = decodeBoardNetwork(run.files['pynn/network.safetensors']!);
    const { populations } = board.wiring;
    for (const receptor of [0, 1])
      for (const { name, offset, size } of populations) {
        const onto = [...board.wiring.colIdx.keys()].filter((e) => {
          const cell = board.wiring.colIdx[e]!;
          return cell >= offset && cell < offset + size && board.wiring.receptor[e] === receptor;
        });
        if (onto.length === 0) continue;
        const words = onto.map((e) => board.word[e]!);
        const step = words.filter((word) => word > 0).reduce((least, word) => Math.min(least, word & -word), 1 << 16);
        const largest = Math.max(...words);
        assert.ok(largest / step <= 15, `${name}: ${largest} by ${step}`);
        assert.ok(2 * largest > 7 * step, `${name}: the levels are made use of`);
        for (const e of onto) assert.ok(Math.abs(board.word[e]! - fine.word[e]!) <= step / 2 + 1, name);
      }
    assert.match(JSON.stringify(coarse.headlines), /weights lost in rounding.*of 4 bits/);
    assert.doesNotMatch(JSON.stringify(run.headlines), /bits/);
  });

  it('packs a job for a queue: what run.py needs, without a configuration', () => {
    const archive = Buffer.from(run.files['pynn/nmpi-job.zip']!);
    for (const name of [
      'run.py',
      'readout.py',
      'network.safetensors',
      'inputs.safetensors',
      'expected.safetensors',
      'README.md',
    ])
      assert.ok(archive.includes(Buffer.concat([Buffer.from(name), Buffer.from(run.files[`pynn/${name}`]!)])), name);
    assert.ok(!archive.includes('spynnaker.cfg\n') && !archive.includes('virtual.py"""'));
    assert.equal(archive.readUInt16LE(archive.length - 12), 7);
  });

  it('names the split that has no trial', async () => {
    const none = encodeOdourTask(plantedTask({ trials: { train: 1, validation: 0, test: 2 } }));
    const refused = await exported({ trials: 1, calibrationTrials: 1 }, { model: encodeModel(model), task: none });
    await rm(refused.folder, { recursive: true });
    assert.match(
      String(refused.error),
      /export: the task has no trials of: validation\n {2}set odours\.trials\.validation/,
    );
  });

  it('writes the whole project, the NIR graph and a report', () => {
    assert.equal(run.error, undefined);
    assert.deepEqual(Object.keys(run.files).sort(), [
      'network.nir',
      'pynn/CITATION.cff',
      'pynn/README.md',
      'pynn/expected.safetensors',
      'pynn/firmware.py',
      'pynn/inputs.safetensors',
      'pynn/network.safetensors',
      'pynn/nmpi-job.zip',
      'pynn/provenance.json',
      'pynn/readout.py',
      'pynn/requirements-brian2.txt',
      'pynn/requirements-firmware.txt',
      'pynn/requirements-nest.txt',
      'pynn/requirements-spiNNaker.txt',
      'pynn/run.py',
      'pynn/spynnaker.cfg',
      'pynn/virtual.py',
      'report.json',
    ]);
    assert.match(
      Buffer.from(run.files['pynn/spynnaker.cfg']!).toString(),
      /machineName = 192\.168\.240\.9\nversion = 3/,
    );
    assert.deepEqual(
      [...run.files['network.nir']!.subarray(0, 8)],
      [...Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)],
    );
  });

  it('holds a network that fires the predicted spikes, simulated from the files alone', () => {
    const { board, head } = decodeBoardNetwork(run.files['pynn/network.safetensors']!);
    const inputs = decodeSpikes(run.files['pynn/inputs.safetensors']!, head.steps);
    const expected = decodeSpikes(run.files['pynn/expected.safetensors']!, head.steps, 'spiNNaker');
    assert.equal(inputs.length, 3);
    assert.equal(decodeTrials(run.files['pynn/inputs.safetensors']!).length, 3);
    const simulator = new IntegerSimulator(board);
    let spikes = 0;
    inputs.forEach((input, k) => {
      assert.deepEqual(simulator.run(input).spikes, expected[k]);
      spikes += expected[k]!.cell.length;
    });
    assert.ok(spikes > 100, `${spikes} spikes`);
  });

  it('makes the same bytes again', async () => {
    const again = await exported({ trials: 3, calibrationTrials: 4 });
    await rm(again.folder, { recursive: true });
    for (const [name, bytes] of Object.entries(run.files)) assert.deepEqual(again.files[name], bytes, name);
  });

  /** Exports a changed network; the error it ends with. */
  async function refused(
    change: (network: SpikingNetwork) => Partial<SpikingNetwork>,
    params: unknown = {},
  ): Promise<string> {
    const { network } = model;
    const changed = encodeModel({ ...model, network: { ...network, ...change(network) } });
    const ended = await exported(
      { trials: 2, calibrationTrials: 2, ...(params as object) },
      { model: changed, task: encodeOdourTask(task) },
    );
    await rm(ended.folder, { recursive: true });
    return String(ended.error);
  }

  /** The weight of one connection from PN to KC, and its ends within their populations. */
  const { topology } = model.network;
  const [PN, KC] = ['PN', 'KC'].map((name) => topology.populations.find((p) => p.name === name)!);
  const row = Array.from({ length: PN!.size }, (_, i) => topology.inputSize + PN!.offset + i);
  const edge = row
    .flatMap((r) =>
      Array.from({ length: topology.rowPtr[r + 1]! - topology.rowPtr[r]! }, (_, k) => topology.rowPtr[r]! + k),
    )
    .find((e) => topology.colIdx[e]! >= KC!.offset && topology.colIdx[e]! < KC!.offset + KC!.size)!;
  const pre = row.findLastIndex((r) => topology.rowPtr[r]! <= edge);
  const ends = `from cell ${pre} of PN to cell ${topology.colIdx[edge]! - KC!.offset} of KC`;

  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -0.5]) {
    it(`refuses a weight of ${value}, naming projection and cells`, async () => {
      const error = await refused(({ weightNa }) => ({ weightNa: weightNa.map((w, e) => (e === edge ? value : w)) }));
      assert.match(
        error,
        new RegExp(`PN→KC excitatory: the weight ${ends} is ${value} nA, want a finite number ≥ 0.*; 1 of its \\d+`),
      );
    });
  }

  it('refuses a network whose weights are all NaN', async () => {
    assert.match(await refused(({ weightNa }) => ({ weightNa: weightNa.map(() => Number.NaN) })), /is NaN nA/);
  });

  for (const [name, value] of [
    ['vThreshMv', Number.NaN],
    ['tauMMs', 0],
    ['cmNf', -1],
    ['iOffsetNa', Number.POSITIVE_INFINITY],
    ['tauSynIMs', Number.NEGATIVE_INFINITY],
    ['refractorySteps', -1],
  ] as const) {
    it(`refuses ${name} of ${value}, naming parameter and cell`, async () => {
      const error = await refused(({ cells }) => {
        const values = cells[name].slice();
        values[KC!.offset + 7] = value;
        return { cells: { ...cells, [name]: values } };
      });
      assert.match(error, new RegExp(`export: ${name} of cell 7 of KC is ${value}, want `));
    });
  }

  it('refuses a cell whose threshold is not above its reset', async () => {
    const error = await refused(({ cells }) => ({
      cells: { ...cells, vThreshMv: cells.vThreshMv.map((v, i) => (i === KC!.offset ? -1 : v)) },
    }));
    assert.match(error, /cell 0 of KC fires in every step: its threshold -1 mV is not above its reset 0 mV/);
  });

  it('refuses a readout that is not of numbers', async () => {
    const readouts = model.readouts.map((readout) => ({ ...readout, scale: readout.scale.map(() => Number.NaN) }));
    const bad = encodeModel({ ...model, readouts });
    const ended = await exported({}, { model: bad, task: encodeOdourTask(task) });
    await rm(ended.folder, { recursive: true });
    assert.match(String(ended.error), /scale\[0\] of the readout of MBON is NaN/);
  });

  it('refuses a rounding that loses a projection, with the first lost weight', async () => {
    assert.match(
      await refused(() => ({}), { quantisation: { headroom: 1e9 } }),
      /export: \S+→\S+ excitatory: (\d+) of \1 weights are too small for the board and became 0, the first .* from cell \d+ of [\s\S]*lower export\.quantisation\.headroom \(now 1000000000\)/,
    );
  });

  it('refuses a rounding that one weight far from the others spoils, and names that weight', async () => {
    const spoilt = (outlier: number, value: number) =>
      refused(({ weightNa }) => ({ weightNa: weightNa.map((w, e) => (e === outlier ? value : w)) }));
    const firing = drawTrial(task, { split: 'validation', odour: 0, trial: 0 }).cell[0]!;
    const outlier = topology.rowPtr[firing]!;
    const post = topology.populations.findLast((p) => p.offset <= topology.colIdx[outlier]!)!;
    assert.match(
      await spoilt(outlier, 1e4),
      new RegExp(
        `→${post.name} \\S+: \\d+ of \\d+ weights are too small.*; the largest is 10000 nA from cell ${firing} of ORN to cell ${topology.colIdx[outlier]! - post.offset} of`,
      ),
    );
    assert.match(
      await spoilt(edge, 1e6),
      new RegExp(`PN→KC excitatory: 1 of \\d+ weights exceed .* the largest ${ends}; choose`),
    );
  });

  it('warns of a population whose voltages one cell makes coarse', async () => {
    const vThreshMv = model.network.cells.vThreshMv.map((v, i) => (i === KC!.offset + 3 ? 1e6 : v));
    const network = { ...model.network, cells: { ...model.network.cells, vThreshMv } };
    const bytes = encodeModel({ ...model, network });
    const ended = await exported({ trials: 2, calibrationTrials: 2 }, { model: bytes, task: encodeOdourTask(task) });
    await rm(ended.folder, { recursive: true });
    assert.match(ended.warnings.join(), /KC: voltages are held at 0\.0\d+ of their size.* 1000000 mV, of cell 3/);
  });

  it('counts as equal no more spikes than both networks have: what either has alone is said', async () => {
    const coarse = await exported({ trials: 3, calibrationTrials: 4, quantisation: { headroom: 300 } });
    await rm(coarse.folder, { recursive: true });
    const report = JSON.parse(Buffer.from(coarse.files['report.json']!).toString()) as {
      populations: { spikesTrained: number; spikesBoard: number; spikesEqual: number }[];
    };
    const sum = (key: 'spikesTrained' | 'spikesBoard' | 'spikesEqual') =>
      report.populations.reduce((n, p) => n + p[key], 0);
    const [trained, board, equal] = [sum('spikesTrained'), sum('spikesBoard'), sum('spikesEqual')];
    assert.ok(equal < board);
    const value = coarse.headlines!.find((line) => line.label === 'spikes after rounding')!.value;
    assert.match(
      value,
      new RegExp(`^${equal} of \\d+ \\(${trained - equal} missing, ${board - equal} not expected\\)`),
    );
  });
});
