/** The exported run.py on sPyNNaker's own virtual board: trial after trial, and the spikes that the board would be sent (CC_SNN_PEERS=1). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { losses } from './board-losses.ts';
import { exportedHardProject, hardInputs, hardModel } from './hard-project.ts';
import { needPeer } from './peer-python.ts';

/** Runs all trials and prints, for each, the ticks and cells of what its source would be sent, and whether there is room for it. */
const sentByTrial = `
import json, run
from spynnaker.pyNN.data import SpynnakerDataView
from spinn_utilities.config_holder import get_report_path
network = run.Network(run.HERE)
sim = run.import_backend('spiNNaker', 1.0)
really_run, sent = sim.run, []
def watched(duration):
    really_run(duration)
    for placement in SpynnakerDataView.iterate_placemements():
        source = placement.vertex
        if getattr(source.app_vertex, 'label', None) != 'ORN':
            continue
        for region in source.get_regions():
            source.rewind(region)  # as the manager of buffers does on a reset, where there is a board
            buffer, room = source.send_buffers[region], source.get_region_buffer_size(region)
            keys = sorted((int(t), int(key - source.get_virtual_key()) >> source.app_vertex.n_colour_bits) for t in buffer.timestamps for key in buffer._buffer[t])
            sent.append({'ticks': duration, 'keys': keys, 'room': int(room), 'kept': get_report_path('path_data_database')})
sim.run = watched
results, losses, readouts = run.run_trials(sim, network, 'spiNNaker', [0, 1, 2], 10, True)
print('SENT' + json.dumps(sent))
`;

interface Sent {
  readonly ticks: number;
  readonly keys: readonly (readonly [tick: number, cell: number])[];
  readonly room: number;
  readonly kept: string;
}

describe('the exported run.py on a virtual board of sPyNNaker', () => {
  it('runs several trials, the first without a spike, and would send each trial’s spikes', async function () {
    const python = needPeer(this, 'spiNNaker');
    this.timeout(1_200_000);
    const exported = await exportedHardProject();
    const cwd = join(exported.folder, 'outputs/pynn');
    copyFileSync(join(cwd, 'spynnaker.cfg'), join(cwd, '.spynnaker.cfg'));
    const env = { ...process.env, HOME: cwd, PYTHONPATH: cwd, PYTHONDONTWRITEBYTECODE: '1' };
    const text = execFileSync(python, ['-c', sentByTrial], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const sent = JSON.parse(text.split('SENT')[1]!) as Sent[];
    assert.equal(sent.length, 3);
    sent.forEach(({ ticks, keys, room }, k) => {
      const { stepPtr, cell } = hardInputs[k]!;
      const expected = Array.from({ length: hardModel.steps }, (_, t) =>
        [...cell.subarray(stepPtr[t]!, stepPtr[t + 1]!)].map((i) => [t, i]),
      );
      assert.deepEqual(keys, expected.flat());
      assert.equal(ticks, 64);
      assert.ok(room > 16 * keys.length, `${room} bytes for ${keys.length} spikes`);
    });
    assert.equal(new Set(sent.map(({ kept }) => kept)).size, 3, 'each trial has a database of its own');
    rmSync(exported.folder, { recursive: true });
  });

  it('looks for losses under the names that this release gives them', function () {
    const python = needPeer(this, 'spiNNaker');
    const packages = execFileSync(python, ['-c', 'import spynnaker; print(spynnaker.__path__[0])'], {
      encoding: 'utf8',
    });
    const site = join(packages.trim(), '..');
    const code = execFileSync(
      'grep',
      ['-rhE', '--include=*.py', '"[A-Za-z_ {}]+"', 'spynnaker', 'spinn_front_end_common'],
      {
        cwd: site,
        encoding: 'utf8',
        maxBuffer: 1e9,
      },
    );
    for (const name of losses(readFileSync('src/spinnaker/project/python/run.py', 'utf8')))
      assert.match(code, new RegExp(`["}]${name}"`), name);
  });
});
