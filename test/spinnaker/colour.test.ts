/** The colour of spikes: how many ticks a trial must run, and what is lost after a reset where it does not. */
import assert from 'node:assert/strict';
import { lateness, ticksFor } from '../../src/spinnaker/firmware/colour.ts';
import { quantise } from '../../src/spinnaker/quantise/quantise.ts';
import { peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { defaultPolicy } from '../rig/default-policy.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

describe('spinnaker/colour', () => {
  it('runs whole 16 ticks for any number of steps, and never fewer than asked for', () => {
    assert.deepEqual([1, 15, 16, 17, 60, 500, 512].map(ticksFor), [16, 16, 16, 32, 64, 512, 512]);
    for (let steps = 1; steps < 100; steps++) assert.equal(lateness(ticksFor(steps)), 0);
  });

  it('knows how late spikes look after a reset: 500 ticks leave them 12 late', () => {
    assert.deepEqual([0, 1, 15, 16, 500, 512].map(lateness), [0, 15, 1, 0, 12, 0]);
  });

  describe('in the simulator', () => {
    const { network, steps } = randomModel();
    const input = randomInput(network.topology.inputSize, steps, 0.1, 5);
    const { board } = quantise(network, peaksOver(network, [input]), defaultPolicy);
    const { inputSize, rowPtr } = board.wiring;

    it('makes connections between cells with delays up to the lateness fall out, and no input', () => {
      const run = new IntegerSimulator(board).run(input, { lateTicks: lateness(500) });
      const word = board.word.map((w, e) => (e < rowPtr[inputSize]! ? w : 0));
      assert.deepEqual(run.spikes, new IntegerSimulator({ ...board, word }).run(input).spikes);
      const sent = [...run.spikes.cell].map((cell) => rowPtr[inputSize + cell + 1]! - rowPtr[inputSize + cell]!);
      assert.equal(
        run.skipped,
        sent.reduce((a, b) => a + b, 0),
      );
      assert.ok(run.skipped > 0);
    });

    it('lets longer delays arrive at their time, counted from when the spike seems to have been sent', () => {
      const delays = (recurrent: number) => board.word.map((_, e) => (e < rowPtr[inputSize]! ? 1 : recurrent));
      const withDelay = (recurrent: number) =>
        new IntegerSimulator({ ...board, delaySteps: Uint8Array.from(delays(recurrent)) });
      const late = withDelay(7).run(input, { lateTicks: 4 });
      assert.deepEqual(late.spikes, withDelay(3).run(input).spikes);
      assert.equal(late.skipped, 0);
    });

    it('changes nothing where spikes are in time', () => {
      const simulator = new IntegerSimulator(board);
      assert.deepEqual(simulator.run(input, { lateTicks: 0 }), simulator.run(input));
    });
  });
});
