/** Time of the simulators on a network of full size: node dist/bench/spinnaker.js. Random synapses, gains set so that cells fire at physiological rates. */
import { cpuUsage } from 'node:process';
import { withDefaults } from '../src/base/schema.ts';
import type { Model } from '../src/snn/network/network.ts';
import { quantise } from '../src/spinnaker/quantise/quantise.ts';
import { FloatSimulator, peaksOver } from '../src/spinnaker/simulators/float-simulator.ts';
import { IntegerSimulator } from '../src/spinnaker/simulators/integer-simulator.ts';
import { agreementOf } from '../src/spinnaker/simulators/raster.ts';
import { paramsSchema } from '../stages/export/params.ts';
import { randomInput } from '../test/rig/random-model.ts';
import { fullSizeModel } from './full-size-model.ts';

function cpuMs(work: () => void, repeats: number): number[] {
  return Array.from({ length: repeats }, () => {
    const before = cpuUsage();
    work();
    const { user, system } = cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
}

function say(name: string, times: readonly number[]): void {
  console.log(
    `${name}: median ${times[times.length >> 1]!.toFixed(1)} ms CPU, least ${times[0]!.toFixed(1)} (${times.length} runs)`,
  );
}

function main(): void {
  const model: Model = fullSizeModel();
  const { topology } = model.network;
  const input = randomInput(topology.inputSize, 500, 0.03);
  const peaks = peaksOver(model.network, [input]);
  const quantised = quantise(model.network, peaks, withDefaults(paramsSchema, {}).export.quantisation);
  const board = new IntegerSimulator(quantised.board);
  const float = new FloatSimulator(model.network);
  const a = board.run(input, { peaks: true });
  const b = float.run(input);
  console.log(`cells ${topology.size}, edges ${topology.colIdx.length}, input spikes ${input.cell.length}`);
  for (const part of agreementOf(b.spikes, a.spikes, topology.populations))
    console.log(`  ${part.population}: float ${part.first}, board ${part.second}, common ${part.common}`);
  console.log(
    `shifts ${[...quantised.board.shifts]}, scales ${[...quantised.scale]}, saturations ${[...a.saturations]}`,
  );
  say(
    'integer, 500 ms',
    cpuMs(() => board.run(input), 15),
  );
  say(
    'float64, 500 ms',
    cpuMs(() => float.run(input), 15),
  );
}

main();
