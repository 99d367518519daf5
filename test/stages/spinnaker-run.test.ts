/** Stage spinnaker-run: the simulated board by default, everything towards a real one up to its socket, other targets with CC_SNN_PEERS=1. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/safetensors.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import { scampPort } from '../../src/spinnaker/compare/scamp.ts';
import type { SystemResult } from '../../src/spinnaker/compare/side-by-side.ts';
import type { BoardTicker } from '../../src/spinnaker/firmware/board-tick.ts';
import { decodeBoardNetwork } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeVoltages, encodeSpikes } from '../../src/spinnaker/project/trial-data.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import type { StageContext, StageDefinition } from '../../src/stage.ts';
import exportStage from '../../stages/export.ts';
import { answersScamp, checkHostAddress, checkReachable } from '../../stages/spinnaker-run/board.ts';
import { ownConfig } from '../../stages/spinnaker-run/own-config.ts';
import stage from '../../stages/spinnaker-run.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';
import { needPeer } from '../spinnaker/peer-python.ts';

const small = randomModel();
const classes = small.readouts[0]!.classes.length;
const model = encodeModel(small);
const task = encodeOdourTask(plantedTask({ trials: { train: 1, validation: 2, test: 2 } }));
const outputs = { spikes: 'spikes.safetensors', report: 'report.json', summary: 'summary.md' };

/** A shell script that passes for Python while an environment is made; what follows runs in place of a project's script. */
const fakePython = `#!/bin/sh
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; exit ;;
  "-m pip") exit ;;
  "-c "*) [ "$#" -lt 4 ] || mv "$3" "$4"; exit ;;
esac
`;

/** The exported project of a model; remove its folder afterwards. */
function exportOf(of: Uint8Array, settings: Readonly<Record<string, unknown>> = {}): Promise<StageRun> {
  return runStage(exportStage, {
    params: { export: { trials: 3, calibrationTrials: 4, ...settings } },
    inputs: { model: of, task },
    outputs: { project: 'pynn/', nir: 'network.nir', report: 'report.json' },
  });
}

