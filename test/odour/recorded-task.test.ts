/** A task from recorded receptor neurons: rates follow ΔF/F, the mean drive is that of the other task, what was not recorded stays at rest. */
import assert from 'node:assert/strict';
import type { OdourTask } from '../../src/odour/odour-task.ts';
import { makeRecordedTask } from '../../src/odour/recorded-task.ts';
import { populationOfTypes } from './door-example.ts';

const population = populationOfTypes(['ORN_DM1', 'ORN_DM1', 'ORN_DM2', 'ORN_VA2']);
const like: OdourTask = {
  odours: [
    { key: 'A', name: 'a' },
    { key: 'B', name: 'b' },
    { key: 'C', name: 'c' },
  ],
  population: 'ORN',
  inputSize: 4,
  steps: 100,
  dtMs: 1,
  durationMs: { min: 50, max: 100 },
  onProbability: Float32Array.from([0.1, 0.1, 0.02, 0.5, 0.04, 0.04, 0.06, 0.5, 0.9, 0.9, 0.9, 0.9]),
  offProbability: new Float32Array(4).fill(0.01),
  seed: 3,
  trials: { train: 1, validation: 1, test: 1 },
  provenance: {},
};
const recorded = {
  odours: [
    { key: 'B', name: 'b' },
    { key: 'A', name: 'a' },
  ],
  glomeruli: ['DM2', 'DM1', 'DA9'],
  response: Float64Array.from([0.5, 2, 9, -1, Number.NaN, 9]),
};

describe('odour task from recordings', () => {
  it('adds gain · ΔF/F to the cells of recorded glomeruli, nothing below rest', () => {
    const { task, cells } = makeRecordedTask(recorded, population, like, 20);
    assert.equal(cells, 3);
    assert.deepEqual(
      task.odours.map(({ key }) => key),
      ['B', 'A'],
    );
    const wanted = [0.05, 0.05, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01];
    for (const [k, p] of task.onProbability.entries()) assert.ok(Math.abs(p - wanted[k]!) < 1e-6, `${k}: ${p}`);
    assert.deepEqual([task.seed, task.steps, task.trials.test], [3, 100, 1]);
  });

  it('takes over the mean drive of the same odours on the recorded cells', () => {
    const { task, gainHz } = makeRecordedTask(recorded, population, like, null);
    const driven = (of: OdourTask, rows: readonly number[]) =>
      rows.flatMap((c) => [0, 1, 2].map((i) => of.onProbability[c * 4 + i]! - 0.01)).reduce((a, b) => a + b, 0) / 6;
    assert.ok(Math.abs(driven(task, [0, 1]) - driven(like, [0, 1])) < 1e-6);
    assert.ok(gainHz > 0);
  });

  it('refuses recordings that share nothing with the cells or the odours', () => {
    assert.throws(
      () => makeRecordedTask({ ...recorded, glomeruli: ['X', 'Y', 'Z'] }, population, like, 20),
      /none of the glomeruli/,
    );
    const strange = {
      ...recorded,
      odours: [
        { key: 'Q', name: 'q' },
        { key: 'R', name: 'r' },
      ],
    };
    assert.throws(() => makeRecordedTask(strange, population, like, null), /none of the recorded odours/);
  });
});
