/** Load of cores, counted by hand on a network of three cells. */
import assert from 'node:assert/strict';
import { advisedTimeScaleFactor, coreLoads, cyclesPerMs } from '../../src/spinnaker/compare/board-load.ts';

describe('spinnaker/board-load', () => {
  // input 0 → A0, A1; A0 → B0: packets of the input reach both cores of A, those of A only the core of B
  const wiring = {
    inputPopulation: 'in',
    inputSize: 1,
    size: 3,
    populations: [
      { name: 'A', offset: 0, size: 2 },
      { name: 'B', offset: 2, size: 1 },
    ],
    rowPtr: Int32Array.of(0, 2, 3, 3, 3),
    colIdx: Int32Array.of(0, 1, 2),
    receptor: new Uint8Array(3),
  };
  const cores = [
    { population: 'A', begin: 0, end: 1 },
    { population: 'A', begin: 1, end: 2 },
    { population: 'B', begin: 0, end: 1 },
  ];
  const input = { stepPtr: Int32Array.of(0, 1, 1), cell: Uint16Array.of(0) };
  const spikes = { stepPtr: Int32Array.of(0, 0, 2), cell: Int32Array.of(0, 1) };
  const costs = { tick: 1000, cell: 100, spike: 10, event: 1 };
  const loads = coreLoads(wiring, cores, [{ input, spikes }], costs);

  it('counts the packets that reach a core and the synapses they meet there', () => {
    assert.deepEqual(
      loads.map((load) => [load.meanSpikes, load.peakSpikes, load.meanEvents, load.peakEvents]),
      [
        [0.5, 1, 0.5, 1],
        [0.5, 1, 0.5, 1],
        [1, 2, 0.5, 1],
      ],
    );
    assert.equal(loads[2]!.peakLoad, (1000 + 100 + 2 * 10 + 1) / cyclesPerMs);
  });

  it('advises the least whole slow-down that leaves half of the busiest tick free', () => {
    const busy = loads.map((load) => ({ ...load, peakLoad: 0.61 }));
    assert.equal(advisedTimeScaleFactor(busy), 2);
    assert.equal(advisedTimeScaleFactor(loads), 1);
  });
});
