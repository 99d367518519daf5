import assert from 'node:assert/strict';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelNetworkOf, kernelParametersOf } from '../../src/snn/network/simulate.ts';
import { withParameters } from '../../src/snn/network/with-parameters.ts';
import { thresholdFloors } from '../../src/snn/parameters/jump-bound.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

const { network } = randomModel();
const { topology, cells } = network;

describe('jump bound', () => {
  it('is where one spike of the strongest recurrent excitatory synapse lifts V by that share of threshold on arrival, in the kernel', () => {
    const floors = thresholdFloors(network, 1);
    const pre = topology.populations.find((p) => p.name === 'PN')!.offset;
    const row = topology.inputSize + pre;
    const edges = { from: topology.rowPtr[row]!, to: topology.rowPtr[row + 1]! };
    assert.ok(edges.to > edges.from);
    // One presynaptic cell that fires once; everything else is cut off.
    const quiet = withParameters(network, {
      cells: {
        vThreshMv: cells.vThreshMv.map((v, i) => (i === pre ? v : 1e6)),
        iOffsetNa: cells.iOffsetNa.map((_, i) => (i === pre ? 100 : 0)),
        refractorySteps: cells.refractorySteps.map((r, i) => (i === pre ? 1000 : r)),
      },
    });
    const kernel = openKernel('reference', kernelNetworkOf(network, 60));
    kernel.setParameters(kernelParametersOf(quiet));
    const silence = randomInput(topology.inputSize, 60, 0);
    for (let e = edges.from; e < edges.to; e++) {
      const cell = topology.colIdx[e]!;
      if (topology.receptor[e] === 1) continue;
      const { vMv } = kernel.record(silence, Int32Array.of(cell));
      const lift = vMv!.find((v) => v !== 0)!;
      const ofThis = thresholdFloors(
        withParameters(network, { weightNa: network.weightNa.map((w, other) => (other === e ? w : 0)) }),
        1,
      )[cell]!;
      assert.ok(Math.abs(ofThis - lift) < 1e-5 * lift, `edge ${e}: ${ofThis} against ${lift}`);
      assert.ok(floors[cell]! >= ofThis);
    }
  });

  it('does not count input synapses or inhibition', () => {
    const recurrent = (e: number) => e >= topology.rowPtr[topology.inputSize]!;
    const left = network.weightNa.map((w, e) => (recurrent(e) && topology.receptor[e] === 0 ? 0 : w));
    assert.ok(left.some((w, e) => w > 0 && recurrent(e)));
    assert.ok(
      thresholdFloors(withParameters(network, { weightNa: left }), 1).every((f) => f === Number.NEGATIVE_INFINITY),
    );
  });

  it('is measured from each cell’s rest: cells that rest elsewhere have their floors moved by as much', () => {
    const vRestMv = cells.vRestMv.map((_, i) => (i % 2 === 0 ? -65 : 3));
    const floors = thresholdFloors(network, 0.5);
    const moved = thresholdFloors(withParameters(network, { cells: { vRestMv } }), 0.5);
    assert.ok(floors.some(Number.isFinite));
    moved.forEach((floor, i) => {
      if (!Number.isFinite(floors[i]!)) assert.equal(floor, floors[i]);
      else assert.ok(Math.abs(floor - (floors[i]! + vRestMv[i]!)) < 1e-9, `cell ${i}: ${floors[i]} becomes ${floor}`);
    });
  });
});
