/** Presynaptic inhibition against loops small enough to work out by hand. */
import assert from 'node:assert/strict';
import type { Pathway, Projection } from '../../src/connectome/pathway.ts';
import { makeOdourTask } from '../../src/odour/make-odour-task.ts';
import { inhibited, lateralWiring, presynapticInhibition } from '../../src/odour/presynaptic.ts';
import { exampleDoor, exampleRules, populationOfTypes } from './door-example.ts';

type Edge = readonly [pre: number, post: number, synapses: number, sign?: number];

function projection(pre: string, post: string, rows: number, edges: readonly Edge[]): Projection {
  const sorted = [...edges].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const rowPtr = new Int32Array(rows + 1);
  for (const [from] of sorted) for (let r = from + 1; r <= rows; r++) rowPtr[r]! += 1;
  return {
    ...{ pre, post, rowPtr },
    colIdx: Int32Array.from(sorted, (edge) => edge[1]),
    synCount: Int32Array.from(sorted, (edge) => edge[2]),
    sign: Int8Array.from(sorted, (edge) => edge[3] ?? -1),
  };
}

/** Two cells of A, one of B, two LN. */
const cells = populationOfTypes(['ORN_A', 'ORN_A', 'ORN_B']);

function loop(forth: readonly Edge[], back: readonly Edge[]) {
  return { forth: projection('ORN', 'LN', 3, forth), back: projection('LN', 'ORN', 2, back) };
}

describe('odour/presynaptic', () => {
  it('is what the inhibiting cells hear, in the share of each glomerulus, one in the mean', () => {
    // LN 0 hears A and B alike and gives B three times what a cell of A gets; LN 1 hears B alone and gives nothing back.
    const wiring = loop(
      [
        [0, 0, 2],
        [1, 0, 2],
        [2, 0, 4],
        [2, 1, 9],
      ],
      [
        [0, 0, 2],
        [0, 2, 3],
      ],
    );
    // Two odours: 30 Hz in A alone, 30 Hz in both. LN 0 hears 15 and 30; A gets 1 synapse a cell, B three.
    const drive = Float32Array.of(30, 30, 0, 30, 30, 30);
    const raw = [15, 45, 30, 90];
    const expected = raw.map((x) => x / 45);
    assert.deepEqual([...presynapticInhibition(wiring, cells, drive)], expected);
    const left = inhibited(drive, Float64Array.from(expected), cells, 2);
    const want = [30 / (1 + 2 / 3), 30 / (1 + 2 / 3), 0, 30 / (1 + 4 / 3), 30 / (1 + 4 / 3), 30 / 5];
    want.forEach((hz, k) => {
      assert.ok(Math.abs(left[k]! - hz) < 1e-5, `${k}: ${left[k]} for ${hz}`);
    });
  });

  it('takes synapses that excite for no inhibition, and refuses a loop that inhibits nothing', () => {
    const forth: Edge[] = [[0, 0, 1]];
    const both = loop(forth, [
      [0, 0, 2],
      [0, 2, 5, 1],
    ]);
    const found = presynapticInhibition(both, cells, Float32Array.of(10, 10, 10));
    assert.deepEqual([...found], [2, 0]);
    const none = loop(forth, [[0, 2, 5, 1]]);
    assert.throws(
      () => presynapticInhibition(none, cells, Float32Array.of(10, 10, 10)),
      /no inhibitory synapse of LN reaches ORN/,
    );
  });

  it('compresses: the stronger an odour, the more of it is lost', () => {
    const wiring = loop(
      [
        [0, 0, 1],
        [2, 0, 1],
      ],
      [
        [0, 0, 1],
        [0, 1, 1],
        [0, 2, 1],
      ],
    );
    const drive = Float32Array.of(1, 1, 1, 10, 10, 10);
    const left = inhibited(drive, presynapticInhibition(wiring, cells, drive), cells, 1);
    assert.ok(left[0]! / drive[0]! > 2 * (left[3]! / drive[3]!));
    assert.ok(left[3]! > left[0]!);
  });

  it('says which projection the pathway lacks and what to do', () => {
    const pathway = { populations: [], projections: [projection('ORN', 'LN', 3, [])], provenance: {} } as Pathway;
    assert.throws(
      () => lateralWiring(pathway, 'ORN', 'LN'),
      /no projection LN>ORN; take it out of pathway\.dropProjections .* set odours\.presynaptic\.strength to 0/,
    );
  });

  it('enters the task: drive is divided, the rate without odour and the trials are as they were', () => {
    const population = populationOfTypes(['ORN_DM1', 'ORN_DM1', 'ORN_DL2d']);
    const wiring = loop(
      [
        [0, 0, 1],
        [2, 0, 1],
      ],
      [
        [0, 0, 1],
        [0, 2, 1],
      ],
    );
    const rules = exampleRules({ identicalOdours: 'drop' });
    const plain = makeOdourTask(exampleDoor(), population, rules, 1);
    const gated = { ...rules, presynaptic: { strength: 1, from: 'LN' } };
    const { task, report } = makeOdourTask(exampleDoor(), population, gated, 1, wiring);
    assert.deepEqual(task.offProbability, plain.task.offProbability);
    assert.deepEqual(task.trials, plain.task.trials);
    const off = 0.008;
    plain.task.onProbability.forEach((p, k) => {
      const [before, after] = [p - off, task.onProbability[k]! - off];
      assert.ok(before < 1e-7 ? after < 1e-7 : after < 0.95 * before, `${k}: ${before} → ${after}`);
    });
    assert.equal(plain.report.input.presynaptic, null);
    assert.equal(report.input.presynaptic?.strength, 1);
    assert.ok(report.input.presynaptic.left.least < report.input.presynaptic.left.most);
    assert.throws(() => makeOdourTask(exampleDoor(), population, gated, 1), /needs the wiring/);
  });
});
