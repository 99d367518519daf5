import assert from 'node:assert/strict';
import { decodeOdourTask, encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { exampleTask } from './example-task.ts';

describe('odour/odour-task-file', () => {
  it('brings back the task that it wrote', () => {
    const task = exampleTask();
    assert.deepEqual(decodeOdourTask(encodeOdourTask(task)), task);
  });

  it('refuses arrays that do not fit the sizes, and probabilities that are none', () => {
    assert.throws(
      () => encodeOdourTask({ ...exampleTask(), onProbability: new Float32Array(7) }),
      /7 values, want \[3, 40\]/,
    );
    const offProbability = new Float32Array(40).fill(Number.NaN, 5, 6);
    assert.throws(
      () => encodeOdourTask({ ...exampleTask(), offProbability }),
      /offProbability\[5\] is NaN, want 0 … 1/,
    );
  });

  it('refuses another kind of tensor file', () => {
    const text = new TextDecoder().decode(encodeOdourTask(exampleTask())).slice(8, 80);
    assert.match(text, /cc-snn\/odour-task\/1/);
    const other = encodeOdourTask(exampleTask());
    const at = new TextDecoder('latin1').decode(other).indexOf('odour-task/1');
    other[at + 11] = 0x32;
    assert.throws(() => decodeOdourTask(other), /format 'cc-snn\/odour-task\/2', want 'cc-snn\/odour-task\/1'/);
  });
});
