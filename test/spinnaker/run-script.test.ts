/** The exported run.py itself, by the machine's Python, on a PyNN that echoes input spikes: what it asks of each simulator, what it refuses. */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeBoardNetwork } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeVoltages } from '../../src/spinnaker/project/trial-data.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import type { StageRun } from '../rig/run-stage.ts';
import { exportedHardProject, hardInputs as inputs, hardModel as model, rasterOf } from './hard-project.ts';

/** One call that the stub noted. */
interface Call {
  readonly call: string;
  readonly label?: string;
  readonly duration?: number;
  readonly times?: readonly (readonly number[])[];
  readonly values?: Readonly<Record<string, readonly number[]>>;
  readonly v?: readonly number[];
  readonly rows?: readonly (readonly number[])[];
  readonly [name: string]: unknown;
}

interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
  /** Spikes written, by trial. */
  readonly spikes: readonly Raster[];
  /** Of the readout's cells, by trial; null where none were written. */
  readonly voltages: readonly Int32Array[] | null;
}

const { steps } = model;
const classes = model.readouts[0]!.classes.length;
const { inputSize } = model.network.topology;

/** Cell i of each population fires whenever input cell i mod the number of inputs does. */
function echoOf(input: Raster): Raster {
  const pairs: [number, number][] = [];
  for (let t = 0; t < steps; t++) {
    const heard = new Set(input.cell.subarray(input.stepPtr[t]!, input.stepPtr[t + 1]!));
    for (const { offset, size } of model.network.topology.populations)
      for (let i = 0; i < size; i++) if (heard.has(i % inputSize)) pairs.push([t, offset + i]);
  }
  return rasterOf(pairs);
}

