/** Stage record on a tiny network: the trials of the task, the counts that evaluate sees, spikes by cell; silenced and driven; then recorded input. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { type ActivityRecord, recordedPopulation, trialsWith } from '../../src/analysis/record/activity-record.ts';
import { decodeRecord } from '../../src/analysis/record/record-file.ts';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { drawTrial, durationSteps } from '../../src/odour/draw-trial.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import { simulateTrial } from '../../src/snn/network/simulate-trial.ts';
import stage from '../../stages/record.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel, randomPathway } from '../rig/random-model.ts';
import { runStage } from '../rig/run-stage.ts';

const sizes = { ORN: 24, LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 };
const task = plantedTask({ odours: 4, trials: { train: 1, validation: 1, test: 3 } });
const model = randomModel({ sizes, classes: 4 });

async function recorded(record: Readonly<Record<string, unknown>> = {}): Promise<ActivityRecord> {
  const run = await runStage(stage, {
    params: { seed: 1, investigate: { record: { blankTrials: 2, ...record } } },
    inputs: {
      model: encodeModel(model),
      task: encodeOdourTask(task),
      pathway: encodePathway(randomPathway({ sizes })),
    },
    outputs: { record: 'record.safetensors' },
  });
  await rm(run.folder, { recursive: true });
  if (run.error !== undefined) throw run.error;
  return decodeRecord(run.files['record.safetensors'] ?? run.files['record']!);
}

describe('stage record', () => {
  it('holds the counts and the spikes of exactly the test trials, and of trials without odour', async () => {
    const record = await recorded();
    assert.deepEqual([...record.trials.odour], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]);
    const trial = { split: 'test', odour: 1, trial: 2 } as const;
    const [b, cells] = [trialsWith(record, 1)[2]!, record.typeIdx.length];
    const events = drawTrial(task, trial);
    const { counts, spikes } = simulateTrial(model, events);
    assert.deepEqual([...record.counts.subarray(b * cells + 24, (b + 1) * cells)], [...counts]);
    assert.equal(
      record.counts.subarray(b * cells, b * cells + 24).reduce((x, y) => x + y, 0),
      events.cell.length,
    );
    assert.equal(record.trials.onSteps[b], durationSteps(task, trial));
    const { cellPtr, trial: of, step } = record.spikes;
    const n = cells - 24;
    for (const i of [0, 7, n - 1]) {
      const own = Array.from({ length: cellPtr[i + 1]! - cellPtr[i]! }, (_, k) => cellPtr[i]! + k).filter(
        (k) => of[k] === b,
      );
      const want = Array.from({ length: task.steps }, (_, t) => t).filter((t) => spikes[t * n + i] === 1);
      assert.deepEqual(
        own.map((k) => step[k]),
        want,
        `cell ${i}`,
      );
    }
    assert.equal(
      cellPtr[n],
      record.counts.reduce((x, y, k) => x + (k % cells >= 24 ? y : 0), 0),
    );
    assert.ok(record.spikes.step.length > 50, 'the network fires');
  });

  it('runs more trials than the task has, each once, and odours for as long as it is told', async () => {
    const record = await recorded({ trials: 5, durationMs: 40 });
    assert.deepEqual(
      trialsWith(record, 2).map((b) => record.trials.number[b]),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual([...new Set(trialsWith(record, 2).map((b) => record.trials.onSteps[b]))], [40]);
    await assert.rejects(recorded({ durationMs: 61 }), /durationMs is 61, a trial of the task has 60 ms/);
  });

  it('silences and drives populations', async () => {
    const spikesOf = (record: ActivityRecord, name: string) => {
      const { offset, size } = recordedPopulation(record, name);
      const cells = record.typeIdx.length;
      return record.counts.reduce((sum, n, k) => sum + (k % cells >= offset && k % cells < offset + size ? n : 0), 0);
    };
    const [own, silent, driven] = await Promise.all([
      recorded(),
      recorded({ outputsTimes: { PN: 0 } }),
      recorded({ driveMv: { KC: 30 } }),
    ]);
    assert.equal(spikesOf(silent, 'ORN'), spikesOf(own, 'ORN'));
    assert.ok(spikesOf(own, 'KC') > spikesOf(silent, 'KC'), 'without projection neurons fewer Kenyon cells fire');
    assert.ok(spikesOf(driven, 'KC') > 1.5 * spikesOf(own, 'KC'));
    await assert.rejects(recorded({ outputsTimes: { KCs: 0 } }), /no population 'KCs'/);
  });
});
