/** Gains of the untrained network against the stated formula, and against what they are for: the mean drive at the target rates. */
import assert from 'node:assert/strict';
import type { Pathway, Population, Projection } from '../../src/connectome/pathway.ts';
import { type InitialOptions, initialNetwork } from '../../src/snn/network/initial-network.ts';
import { sliceOf } from '../../src/snn/network/topology.ts';
import { randomPathway } from '../rig/random-model.ts';

const initial: InitialOptions = {
  tauMMs: 15,
  tauMOf: { APL: 20 },
  tauSynEMs: 5,
  tauSynIMs: 10,
  cmNf: 0.5,
  thresholdMv: 10,
  refractorySteps: 2,
  dtMs: 1,
  excitation: 2,
  inhibition: 0.5,
  targetRateHz: { ORN: 12, PN: 20, APL: 30 },
};

function population(name: string, size: number, type: string): Population {
  return {
    name,
    size,
    rootIds: BigInt64Array.from({ length: size }, (_, i) => BigInt(i + 1)),
    types: [type],
    typeIdx: new Int32Array(size),
    side: new Uint8Array(size),
    transmitters: ['ACH'],
    transmitterIdx: new Uint8Array(size),
  };
}

/** All of `pre` onto the first cells of `post`, one synapse count for each pre cell. */
function projection(pre: string, post: string, counts: readonly number[], onto: number, sign: 1 | -1): Projection {
  const columns = Array.from({ length: onto }, (_, i) => i);
  return {
    pre,
    post,
    rowPtr: Int32Array.from({ length: counts.length + 1 }, (_, i) => i * onto),
    colIdx: Int32Array.from(counts.flatMap(() => columns)),
    synCount: Int32Array.from(counts.flatMap((n) => columns.map(() => n))),
    sign: Int8Array.from(counts.flatMap(() => columns.map(() => sign))),
  };
}

// Two ORNs of 3 and 5 synapses drive PN 0 and 1 of three; the PNs drive APL with 2 synapses each, APL inhibits PN 0 with 4.
const pathway: Pathway = {
  populations: [population('ORN', 2, ''), population('PN', 3, 'DA1'), population('APL', 1, '')],
  projections: [
    projection('ORN', 'PN', [3, 5], 2, 1),
    projection('PN', 'APL', [2, 2, 2], 1, 1),
    projection('APL', 'PN', [4], 1, -1),
  ],
  provenance: {},
};

function gains(of: InitialOptions): Record<string, number> {
  const { network } = initialNetwork(pathway, { inputPopulation: 'ORN' }, of);
  return Object.fromEntries(network.topology.gainNames.map((name, i) => [name, network.gainNa![i]!]));
}

function assertNear(got: number | undefined, expected: number, what: string): void {
  assert.ok(Math.abs(got! - expected) < 1e-6 * expected, `${what}: ${got}, expected ${expected}`);
}

describe('initial gains', () => {
  it('are V·cm/(tauM·tauSyn·mean Σ n·rate), each population with its own tauM', () => {
    const got = gains(initial);
    // V = excitation · threshold = 20 mV; spikes a ms: onto a driven PN 8 · 0.012, onto APL 6 · 0.020, from APL 4 · 0.030.
    assertNear(got['ORN→PN exc'], (20 * 0.5) / (15 * 5 * 8 * 0.012), 'ORN→PN');
    assertNear(got['PN→APL exc'], (20 * 0.5) / (20 * 5 * 6 * 0.02), 'PN→APL');
    assertNear(got['APL→PN inh'], (0.5 * 20 * 0.5) / (15 * 10 * 4 * 0.03), 'APL→PN');
  });

  it('of inhibition follow `inhibition`, those of excitation do not', () => {
    const [half, whole] = [gains(initial), gains({ ...initial, inhibition: 1 })];
    assertNear(whole['APL→PN inh'], 2 * half['APL→PN inh']!, 'inhibitory');
    assert.equal(whole['ORN→PN exc'], half['ORN→PN exc']);
    assert.equal(whole['PN→APL exc'], half['PN→APL exc']);
  });

  it('follow `excitation`, inhibition in proportion', () => {
    const [two, three] = [gains(initial), gains({ ...initial, excitation: 3 })];
    for (const name of Object.keys(two)) assertNear(three[name], 1.5 * two[name]!, name);
  });

  it('expect 5 Hz of a population that names no rate', () => {
    const { PN: _, ...others } = initial.targetRateHz;
    assertNear(gains({ ...initial, targetRateHz: others })['PN→APL exc'], (20 * 0.5) / (20 * 5 * 6 * 0.005), 'PN→APL');
  });

  it('hold the mean voltage of driven cells at `excitation` thresholds, on any pathway', () => {
    const sizes = { ORN: 24, LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 };
    const rates: Record<string, number> = { ORN: 12, LN: 15, PN: 15, KC: 1, APL: 24, MBON: 20 };
    const { network } = initialNetwork(
      randomPathway({ sizes }),
      { inputPopulation: 'ORN' },
      { ...initial, targetRateHz: rates },
    );
    const { topology, weightNa, cells } = network;
    const rateOfRow = ['ORN', ...topology.populations.map((p) => p.name)].flatMap((name) =>
      new Array<number>(sizes[name as keyof typeof sizes]).fill(rates[name]!),
    );
    // The current that a synapse of weight w carries on average is w · rate · tauSyn; V = I · tauM/cm above rest.
    const volts = [new Float64Array(topology.size), new Float64Array(topology.size)];
    rateOfRow.forEach((rate, row) => {
      for (let e = topology.rowPtr[row]!; e < topology.rowPtr[row + 1]!; e++) {
        const cell = topology.colIdx[e]!;
        const tauSyn = topology.receptor[e] === 0 ? 5 : 10;
        volts[topology.receptor[e]!]![cell]! +=
          (weightNa[e]! * (rate / 1000) * tauSyn * cells.tauMMs[cell]!) / cells.cmNf[cell]!;
      }
    });
    const meanOf = (values: Float64Array, name: string): number => {
      const { offset, size } = sliceOf(topology, name);
      const driven = values.subarray(offset, offset + size).filter((v) => v > 0);
      return driven.reduce((sum, v) => sum + v, 0) / driven.length;
    };
    for (const name of ['LN', 'PN', 'KC', 'APL', 'MBON']) assertNear(10 * meanOf(volts[0]!, name), 200, `${name} exc`);
    for (const name of ['LN', 'PN', 'KC']) assertNear(10 * meanOf(volts[1]!, name), 100, `${name} inh`);
  });
});

describe('the untrained network', () => {
  const built = initialNetwork(pathway, { inputPopulation: 'ORN' }, initial);

  it('has the stated cells, each population with its own tauM', () => {
    const { cells } = built.network;
    assert.deepEqual([...cells.tauMMs], [15, 15, 15, 20]);
    assert.deepEqual([...cells.vThreshMv, ...cells.vRestMv], [10, 10, 10, 10, 0, 0, 0, 0]);
    assert.deepEqual(
      [cells.cmNf[0], cells.tauSynEMs[0], cells.tauSynIMs[0], cells.refractorySteps[0]],
      [0.5, 5, 10, 2],
    );
  });

  it('names the cells’ types, untyped ones by their population', () => {
    assert.deepEqual(built.typeNames, ['DA1', 'APL untyped']);
    assert.deepEqual([...built.typeIdx], [0, 0, 0, 1]);
  });
});
