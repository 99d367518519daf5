/** The published whole-brain equations, event by event, against Brian2 that steps every cell: test/golden/brain-brian2.json by peers/brian_golden.py. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type BrainNetwork, publishedBrain, simulateBrain } from '../../../src/snn/brain/brain-simulation.ts';

interface Golden {
  readonly size: number;
  readonly steps: number;
  readonly driven: readonly number[];
  readonly pre: readonly number[];
  readonly post: readonly number[];
  readonly weightMv: readonly number[];
  readonly jumpMv: number;
  readonly jumpStep: readonly number[];
  readonly jumpCell: readonly number[];
  readonly step: readonly number[];
  readonly cell: readonly number[];
}

const golden = JSON.parse(readFileSync('test/golden/brain-brian2.json', 'utf8')) as Golden;

function networkOf({ size, pre, post, weightMv }: Golden): BrainNetwork {
  const rowPtr = new Int32Array(size + 1);
  for (const i of pre) rowPtr.fill(rowPtr[i + 1]! + 1, i + 1);
  return { rowPtr, colIdx: post, weightMv };
}

function driveOf({ driven, jumpStep, jumpCell, jumpMv }: Golden) {
  const at = new Map<number, number[]>();
  jumpStep.forEach((t, k) => {
    at.set(t, [...(at.get(t) ?? []), jumpCell[k]!]);
  });
  return { cells: driven, jumpMv, jumpsAt: (t: number) => at.get(t) ?? [] };
}

describe('the published whole-brain model', () => {
  it('has every spike in common with Brian2, in its step', () => {
    const { step, cell, events } = simulateBrain(networkOf(golden), driveOf(golden), golden.steps);
    assert.ok(golden.step.length > 500 && new Set(golden.cell).size > 40, 'the golden network is alive');
    assert.deepEqual(
      Array.from(step, (t, k) => `${t} ${cell[k]}`),
      golden.step.map((t, k) => `${t} ${golden.cell[k]}`),
    );
    assert.ok(events > step.length);
  });

  it('adds one weight to g after the delay, and counts it', () => {
    const pair = { rowPtr: [0, 1, 1], colIdx: [1], weightMv: [200] };
    const drive = { cells: [0], jumpMv: 10, jumpsAt: (t: number) => (t === 3 ? [0] : []) };
    const { step, cell, events } = simulateBrain(pair, drive, 100);
    assert.deepEqual([...cell], [0, 1]);
    assert.equal(step[0], 4, 'the step after the jump');
    // g = 200 from step 4 + 18 on; v passes 7 mV in the first step n after it in which (e^(−n/200) − e^(−n/50))·200/3 > 7.
    const n = Array.from({ length: 50 }, (_, k) => k).find(
      (k) => (Math.exp(-k / 200) - Math.exp(-k / 50)) * (200 / 3) > 7,
    );
    assert.equal(step[1], 4 + publishedBrain.delaySteps + n!);
    assert.equal(events, 1);
  });
});