describe('stage spinnaker-run', () => {
  let exported: StageRun;
  before(async () => {
    exported = await exportOf(model);
  });
  after(() => rm(exported.folder, { recursive: true }));

  /** The project is a folder, which the rig does not carry: it is put where the stage looks for it. */
  async function runOn(
    spinnaker: unknown,
    { from = exported, of = model } = {},
  ): Promise<StageRun & { readonly result: Record<string, unknown> }> {
    const withProject: StageDefinition<never> = {
      ...(stage as StageDefinition<never>),
      run: (context: StageContext<never>) => {
        const project = join(context.tmp, 'project');
        mkdirSync(project, { recursive: true });
        cpSync(join(from.folder, 'outputs/pynn'), project, { recursive: true });
        return (stage as StageDefinition<never>).run({ ...context, inputs: { ...context.inputs, project } });
      },
    };
    const run = await runStage(withProject, { params: { spinnaker, seed: 1 }, inputs: { model: of, task }, outputs });
    await rm(run.folder, { recursive: true });
    const text = run.files['report.json'];
    return {
      ...run,
      result: text === undefined ? {} : (JSON.parse(Buffer.from(text).toString()) as Record<string, unknown>),
    };
  }

  it('fires on the simulated board every spike that export predicted, and says how far that is from the trained model', async () => {
    const run = await runOn({ target: 'simulated', trials: 2 });
    assert.equal(run.error, undefined);
    const { exportedTrials, testTrials, saturations, systems } = run.result as {
      exportedTrials: { spikes: number; spikesEqual: number };
      testTrials: number;
      saturations: number;
      systems: Record<string, SystemResult>;
    };
    assert.ok(exportedTrials.spikes > 100);
    assert.equal(exportedTrials.spikesEqual, exportedTrials.spikes);
    assert.equal(testTrials, 8);
    assert.deepEqual(Object.keys(systems), ['trained', 'float64', 'integers', 'integersReadout']);
    for (const { correct, accuracy } of Object.values(systems)) assert.equal(accuracy, correct / 8);
    const kc = systems['integers']!.populations!.find((p) => p.population === 'KC')!;
    assert.ok(kc.spikes > 50 && kc.equal > 0.8 * kc.spikes && kc.spikeSynchronization > 0.8, JSON.stringify(kc));
    assert.equal(saturations, 0);
    const { ownReadout } = run.result as { ownReadout: Record<string, number> };
    assert.equal(ownReadout['correct'], systems['integersReadout']!.correct);
    assert.equal(ownReadout['correctByHost'], systems['integers']!.correct);
    assert.deepEqual([ownReadout['trials'], ownReadout['sameAsHost']], [8, 8]);
    const values = Object.fromEntries(run.headlines!.map(({ label, value }) => [label, value]));
    assert.equal(values['voltages of the readout equal on the simulated board'], '9 of 9');
    assert.equal(decodeSpikes(run.files['spikes.safetensors']!, 60, 'simulated').length, 3);
    assert.match(Buffer.from(run.files['summary.md']!).toString(), /integers, simulated \| KC \| \d+/);
    assert.match(run.headlines!.map((h) => h.label).join(), /spikes equal on the simulated board/);
  });

  it('runs the trained network in Loihi’s integers beside the trained model, and says what 8 bits cost', async () => {
    const run = await runOn({ target: 'loihi', trials: 2 });
    assert.equal(run.error, undefined);
    const { systems, testTrials, projections } = run.result as {
      systems: Record<string, SystemResult>;
      testTrials: number;
      projections: readonly { edges: number }[];
    };
    assert.deepEqual([testTrials, Object.keys(systems)], [8, ['trained', 'loihi']]);
    assert.equal(
      projections.reduce((sum, p) => sum + p.edges, 0),
      small.network.weightNa.length,
    );
    const kc = systems['loihi']!.populations!.find((p) => p.population === 'KC')!;
    assert.ok(Math.abs(kc.spikes - kc.spikesReference) < 0.3 * kc.spikesReference, JSON.stringify(kc));
    assert.equal(decodeSpikes(run.files['spikes.safetensors']!, 60, 'loihi').length, 3);
    assert.match(JSON.stringify(run.headlines), /accuracy trained → Loihi.*weights lost in 8 bits.*of 8 trials/);
    assert.match(Buffer.from(run.files['summary.md']!).toString(), /PN→KC excitatory \| \d+ \| -?\d+ \| 0/);
  });

  it('refuses a board whose network this computer is not in, and says what to do', async () => {
    const run = await runOn({ target: 'board', board: { hostAddress: '192.0.2.77' } });
    assert.match(String(run.error), /no network interface with the address 192\.0\.2\.77[\s\S]*netmask/);
    assert.doesNotThrow(() => checkHostAddress('10.0.0.1', ['10.0.0.1']));
  });

  describe('with a board', () => {
    let socket: Socket;
    let reply: number;
    let asked: Buffer | undefined;
    before(async () => {
      socket = createSocket('udp4');
      socket.on('message', (message, from) => {
        asked = message;
        const answer = Buffer.alloc(30);
        answer.writeUInt16LE(reply, 10);
        socket.send(answer, from.port, from.address);
      });
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    });
    after(() => socket.close());

    /** Runs on the loopback address, where this test plays the board's monitor and a script plays Python and sPyNNaker. */
    async function runOnLoopback(
      script: string,
      more: { configFile?: string } = {},
    ): Promise<Awaited<ReturnType<typeof runOn>>> {
      const folder = mkdtempSync(join(tmpdir(), 'board-'));
      const python = join(folder, 'python');
      writeFileSync(python, `${fakePython}${script}\n`, { mode: 0o755 });
      const monitor = createSocket('udp4');
      monitor.on('message', (_, from) => {
        const answer = Buffer.alloc(30);
        answer.writeUInt16LE(0x80, 10);
        monitor.send(answer, from.port, from.address);
      });
      monitor.bind(scampPort, '127.0.0.1');
      await once(monitor, 'listening');
      const home = process.env['HOME'];
      process.env['HOME'] = folder;
      try {
        const board = { machineName: '127.0.0.1', hostAddress: '127.0.0.1' };
        return await runOn({ target: 'board', board, timeScaleFactor: 7, python, ...more });
      } finally {
        process.env['HOME'] = home;
        monitor.close();
        rmSync(folder, { recursive: true });
      }
    }

    it('runs the project there with its configuration, and puts the spikes it fetches beside the predicted ones', async () => {
      const spikes = join(exported.folder, 'fetched.safetensors');
      const predicted = decodeSpikes(exported.files['pynn/expected.safetensors']!, small.steps, 'spiNNaker');
      const voltages = decodeVoltages(exported.files['pynn/expected.safetensors']!, classes, 'spiNNaker')!;
      const bytes = encodeSpikes({ x: predicted }, { x: voltages });
      const { tensors } = decodeSafetensors(bytes);
      const unprefixed = Object.entries(tensors).map(([name, tensor]) => [name.slice(2), tensor] as const);
      writeFileSync(spikes, encodeSafetensors({ tensors: Object.fromEntries(unprefixed), metadata: {} }));
      const run = await runOnLoopback(
        `echo "$* in $(tr '\\n' ' ' < spynnaker.cfg)" > "${spikes}.seen"; cmp spynnaker.cfg .spynnaker.cfg && cp "${spikes}" spikes.spiNNaker.safetensors`,
      );
      assert.equal(run.error, undefined);
      assert.match(
        readFileSync(`${spikes}.seen`, 'utf8'),
        /run\.py --backend spiNNaker --time-scale-factor 7 in .*machineName = 127\.0\.0\.1 version = 3/,
      );
      assert.ok((run.result['spikes'] as number) > 100);
      assert.equal(run.result['spikesEqual'], run.result['spikes']);
      const systems = run.result['systems'] as Record<string, SystemResult>;
      assert.deepEqual(Object.keys(systems), ['trained', 'float64', 'integers', 'board', 'boardReadout']);
      assert.match(JSON.stringify(run.headlines), /voltages of the readout equal on the board","value":"9 of 9/);
      assert.equal(systems['board']!.accuracy, systems['integers']!.accuracy);
    });

    it('takes a user’s own configuration in place of the address, as it is, and looks for no board itself', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'own-config-'));
      const configFile = join(folder, 'own.cfg');
      writeFileSync(configFile, '[Machine]\nspalloc_server = spinnaker.example\nversion = 5\n');
      const run = await runOnLoopback('echo "trial 0: $(tr "\\n" " " < .spynnaker.cfg)"; exit 1', { configFile });
      rmSync(folder, { recursive: true });
      assert.ok(run.log.includes('by your configuration: spalloc_server spinnaker.example'), run.log.join('\n'));
      assert.match(run.log.join('\n'), /trial 0: \[Machine\] spalloc_server = spinnaker\.example version = 5/);
      assert.match(String(run.error), /does the way .* \(spalloc_server spinnaker\.example\) work\?/);
    });

    it('fails on anything late, lost or saturated, in the words of the board, and says which setting to raise', async () => {
      const run = await runOnLoopback('echo "core or chip 0,0,4: Late spikes: 3" >&2; exit 4');
      assert.match(
        String(run.error),
        /core or chip 0,0,4: Late spikes: 3[\s\S]*raise spinnaker\.timeScaleFactor \(now 7\)/,
      );
      assert.deepEqual(Object.keys(run.files), []);
    });

    it('shows the end of the output of a run that breaks off', async () => {
      const run = await runOnLoopback('echo "TimeoutError: no boot"; exit 1');
      assert.match(String(run.error), /run\.py --backend spiNNaker ended with 1:\s+TimeoutError: no boot/);
    });

    it('tells each warning of sPyNNaker once, and asks after the board where the run breaks off', async () => {
      const warning = '2026-01-02 03:04:0$n WARNING: no such chip';
      const run = await runOnLoopback(
        `for n in 1 2 3; do echo "${warning}" >&2; done; echo "trial 0: 5 spikes"; exit 1`,
      );
      assert.deepEqual(
        run.log.filter((line) => /trial|WARNING/.test(line)),
        ['trial 0: 5 spikes', 'WARNING: no such chip'],
      );
      assert.equal(String(run.error).match(/no such chip/g)!.length, 1);
      assert.match(String(run.error), /is 127\.0\.0\.1 .* a SpiNNaker board, switched on, and of version 3/);
    });

    it('fails where nothing says what the board lost', async () => {
      const run = await runOnLoopback(
        'echo "run.py: the board\'s provenance is not there: no data.sqlite3" >&2; exit 3',
      );
      assert.match(
        String(run.error),
        /without an account of what it lost:\s+run\.py: the board's provenance is not there/,
      );
    });

    it('knows it by its answer to a version request', async () => {
      reply = 0x80;
      assert.equal(await answersScamp('127.0.0.1', 2000, socket.address().port), true);
      assert.equal(asked!.length, 26);
      assert.deepEqual([...asked!.subarray(2, 4)], [0x87, 0xff]);
      reply = 0x82;
      assert.equal(await answersScamp('127.0.0.1', 200, socket.address().port), false);
    });

    it('refuses one that answers neither that nor a ping', async () => {
      const board = { machineName: 'no-such-board.invalid', version: 3, hostAddress: '' } as const;
      await assert.rejects(checkReachable(board, 200), /no answer from the board at no-such-board\.invalid/);
    });

    it('does not refuse a silent one where no ping can tell whether it has not booted yet, and says so', async () => {
      const silent = createSocket('udp4').bind(0, '127.0.0.1');
      await once(silent, 'listening');
      const board = { machineName: '127.0.0.1', version: 3, hostAddress: '' } as const;
      const path = process.env['PATH'];
      const told: string[] = [];
      process.env['PATH'] = '';
      try {
        await checkReachable(board, 100, silent.address().port, (message) => told.push(message));
      } finally {
        process.env['PATH'] = path;
        silent.close();
      }
      assert.match(told.join(), /127\.0\.0\.1 did not answer .* no 'ping' to tell an unbooted board from none/);
    });
  });

  it('reads a user’s own configuration, and refuses one that names no machine, several, or a virtual board', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-config-'));
    const path = join(folder, '.spynnaker.cfg');
    const way = async (text: string) => {
      writeFileSync(path, text);
      return (await ownConfig(path)).way;
    };
    assert.equal(
      await way('[Machine]\nspalloc_server = spinnaker.example\nversion = 5\n'),
      'spalloc_server spinnaker.example',
    );
    assert.equal(
      await way('[Reports]\nmachineName = no\n[MACHINE]\nremote_spinnaker_url: http://x:8080\nmachineName = None\n'),
      'remote_spinnaker_url http://x:8080',
    );
    await assert.rejects(
      way('[Machine]\nversion = 5\n'),
      /names no machine\n {2}give one of machineName, spalloc_server/,
    );
    await assert.rejects(
      way('[Machine]\nmachine_name = a\nspalloc_server = b\n'),
      /names machineName and spalloc_server\n/,
    );
    await assert.rejects(way('[Machine]\nvirtual_board = True\n'), /virtual board/);
    rmSync(folder, { recursive: true });
    await assert.rejects(ownConfig(path), /cannot be read/);
  });

  it('runs on the exported board, but for what is set: the settings that the messages name', async () => {
    const board = { machineName: 'exported.invalid', version: 3, hostAddress: '192.0.2.77' };
    const elsewhere = await exportOf(model, { board });
    const refused = await runOn({ target: 'board' }, { from: elsewhere });
    assert.match(String(refused.error), /no network interface with the address 192\.0\.2\.77/);
    const reached = await runOn({ target: 'board', board: { hostAddress: '127.0.0.1' } }, { from: elsewhere });
    assert.match(String(reached.error), /no answer from the board at exported\.invalid/);
    const set = await runOn(
      { target: 'board', board: { machineName: 'set.invalid', hostAddress: '127.0.0.1' } },
      { from: elsewhere },
    );
    assert.match(String(set.error), /no answer from the board at set\.invalid/);
    await rm(elsewhere.folder, { recursive: true });
  });

  describe('in the emulated firmware', () => {
    /** A script that passes for firmware.py: what the simulator says of the first two trials, with one value changed where asked for. */
    async function runPretended(change: {
      spike?: true;
      state?: true;
      voltage?: true;
    }): Promise<Awaited<ReturnType<typeof runOn>>> {
      const folder = mkdtempSync(join(tmpdir(), 'firmware-'));
      const { board, head } = decodeBoardNetwork(exported.files['pynn/network.safetensors']!);
      const inputs = decodeSpikes(exported.files['pynn/inputs.safetensors']!, head.steps).slice(0, 2);
      const simulator = new IntegerSimulator(board);
      const states: number[] = [];
      const watch = (_: number, cells: BoardTicker) => {
        const { v, currentE, currentI } = cells.states();
        states.push(...v, ...currentE, ...currentI);
      };
      const rasters = inputs.map((input) => simulator.run(input, { watch }).spikes);
      if (change.spike) rasters[1] = { stepPtr: new Int32Array(head.steps + 1), cell: new Int32Array(0) };
      if (change.state) states[(7 * 3 + 1) * head.size + head.populations[1]!.offset + 2]! += 1;
      const voltages = decodeVoltages(exported.files['pynn/expected.safetensors']!, classes, 'spiNNaker')!.slice(0, 2);
      if (change.voltage) voltages[1]![2]! += 1;
      const { tensors } = decodeSafetensors(encodeSpikes({ x: rasters }, { x: voltages }));
      const unprefixed = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.slice(2), tensor]));
      writeFileSync(
        join(folder, 'spikes.firmware.safetensors'),
        encodeSafetensors({ tensors: unprefixed, metadata: {} }),
      );
      writeFileSync(join(folder, 'states.bin'), new Uint8Array(Int32Array.from(states).buffer));
      writeFileSync(join(folder, 'firmware.json'), '{"cores":6}');
      const python = join(folder, 'python');
      const script = `[ "$*" = "firmware.py --states --trials 0,1 --seed 5" ] && grep -q "virtual_board = True" spynnaker.cfg && cp ${folder}/*.* .`;
      writeFileSync(python, `${fakePython}${script}\n`, { mode: 0o755 });
      const home = process.env['HOME'];
      process.env['HOME'] = folder;
      try {
        return await runOn({ target: 'firmware', exportedTrials: 2, seed: 5, python });
      } finally {
        process.env['HOME'] = home;
        rmSync(folder, { recursive: true });
      }
    }

    it('reports equal spikes and states, and the accuracy beside the other simulators', async () => {
      const run = await runPretended({});
      assert.equal(run.error, undefined);
      assert.ok((run.result['spikes'] as number) > 50);
      assert.equal(run.result['spikesEqual'], run.result['spikes']);
      assert.deepEqual(Object.keys(run.result['systems'] as object), [
        ...['trained', 'float64', 'integers', 'firmware'],
        'firmwareReadout',
      ]);
      const values = 2 * small.steps * 3 * (small.network.topology.size + classes);
      assert.match(
        run.headlines!.map((line) => line.value).join(),
        new RegExp(`,${values} of ${values} \\(V and currents`),
      );
      const { ownReadout } = run.result as { ownReadout: Record<string, number> };
      const { voltages, voltagesEqual, trials } = ownReadout;
      assert.deepEqual({ voltages, voltagesEqual, trials }, { voltages: 6, voltagesEqual: 6, trials: 2 });
    });

    it('fails at a voltage of the readout’s cells that is not the predicted one', async () => {
      const run = await runPretended({ voltage: true });
      assert.match(String(run.error), /voltages of the readout 5 of 6; states \d+ of \d+ equal/);
    });

    it('fails at a spike or a state that is not the predicted one, and says which', async () => {
      assert.match(
        String((await runPretended({ spike: true })).error),
        /the firmware is not what was predicted: spikes \d+ of \d+ \(\d+ missing, 0 not/,
      );
      assert.match(
        String((await runPretended({ state: true })).error),
        /states \d+ of \d+ equal, first tick 7, cell 2 of PN: the excitatory current is -?\d+ in the firmware, -?\d+ predicted/,
      );
    });

    it('is equal to the simulator when it is the firmware itself', async function () {
      needPeer(this, 'firmware');
      this.timeout(1_200_000);
      const run = await runOn({ target: 'firmware' });
      assert.equal(run.error, undefined);
      assert.ok((run.result['spikes'] as number) > 100);
      assert.equal(run.result['spikesEqual'], run.result['spikes']);
      assert.equal(run.result['trials'], 3);
    });
  });

  it('says what failed when no environment can be made', async () => {
    const run = await runOn({ target: 'nest', python: '/no/such/python' });
    assert.match(String(run.error), /'\/no\/such\/python -m venv .*' failed/);
  });

  it('prepares and runs Python with no more than the files that the runner lets a stage read', () => {
    const home = mkdtempSync(join(tmpdir(), 'venvs-'));
    const project = join(exported.folder, 'outputs/pynn');
    const [python, folder] = [join(home, 'python'), join(home, 'work/copy')];
    writeFileSync(python, `${fakePython}cat provenance.json\n`, { mode: 0o755 });
    mkdirSync(join(home, 'work'));
    const code = `
      const { runScriptOf } = await import(${JSON.stringify(pathToFileURL('dist/stages/spinnaker-run/python.js').href)});
      const run = { target: 'nest', interpreter: ${JSON.stringify(python)}, project: ${JSON.stringify(project)},
        workFolder: ${JSON.stringify(folder)}, signal: new AbortController().signal, log() {} };
      console.log(JSON.stringify(await runScriptOf(run, 'run.py', [])));`;
    const read = ['dist', 'package.json', 'node_modules'].map((path) => resolve(path));
    const cache = join(home, '.cache/cc-snn/venvs');
    const flags = [
      process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
      '--allow-child-process',
      ...[...read, project, join(home, 'work'), cache].map((path) => `--allow-fs-read=${path}`),
      ...[join(home, 'work'), cache].map((path) => `--allow-fs-write=${path}`),
    ];
    const env = { ...process.env, HOME: home };
    const out = execFileSync(process.execPath, ['--no-warnings', ...flags, '--input-type=module', '-e', code], { env });
    const result = JSON.parse(out.toString()) as { exitCode: number; output: string };
    assert.equal(result.exitCode, 0);
    assert.equal(result.output, readFileSync(join(project, 'provenance.json'), 'utf8'));
    rmSync(home, { recursive: true });
  });

  it('reads from the provenance of a board what was late, lost or saturated, and nothing else', function () {
    const python = needPeer(this, 'spiNNaker');
    this.timeout(1_200_000);
    const project = join(exported.folder, 'outputs/pynn');
    const script = `
import json, os, sqlite3, tempfile, run
import spinn_front_end_common.utilities as utilities
folder = tempfile.mkdtemp()
os.makedirs(folder + '/2026/run_1')
with sqlite3.connect(folder + '/2026/run_1/data.sqlite3') as base:
    base.executescript(open(os.path.join(os.path.dirname(utilities.__file__), 'db.sql')).read())
    for x, y, p, what, count in [
        (0, 0, 4, 'Late spikes', 3), (0, 0, 5, 'Late spikes', 0), (0, 1, 2, 'Times_synaptic_weights_have_saturated', 7),
        (0, 1, 3, 'Max_filled_size_input_buffer', 40), (1, 0, 3, 'Times_the_input_buffer_lost_packets', 1)]:
        core = base.execute('INSERT INTO core (x, y, processor) VALUES (?, ?, ?)', (x, y, p)).lastrowid
        base.execute('INSERT INTO core_provenance (core_id, description, the_value) VALUES (?, ?, ?)', (core, what, count))
    base.execute("INSERT INTO router_provenance (x, y, description, the_value, expected) VALUES (1, 1, 'Missed_For_Reinjection', 2, 1)")
print(json.dumps(run.losses_in(folder + '/2026/run_1/data.sqlite3', 1)))
`;
    const env = { ...process.env, PYTHONPATH: project, PYTHONDONTWRITEBYTECODE: '1' };
    assert.deepEqual(JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8', env })), [
      ['0,0,4', 'Late spikes', 3],
      ['0,1,2', 'Times_synaptic_weights_have_saturated', 7],
      ['1,0,3', 'Times_the_input_buffer_lost_packets', 1],
      ['1,1', 'Missed_For_Reinjection', 2],
    ]);
  });

  for (const target of ['nest', 'brian2'] as const) {
    it(`fires in ${target} exactly the spikes of the 64-bit simulator`, async function () {
      needPeer(this, target);
      this.timeout(1_200_000);
      const run = await runOn({ target });
      assert.equal(run.error, undefined);
      assert.ok((run.result['spikes'] as number) > 100);
      assert.equal(run.result['spikesEqual'], run.result['spikes']);
      const systems = run.result['systems'] as Record<string, SystemResult>;
      assert.equal(systems[target]!.accuracy, systems[target === 'nest' ? 'float64TwoSteps' : 'float64']!.accuracy);
    });
  }

  it('says what would hold a network that does not fit on the virtual board', async function () {
    needPeer(this, 'spiNNaker');
    this.timeout(1_200_000);
    const many = encodeModel(randomModel({ sizes: { ORN: 24, LN: 8, PN: 12, KC: 90, APL: 1, MBON: 4 } }));
    const spread = await exportOf(many, { neuronsPerCore: 1 });
    const run = await runOn({ target: 'virtual' }, { from: spread, of: many });
    await rm(spread.folder, { recursive: true });
    assert.match(
      String(run.error),
      /does not fit on a version 3 board with 1 cells a core: [\s\S]*it fits on this board with 2 cells a core .*, or as it is on a version 5 board/,
    );
  });

  it('finds on a virtual board every predicted synaptic word and cell parameter', async function () {
    needPeer(this, 'spiNNaker');
    this.timeout(1_200_000);
    const run = await runOn({ target: 'virtual' });
    assert.equal(run.error, undefined);
    const { compared } = run.result as { compared: Record<string, number> };
    assert.ok(compared['words']! > 300);
    assert.equal(compared['wordsEqual'], compared['words']);
    assert.equal(compared['parametersEqual'], compared['parameters']);
    assert.ok((run.result['advisedTimeScaleFactor'] as number) >= 1);
    assert.equal(run.result['saturations'], 0);
    assert.match(Buffer.from(run.files['summary.md']!).toString(), /\| KC \| 0–29 \|/);
  });
});
