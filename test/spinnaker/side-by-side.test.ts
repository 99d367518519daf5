/** Accuracy and distances of simulators beside the trained model, counted by hand on a few spikes; the trained model as its kernel runs it. */
import assert from 'node:assert/strict';
import { kernelNetworkOf } from '../../src/snn/network/simulate.ts';
import { classesOfCounts, namedClass } from '../../src/spinnaker/compare/accuracy.ts';
import { compareTrials } from '../../src/spinnaker/compare/comparison.ts';
import { sideBySide } from '../../src/spinnaker/compare/side-by-side.ts';
import { FloatSimulator } from '../../src/spinnaker/simulators/float-simulator.ts';
import { countsOf, type Raster } from '../../src/spinnaker/simulators/raster.ts';
import { TrainedSimulator } from '../../src/spinnaker/simulators/trained-simulator.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const populations = [
  { name: 'A', offset: 0, size: 2 },
  { name: 'B', offset: 2, size: 1 },
];

/** 10 steps; spikes as [step, cell]. */
function raster(...spikes: readonly (readonly [number, number])[]): Raster {
  const stepPtr = new Int32Array(11);
  for (const [step] of spikes) stepPtr[step + 1]! += 1;
  for (let t = 0; t < 10; t++) stepPtr[t + 1]! += stepPtr[t]!;
  return { stepPtr, cell: Int32Array.from(spikes, ([, cell]) => cell) };
}

describe('spinnaker/side-by-side', () => {
  const reference = [raster([1, 0], [4, 0], [6, 1]), raster([2, 1])];
  const found = [raster([1, 0], [5, 0], [6, 1]), raster([2, 1], [3, 2])];

  it('counts equal spikes, distances and correlation by population over all trials', () => {
    const [a, b] = compareTrials(reference, found, populations);
    assert.deepEqual(
      [a!.spikesReference, a!.spikes, a!.equal, a!.countDistance, a!.countCorrelation, a!.firstDifference],
      [4, 4, 3, 0, 1, 4],
    );
    // one of three pairs of trains differs: a spike 1 ms late, 4 before and 5 after the other
    const late = Math.sqrt(2 - 2 * Math.exp(-1 / 10));
    assert.ok(Math.abs(a!.vanRossum - late / 3) < 1e-12, `${a!.vanRossum}`);
    assert.ok(a!.spikeDistance > 0 && a!.spikeDistance < 0.1 && a!.spikeSynchronization === 1);
    assert.deepEqual(
      [b!.spikes, b!.equal, b!.countDistance, b!.countCorrelation, b!.spikeSynchronization, b!.vanRossum],
      [1, 0, 1, null, 0, 1],
    );
  });

  it('finds no distance between equal runs', () => {
    for (const p of compareTrials(reference, reference, populations)) {
      assert.deepEqual([p.countDistance, p.firstDifference, p.vanRossum, p.spikeDistance], [0, -1, 0, 0]);
      assert.equal(p.spikeSynchronization, 1);
    }
    assert.throws(() => compareTrials(reference, found.slice(1), populations), /2 trials against 1/);
  });

  it('says how often each simulator is right, and where only one of the two is', () => {
    const results = sideBySide(
      [0, 1, 2, 3],
      populations,
      { classes: [0, 1, 2, 0], spikes: reference },
      { other: { classes: [0, 1, 3, 3], spikes: found } },
    );
    assert.deepEqual(results['trained'], {
      correct: 3,
      accuracy: 0.75,
      sameClass: 1,
      onlyTrainedRight: 0,
      onlyHereRight: 0,
    });
    const { populations: compared, ...other } = results['other']!;
    assert.deepEqual(other, { correct: 3, accuracy: 0.75, sameClass: 0.5, onlyTrainedRight: 1, onlyHereRight: 1 });
    assert.equal(compared!.length, 2);
    const run = { classes: [0, 1, 2, 0], spikes: reference };
    assert.throws(() => sideBySide([0], populations, run, { other: run }), /other has 4 trials, want 1/);
  });

  it('runs the trained model with the spikes and counts of its kernel', () => {
    const model = randomModel();
    const { topology } = model.network;
    const inputs = [0, 1, 2].map((k) => randomInput(topology.inputSize, model.steps, 0.1, 5, k));
    const simulator = new TrainedSimulator(model);
    const runs = inputs.map((input) => simulator.run(input));
    const counts = simulator.counts(inputs, () => {});
    simulator.close();
    assert.equal(counts.length, 3 * kernelNetworkOf(model.network, model.steps).size);
    runs.forEach((run, k) => {
      assert.ok(run.cell.length > 50);
      assert.deepEqual(countsOf(run, topology.size), counts.slice(k * topology.size, (k + 1) * topology.size));
      assert.equal(namedClass(model, run), classesOfCounts(model, counts)[k]);
    });
    // so short a run of so small a network is the same in 32 and 64 bits
    assert.deepEqual(runs[0], new FloatSimulator(model.network).run(inputs[0]!).spikes);
  });
});