describe('the exported run.py', () => {
  let exported: StageRun;
  let project: string;
  before(async () => {
    exported = await exportedHardProject();
    project = join(exported.folder, 'outputs/pynn');
  });
  after(() => rm(exported.folder, { recursive: true }));

  function python(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    cwd: string,
    of: string = project,
  ): SpawnSyncReturns<string> {
    return spawnSync('python3', [join(of, 'run.py'), ...args], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: resolve('test/spinnaker/stub'), PYTHONDONTWRITEBYTECODE: '1', ...env },
    });
  }

  /** Runs it in a folder of its own, with this configuration. */
  function run(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    files: Readonly<Record<string, string>> = {},
    of: string = project,
  ): Done {
    const folder = mkdtempSync(join(tmpdir(), 'run-py-'));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const log = join(folder, 'log.json');
      const { status, stdout, stderr } = python(args, { STUB_LOG: log, ...env }, folder, of);
      const asked = args.map((arg) => arg.toLowerCase());
      const written = ['nest', 'brian2', 'spiNNaker'].find((name) => asked.includes(name.toLowerCase()));
      const read = (name: string) => readFileSync(join(folder, name));
      const ended = status === 0 || status === 4;
      return {
        status,
        stdout,
        stderr,
        calls: ended ? (JSON.parse(read('log.json').toString()) as Call[]) : [],
        spikes: ended ? decodeSpikes(read(`spikes.${written}.safetensors`), steps) : [],
        voltages: ended ? decodeVoltages(read(`spikes.${written}.safetensors`), classes) : null,
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const called = (done: Done, name: string) => done.calls.filter((call) => call.call === name);
  const durations = (done: Done) => called(done, 'run').map((call) => call.duration);

  it('tells NEST of an input spike two steps late, and reads its answer two steps early: NEST sends none at 0 ms', () => {
    const done = run(['--backend', 'nest', '--trials', '1,1']);
    assert.equal(done.status, 0, done.stderr);
    const gap = 2000;
    const period = steps + 2 + 2 + gap;
    const source = called(done, 'population').find((call) => call.label === 'ORN')!;
    const spikes = [2, steps - 1 + 2];
    assert.deepEqual(source.times![3], [...spikes, ...spikes.map((t) => t + period)]);
    assert.deepEqual(durations(done), [steps + 3, gap, steps + 4, gap]);
    assert.deepEqual(done.spikes, [echoOf(inputs[1]!), echoOf(inputs[1]!)]);
  });

  it('starts NEST’s cells such that V is at rest one step later, and silences them between trials', () => {
    const done = run(['nest', '--trials', '1,2']);
    const at = model.network.topology.populations.find((p) => p.name === 'KC')!.offset;
    const { vRestMv, tauMMs, cmNf, iOffsetNa } = model.network.cells;
    const a = Math.exp(-1 / tauMMs[at]!);
    const began = called(done, 'initialize').find((call) => call.label === 'KC')!.v![0]!;
    const drive = (tauMMs[at]! / cmNf[at]!) * iOffsetNa[at]!;
    const next = vRestMv[at]! + a * (began - vRestMv[at]!) + (1 - a) * drive;
    assert.ok(Math.abs(next - vRestMv[at]!) < 1e-9, `${next}`);
    assert.ok(Math.abs(began - vRestMv[at]!) > 1e-6, 'an offset current moves the start');
    const noted = called(done, 'nest').find((call) => call.label === 'KC')!['set'] as [string, unknown][];
    assert.deepEqual(
      noted.map(([name]) => name),
      ['V_th', 'V_th', 'V_m', 'V_th', 'V_th', 'V_m'],
    );
    assert.equal(noted[0]![1], 1e9);
  });

  it('gives each simulator the delay, refractory time and weights that make it the trained network', () => {
    const { head, board } = decodeBoardNetwork(exported.files['pynn/network.safetensors']!);
    const refractory = model.network.cells.refractorySteps[0]!;
    const all = { nest: [1, refractory], brian2: [0, refractory + 1], spiNNaker: [1, refractory] } as const;
    for (const [backend, [delay, tauRefrac]] of Object.entries(all)) {
      const done = run([backend, '--trials', '1']);
      assert.equal(done.status, 0, done.stderr);
      const rows = called(done, 'projection').flatMap((call) => call.rows!);
      const { colIdx } = board.wiring;
      const built = backend === 'spiNNaker' ? colIdx : colIdx.filter((cell) => cell < model.network.topology.size);
      assert.equal(rows.length, built.length);
      assert.ok(rows.every((row) => row[3] === delay));
      const cells = called(done, 'population').find((call) => call.label === 'LN')!.values!;
      assert.ok(cells['tau_refrac']!.every((value) => value === tauRefrac));
    }
    const onBoard = called(run(['spiNNaker', '--trials', '1']), 'projection');
    head.projections.forEach((projection, k) => {
      const unit = 2 ** (projection.shift - 15) * (projection.receptor === 'excitatory' ? 1 : -1);
      for (const row of onBoard[k]!.rows!) assert.ok(Number.isInteger(row[2]! / unit) && row[2]! / unit >= 0);
    });
  });

  it('runs Brian2 with times as they are, from reset to reset', () => {
    const done = run(['brian2', '--trials', '1,2']);
    assert.deepEqual(durations(done), [steps + 4, steps + 4]);
    assert.deepEqual(called(done, 'population')[0]!.times![3], [0, steps - 1]);
    assert.deepEqual(done.spikes, inputs.slice(1).map(echoOf));
  });

  describe('on a board', () => {
    it('runs trial after trial, each for whole 16 ticks and cut: nothing is lost after a reset, nor for want of room', () => {
      const done = run(['spiNNaker']);
      assert.equal(done.status, 0, done.stderr);
      assert.equal(steps % 16, 12, 'the trial ends within 16 ticks');
      assert.deepEqual(durations(done), [64, 64, 64]);
      assert.deepEqual(done.spikes, inputs.map(echoOf));
      assert.equal(called(done, 'reset').length, 2);
    });

    it('reads V of the readout’s cells, which no other simulator has, a tick after the trial’s last spikes', () => {
      const done = run(['spiNNaker', '--trials', '1,2']);
      const recorded = (of: Done) => called(of, 'record').filter((call) => call['what'] === 'v');
      assert.deepEqual(recorded(done), [{ call: 'record', label: 'readout', what: 'v' }]);
      const { board } = decodeBoardNetwork(exported.files['pynn/network.safetensors']!);
      const rest = board.parameters.vRest.slice(-classes);
      const voltages = [1, 2].map((k) => {
        const spikes = inputs[k]!.cell.length;
        return rest.map((v, c) => v + c * spikes * 32768);
      });
      assert.deepEqual(done.voltages, voltages);
      assert.match(
        done.stdout,
        /readout's own cells: \d of 2 trials classified correctly; 0 of 6 voltages as expected/,
      );
      for (const backend of ['nest', 'brian2']) {
        const elsewhere = run([backend, '--trials', '1']);
        assert.deepEqual(recorded(elsewhere), []);
        assert.ok(!called(elsewhere, 'population').some((call) => call.label === 'readout'));
        assert.equal(elsewhere.voltages, null);
      }
    });

    it('fails where V of the readout’s cells was not recorded', () => {
      const done = run(['spiNNaker', '--trials', '1'], { STUB_NO_V: '1' });
      assert.equal(done.status, 3);
      assert.match(done.stderr, /the board did not record V of the readout's cells/);
    });

    it('asks for the provenance of each run and names every loss of it, whatever the configuration says', () => {
      const losses = [
        [0, 0, 0, 4, 'Late spikes', 3],
        [0, 0, 0, 5, 'Late spikes', 0],
        [1, 0, 1, 2, 'Times_the_timer_tic_over_ran', 7],
        [1, 0, 1, 3, 'Max_filled_size_input_buffer', 40],
        [1, 1, 1, null, 'RunMissed_For_Reinjection', 2],
      ];
      const config = '[Reports]\nread_placements_provenance_data = False\ndefault_report_file_path = elsewhere\n';
      const done = run(
        ['spiNNaker', '--trials', '1,2'],
        { STUB_LOSSES: JSON.stringify(losses) },
        { 'spynnaker.cfg': config },
      );
      assert.equal(done.status, 4, done.stderr);
      assert.deepEqual(done.stderr.trim().split('\n'), [
        'core or chip 0,0,4: Late spikes: 3 (trial 1)',
        'core or chip 0,1,2: Times_the_timer_tic_over_ran: 7 (trial 2)',
        'core or chip 1,1: RunMissed_For_Reinjection: 2 (trial 2)',
      ]);
    });

    for (const name of [
      ...['Late spikes', 'Late_packets', 'Number_of_late_spikes', 'Skipped synapses'],
      ...[
        'Times_the_input_buffer_lost_packets',
        'Times_the_background_queue_overloaded',
        'Times_the_timer_tic_over_ran',
      ],
      ...['Times_the_callback_queue_was_overloaded', 'Times_the_dma_queue_was_overloaded'],
      ...['Times_the_user_queue_was_overloaded', 'Times_the_transmission_of_spikes_overran'],
    ]) {
      it(`counts '${name}' among the losses`, () => {
        const done = run(['spiNNaker', '--trials', '1'], { STUB_LOSSES: JSON.stringify([[0, 0, 0, 4, name, 1]]) });
        assert.equal(done.status, 4, done.stderr);
        assert.match(done.stderr, new RegExp(`core or chip 0,0,4: ${name}: 1`));
      });
    }

    it('looks only at what this run wrote', () => {
      const folder = mkdtempSync(join(tmpdir(), 'run-py-'));
      const args = ['spiNNaker', '--trials', '1'];
      const losses = JSON.stringify([[0, 0, 0, 4, 'Late spikes', 3]]);
      const first = python(args, { STUB_LOG: join(folder, 'log'), STUB_LOSSES: losses }, folder);
      const again = python(args, { STUB_LOG: join(folder, 'log') }, folder);
      rmSync(folder, { recursive: true });
      assert.deepEqual([first.status, again.status], [4, 0], again.stderr);
    });

    it('fails where cores kept no account of what they lost', () => {
      const cores = model.network.topology.populations.length + 1; // and that of the readout
      const done = run(['spiNNaker', '--trials', '1'], { STUB_CORES: `${cores - 1}` });
      assert.equal(done.status, 3);
      assert.match(done.stderr, new RegExp(`${cores - 1} of at least ${cores} cores with neurons reported`));
      assert.equal(run(['spiNNaker', '--trials', '1'], { STUB_CORES: `${cores}` }).status, 0);
    });

    it('goes on where sPyNNaker has just written the configuration that it missed in the home folder', () => {
      const done = run(['spiNNaker', '--trials', '1'], { STUB_NO_CONFIG: '1' });
      assert.equal(done.status, 0, done.stderr);
    });

    it('wants no account of a virtual board, and says that it runs nothing', () => {
      for (const [args, files] of [
        [['--virtual'], {}],
        [['--virtual', '--backend', 'spinnaker'], {}],
        [[], { 'spynnaker.cfg': '[Machine]\nvirtual_board = True\n' }],
      ] as const) {
        const done = run([args.length > 1 ? 'SPINNAKER' : 'spiNNaker', ...args], {}, files);
        assert.equal(done.status, 0, done.stderr);
        assert.match(done.stdout, /trial 2: mapped on a virtual board, which runs nothing/);
      }
    });
  });

  describe('several trials in a run', () => {
    let together: StageRun;
    before(async () => {
      together = await exportedHardProject({ trialsPerRun: 2, gapSteps: 20 });
    });
    after(() => rm(together.folder, { recursive: true }));
    const ran = (...args: string[]) => run(args, {}, {}, join(together.folder, 'outputs/pynn'));

    it('puts silence between them, cuts each out, and takes from the readout’s cells what is left of the ones before', () => {
      const done = ran('spiNNaker');
      assert.equal(done.status, 0, done.stderr);
      assert.deepEqual(durations(done), [144, 64], 'two trials of 60 steps 80 apart and two ticks more, and one alone');
      assert.deepEqual(done.spikes, inputs.map(echoOf));
      const { board, head } = decodeBoardNetwork(together.files['pynn/network.safetensors']!);
      const rest = board.parameters.vRest.slice(-classes);
      const before = [0, inputs[0]!.cell.length, 0];
      const scores = inputs.map((input, k) =>
        rest.map((v, c) => {
          const begin = c * before[k]! * 32768;
          return v + begin + c * input.cell.length * 32768 - Math.floor(begin * head.readout.cells!.left + 0.5);
        }),
      );
      assert.deepEqual(done.voltages, scores);
    });

    it('runs with a trial those that stand before it in its run, whose traces its prediction has, and says nothing of them', () => {
      const done = ran('spiNNaker', '--trials', '1');
      assert.deepEqual(durations(done), [144]);
      assert.deepEqual(done.spikes, [echoOf(inputs[1]!)]);
      assert.equal(done.voltages!.length, 1);
      assert.deepEqual(durations(ran('spiNNaker', '--trials', '2,0')), [64, 64]);
    });
  });

  it('answers what it cannot do with a sentence and status 2', () => {
    const cases: readonly (readonly [args: readonly string[], RegExp])[] = [
      [[], /say once where to run/],
      [['spiNNaker', '--backend', 'nest'], /say once where to run/],
      [['loihi'], /invalid choice: 'loihi'/],
      [['nest', '--trials', '99'], /'99' is not one of this export's trials, 0 to 2/],
      [['nest', '--trials', '-1'], /'-1' is not one of this export's trials|expected one argument/],
      [['nest', '--trials', ''], /names no trial; this export has 3/],
      [['nest', '--trials', '0,x'], /'x' is not one of this export's trials/],
      [['spiNNaker', '--time-scale-factor', '0'], /'0' is not a slow-down/],
      [['spiNNaker', '--time-scale-factor', 'nan'], /'nan' is not a slow-down/],
      [['nest', '--out', '/no/such/folder/x'], /the folder of .* is not there/],
    ];
    for (const [args, message] of cases) {
      const done = run(args);
      assert.equal(done.status, 2, `${args.join(' ')}: ${done.stdout}${done.stderr}`);
      assert.match(done.stderr, message);
      assert.doesNotMatch(done.stderr, /Traceback/);
    }
  });

  it('says which requirements a simulator needs that is not installed', () => {
    const done = run(['brian2'], { PYTHONPATH: '' });
    if (done.status === 0) return; // Brian2 and PyNN are installed on this machine
    assert.equal(done.status, 2);
    assert.match(done.stderr, /brian2 is not installed here .*requirements-brian2\.txt, with Python 3\.11 or newer/);
  });

  it('says beside NEST’s accuracy that NEST acts a step late, and how many spikes are missing and not expected', () => {
    const done = run(['nest', '--trials', '1']);
    assert.match(
      done.stdout,
      /its connections act after two steps; the network was trained with one, at which \d of 1/,
    );
    assert.match(done.stdout, /nest: \d+ spikes, \d+ expected, \d+ equal \(\d+ missing, \d+ not expected\)/);
  });
});
