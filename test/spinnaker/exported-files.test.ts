/** What the exported project is made of: a network, spikes, a board's address and environments, each written and read back or refused. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { digestOf } from '../../src/base/digest.ts';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import { populationIdxOf } from '../../src/spinnaker/firmware/board-network.ts';
import { BoardTicker } from '../../src/spinnaker/firmware/board-tick.ts';
import { boardConfig } from '../../src/spinnaker/project/board-config.ts';
import { boardOf } from '../../src/spinnaker/project/board-schema.ts';
import { citationOf } from '../../src/spinnaker/project/citation.ts';
import { decodeBoardNetwork, encodeNetworkData } from '../../src/spinnaker/project/network-data.ts';
import { pythonEnvironment } from '../../src/spinnaker/project/python-environment.ts';
import { decodeSpikes, encodeSpikes } from '../../src/spinnaker/project/trial-data.ts';
import { quantise } from '../../src/spinnaker/quantise/quantise.ts';
import { peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { defaultPolicy } from '../rig/default-policy.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const model = randomModel({ steps: 40 });
const { network } = model;
const inputs = [0, 1, 2].map((k) => randomInput(network.topology.inputSize, model.steps, 0.1, 5, k));
const quantised = quantise(network, peaksOver(network, inputs), defaultPolicy);
/** Every other connection inhibits, whatever it comes from: a pair of populations has two projections. */
const { topology } = network;
const mixed = { ...network, topology: { ...topology, receptor: topology.receptor.map((_, e) => e % 2) } };
const board = { machineName: '192.168.240.9', version: 3, hostAddress: '192.168.240.2' } as const;

describe('spinnaker/network-data', () => {
  it('gives back the board’s network: every parameter, shift, connection and word, in the order of rows', () => {
    for (const given of [network, mixed]) {
      const written = quantise(given, peaksOver(given, inputs), defaultPolicy);
      const settings = { trialsPerRun: 1, periodTicks: 56, neuronsPerCore: 64, timeScaleFactor: 10, board };
      const bytes = encodeNetworkData({ ...model, network: given }, written, settings);
      const { head, board: read } = decodeBoardNetwork(bytes);
      const { inputPopulation, inputSize, size, populations, rowPtr, colIdx, receptor } = written.board.wiring;
      const wiring = { inputPopulation, inputSize, size, populations, rowPtr, colIdx, receptor };
      assert.deepEqual(read, { ...written.board, wiring });
      assert.deepEqual([head.steps, head.ticks, head.dtMs], [40, 48, 1]);
    }
  });
});

describe('spinnaker/citation', () => {
  it('names each work once, with its DOI and what it is cited for; of invented data none', () => {
    const source = { sha256: 'ab', synthetic: false, name: 'x', licence: 'CC BY-NC 4.0' };
    const cite =
      'Dorkenwald et al. 2024, doi:10.1038/s41586-024-07558-y; Schlegel et al. 2024, doi:10.1038/s41586-024-07686-5';
    const data = [
      { ...source, about: 'connections: "v783"', cite },
      { ...source, about: 'neurons', cite },
      { ...source, about: 'mine', licence: '', cite: '' },
      { ...source, about: 'invented', synthetic: true, cite: 'nobody' },
    ];
    const cff = parse(citationOf({ ...model, provenance: { data, version: '9' } }, digestOf('m'))) as Cff;
    assert.deepEqual(
      cff.references!.map(({ title, doi }) => [title, doi]),
      [
        ['Dorkenwald et al. 2024', '10.1038/s41586-024-07558-y'],
        ['Schlegel et al. 2024', '10.1038/s41586-024-07686-5'],
        ['mine', undefined],
      ],
    );
    assert.equal(cff.references![0]!.notes, 'for connections: "v783" (CC BY-NC 4.0); neurons (CC BY-NC 4.0)');
    assert.deepEqual([cff['cff-version'], cff.identifiers[0]!.value], ['1.2.0', `sha256:${digestOf('m')}`]);
    const invented = parse(citationOf({ ...model, provenance: { data: data.slice(3) } }, digestOf('m'))) as Cff;
    assert.equal(invented.references, undefined);
  });
});

interface Cff {
  readonly 'cff-version': string;
  readonly identifiers: readonly { readonly value: string }[];
  readonly references?: readonly { readonly title: string; readonly doi?: string; readonly notes: string }[];
}

