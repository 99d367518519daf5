/**
 * Two or more builds of the kernel on one real network and the same trials, in one process, rounds in turn, least CPU time of each.
 * usage: node dist/bench/kernel-versions.js MODEL TASK ROUNDS BATCH DIST…   (files of a pipeline's run; DIST: folders of builds, e.g. dist)
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import type { Kernel, KernelTrial } from '../src/snn/kernel/kernel.ts';
import type { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { kernelTaskOf } from '../src/snn/network/kernel-task.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import { kernelNetworkOf, kernelParametersOf } from '../src/snn/network/simulate.ts';

const [modelFile, taskFile, rounds, batchText, ...folders] = process.argv.slice(2);
if (modelFile === undefined || taskFile === undefined || folders.length === 0) {
  throw new RangeError('usage: kernel-versions MODEL TASK ROUNDS BATCH DIST…');
}
const batch = Number(batchText);
const model = decodeModel(readFileSync(modelFile));
const task = decodeOdourTask(readFileSync(taskFile));
const network = kernelNetworkOf(model.network, task.steps);
const parameters = kernelParametersOf(model.network, { relativeWidth: 0.5, damping: 0.2 });
const loss = new Float32Array(batch * network.size).map((_, i) => (((i * 37) % 17) - 8) * 1e-6);

const opened: Kernel[] = [];
for (const folder of folders) {
  const url = pathToFileURL(resolve(folder, 'src/snn/kernel/open-kernel.js')).href;
  const build = (await import(url)) as { readonly openKernel: typeof openKernel };
  const kernel = build.openKernel('wasm', network, { decayGradients: false });
  kernel.setTask(kernelTaskOf(task));
  kernel.setParameters(parameters);
  opened.push(kernel);
}

function cpuMs(act: () => void): number {
  const begin = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

const trialsFrom = (first: number): KernelTrial[] =>
  Array.from({ length: batch }, (_, b) => ({ split: 0, odour: (b * 7) % task.odours.length, trial: first + b }));

const names = ['forward only', 'forward taped', 'backward', 'setParameters'] as const;
const times = folders.map(() => names.map((): number[] => []));
let events = 0;
for (let round = 0; round < Number(rounds); round++) {
  opened.forEach((kernel, k) => {
    const acts = [
      () => kernel.forwardTrials(trialsFrom(5000 + 64 * round), false),
      () => {
        events = kernel.forwardTrials(trialsFrom(1000 + 64 * round), true).events;
      },
      () => kernel.backward(loss),
      () => kernel.setParameters(parameters),
    ];
    acts.forEach((act, i) => {
      times[k]![i]!.push(cpuMs(act));
    });
  });
}
console.log(
  `${network.size} cells, ${network.colIdx.length} edges, batch ${batch}, ${Math.round(events / batch)} events a trial`,
);
console.log(
  `| build | ${names.join(' | ')} | taped + backward |   (CPU ms a trial, least / median; setParameters a call)`,
);
folders.forEach((folder, k) => {
  const cells = times[k]!.map((list, i) => {
    const sorted = [...list].sort((x, y) => x - y).map((x) => (i === 3 ? x : x / batch));
    return [sorted[0]!, sorted[sorted.length >> 1]!] as const;
  });
  const sum = (which: 0 | 1) => cells[1]![which] + cells[2]![which];
  const text = [...cells, [sum(0), sum(1)] as const].map(([x, y]) => `${x.toFixed(2)} / ${y.toFixed(2)}`);
  console.log(`| ${folder} | ${text.join(' | ')} |`);
});
for (const kernel of opened) kernel.close();