describe('spinnaker/board-network', () => {
  it('wants every cell in just one population, in order', () => {
    const of = (...sizes: readonly number[]) =>
      populationIdxOf({
        size: 5,
        populations: sizes.map((size, p) => ({ name: `P${p}`, offset: 2 * p, size })),
      });
    assert.deepEqual([...of(2, 3)], [0, 0, 1, 1, 1]);
    assert.throws(() => of(2, 2), /populations hold 4 cells, want 5/);
    assert.throws(() => of(2, 4), /populations hold 6 cells, want 5/);
    assert.throws(() => of(1, 3), /population P1 begins at 2, want 1/);
  });

  it('names the parameter and the cell that the board’s numbers cannot hold', () => {
    const parameters = quantised.board.parameters;
    const zeroAt = (key: 'tauM' | 'tauSynE' | 'tauSynI' | 'cm', cell: number) => ({
      ...parameters,
      [key]: parameters[key].map((value, i) => (i === cell ? 0 : value)),
    });
    for (const key of ['tauM', 'tauSynE', 'tauSynI'] as const)
      assert.throws(() => boardCells(zeroAt(key, 3)), new RegExp(`^RangeError: ${key}\\[3\\] is 0 ms on the board`));
    assert.throws(() => boardCells(zeroAt('cm', 4)), /^RangeError: cm\[4\] is 0 on the board/);
  });

  it('refuses a shift that would lead out of 32 bits, of either receptor, and takes the largest that does not', () => {
    const cells = boardCells(quantised.board.parameters);
    const shiftOf = (shift: number, cell: number) => new Uint8Array(cells.size).map((_, i) => (i === cell ? shift : 0));
    const open = (shiftE: Uint8Array, shiftI: Uint8Array) => new BoardTicker(cells, { shiftE, shiftI });
    open(shiftOf(15, 2), shiftOf(15, 2));
    assert.throws(
      () => open(shiftOf(16, 2), shiftOf(0, 2)),
      /^RangeError: cell 2: a ring-buffer shift of 16, want ≤ 15/,
    );
    assert.throws(() => open(shiftOf(0, 5), shiftOf(16, 5)), /^RangeError: cell 5: a ring-buffer shift of 16/);
  });
});

describe('spinnaker/trial-data', () => {
  it('gives back the spikes of each trial by name, those without any too', () => {
    const silent = { stepPtr: new Int32Array(41), cell: new Int32Array(0) };
    const rasters = [...inputs, silent].map(({ stepPtr, cell }) => ({ stepPtr, cell: Int32Array.from(cell) }));
    assert.ok(rasters[0]!.cell.length > 0 && rasters[1]!.cell.length > 0);
    const bytes = encodeSpikes({ nest: rasters, spiNNaker: rasters.slice(1) });
    assert.deepEqual(decodeSpikes(bytes, 40, 'nest'), rasters);
    assert.deepEqual(decodeSpikes(bytes, 40, 'spiNNaker'), rasters.slice(1));
  });

  it('refuses spikes beyond the last step', () => {
    const late = { stepPtr: Int32Array.of(0, 0, 0, 1), cell: Int32Array.of(7) };
    const bytes = encodeSpikes({ x: [late] });
    assert.equal(decodeSpikes(bytes, 3, 'x')[0]!.cell[0], 7);
    assert.throws(() => decodeSpikes(bytes, 2, 'x'), /trial 0 has a spike in step 2/);
  });
});

describe('the board', () => {
  it('is the exported one but for what a run says of it', () => {
    const nothing = { machineName: null, version: null, hostAddress: null };
    assert.deepEqual(boardOf(board, nothing), board);
    assert.deepEqual(boardOf(board, { ...nothing, machineName: 'spinn-5', version: 5 }), {
      ...board,
      machineName: 'spinn-5',
      version: 5,
    });
  });

  it('is configured such that late spikes stay and what was lost is told', () => {
    const lines = boardConfig({ ...board, version: 5 }).split('\n');
    for (const line of [
      'machineName = 192.168.240.9',
      'version = 5',
      'virtual_board = False',
      'drop_late_spikes = False',
      'read_router_provenance_data = True',
    ])
      assert.ok(lines.includes(line), line);
  });
});

describe('spinnaker/python-environment', () => {
  it('is another folder for other requirements or another interpreter, the same for the same', () => {
    const folder = (requirements: readonly string[], python?: string, tag = 'a') =>
      pythonEnvironment(requirements, '/cache', tag, python).folder;
    const one = folder(['numpy==2.4.6']);
    assert.equal(folder(['numpy==2.4.6'], 'python3', 'b'), one);
    assert.notEqual(folder(['numpy==2.4.7']), one);
    assert.notEqual(folder(['numpy==2.4.6'], 'python3.12'), one);
  });
});
