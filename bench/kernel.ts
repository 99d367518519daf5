/**
 * Measures the kernel beside native C and Python peers; prints tables with their conditions. CPU time of this process unless `wall` is said.
 * usage: node dist/bench/kernel.js [native typed threads forward size memory simulators peers]   (without arguments: all but the last two)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { drawInput } from '../src/snn/kernel/draw-input.ts';
import type { Kernel, KernelInput, KernelTrial } from '../src/snn/kernel/kernel.ts';
import { type KernelOptions, openKernel } from '../src/snn/kernel/open-kernel.ts';
import { compileNative, runNative, sameBits, writeProblem } from './kernel-native.ts';
import { type BenchWorld, ratesOf, settleThresholds, syntheticWorld, trialsOf, typedGains } from './kernel-network.ts';
import { makeEnvironment, type PeerResult, runPeer, writePeerProblem } from './kernel-peers.ts';
import { runSimulator } from './kernel-simulators.ts';

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const wallMs = () => performance.now();

/** Least time of `act` over some repetitions. */
function least(clock: () => number, repetitions: number, act: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let r = 0; r < repetitions; r++) {
    const begin = clock();
    act();
    best = Math.min(best, clock() - begin);
  }
  return best;
}

const lossOf = (world: BenchWorld, batch: number) =>
  new Float32Array(batch * world.network.size).map((_, i) => (((i * 37) % 17) - 8) * 1e-6);

function settled(scale: number, steps: number): BenchWorld {
  const world = syntheticWorld(scale, steps);
  using(world, {}, (kernel) => settleThresholds(world, kernel));
  return world;
}

function using<T>(world: BenchWorld, options: KernelOptions, use: (kernel: Kernel) => T): T {
  const kernel = openKernel('wasm', world.network, options);
  try {
    kernel.setTask(world.task);
    kernel.setParameters(world.parameters);
    return use(kernel);
  } finally {
    kernel.close();
  }
}

const inputsOf = (world: BenchWorld, batch: number): KernelInput[] =>
  trialsOf(batch, 1000).map((trial) => drawInput(world.task, trial, world.network.steps));

/** Other trials at every call: the kernel draws none twice in a row. */
function freshTrials(batch: number): () => KernelTrial[] {
  let first = 1000;
  return () => {
    first += batch;
    return trialsOf(batch, first);
  };
}

function row(...cells: readonly (string | number)[]): void {
  console.log(`| ${cells.map((x) => (typeof x === 'number' ? x.toFixed(2) : x)).join(' | ')} |`);
}

function describeWorld(world: BenchWorld): void {
  using(world, {}, (kernel) => {
    const { counts, events } = kernel.forwardTrials(trialsOf(16, 1000), false);
    const rates = ratesOf(world, counts, 16);
    console.log(
      `rates, Hz: ${world.names.map((name, p) => `${name} ${rates[p]!.toFixed(1)}`).join(', ')}; ${Math.round(events / 16)} events a trial`,
    );
  });
}

function measureNative(world: BenchWorld): void {
  const batch = 16;
  const inputs = inputsOf(world, batch);
  const loss = lossOf(world, batch);
  const program = compileNative();
  const problem = writeProblem(world, inputs, loss);
  console.log('\n## Native C, same algorithm, 1 thread, batch 16, spikes given; CPU ms a trial, paired rounds');
  row('round', 'C forward', 'C backward', 'wasm forward', 'wasm backward', 'C / wasm');
  using(world, {}, (kernel) => {
    for (let round = 0; round < 5; round++) {
      const c = runNative(program, problem, 3);
      let [forward, backward] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let repetition = 0; repetition < 3; repetition++) {
        forward = Math.min(
          forward,
          least(cpuMs, 1, () => kernel.forward(inputs, true)),
        ); // in turn, as the C program does
        backward = Math.min(
          backward,
          least(cpuMs, 1, () => kernel.backward(loss)),
        );
      }
      const ms = [c.forward, c.backward, forward, backward].map((x) => x / batch);
      row(`${round}`, ...ms, (ms[0]! + ms[1]!) / (ms[2]! + ms[3]!));
    }
    const equal = sameBits(world, kernel.forward(inputs, true), kernel.backward(loss));
    console.log(`counts and gradients of both have ${equal ? 'the same bits' : 'DIFFERENT BITS'}`);
  });
}

function measureTyped(world: BenchWorld): void {
  console.log('\n## One gain for each pair of cell types');
  console.log(`${typedGains(world).network.gainCount} gains`);
  measureNative(typedGains(world));
}

function measureThreads(world: BenchWorld): void {
  const batch = 32;
  console.log('\n## Threads, batch 32, trials drawn inside; wall ms a trial');
  row('threads', 'forward + backward', '1 thread / this');
  const loss = lossOf(world, batch);
  const pairs = [1, 2].map((threads) =>
    using(world, { threads }, (kernel) => {
      const trials = freshTrials(batch);
      return least(wallMs, 4, () => {
        kernel.forwardTrials(trials(), true);
        kernel.backward(loss);
      });
    }),
  );
  pairs.forEach((ms, k) => {
    row(`${k + 1}`, ms / batch, pairs[0]! / ms);
  });
}

function measureForward(world: BenchWorld): void {
  console.log('\n## Forward only (evaluation), CPU ms a trial, batch 16');
  row('trials drawn inside', 'spikes given');
  const inputs = inputsOf(world, 16);
  using(world, {}, (kernel) => {
    const trials = freshTrials(16);
    const drawn = least(cpuMs, 4, () => kernel.forwardTrials(trials(), false));
    row(drawn / 16, least(cpuMs, 4, () => kernel.forward(inputs, false)) / 16);
  });
}

/** CPU ms of one trial, forward and backward, and events. */
function costOf(world: BenchWorld, batch: number, options: KernelOptions = {}): { ms: number; events: number } {
  const loss = lossOf(world, batch);
  return using(world, options, (kernel) => {
    const trials = freshTrials(batch);
    let events = 0;
    const ms = least(cpuMs, 3, () => {
      events = kernel.forwardTrials(trials(), true).events;
      kernel.backward(loss);
    });
    return { ms: ms / batch, events: events / batch };
  });
}

function measureSize(full: BenchWorld): void {
  console.log('\n## Cost against size, steps and batch, forward + backward, CPU ms a trial');
  row('network', 'steps', 'batch', 'ms a trial', 'events a trial', 'ns an event', 'ns a (cell · step)');
  const show = (label: string, world: BenchWorld, batch: number, options: KernelOptions = {}) => {
    const { ms, events } = costOf(world, batch, options);
    row(
      label,
      `${world.network.steps}`,
      `${batch}`,
      ms,
      `${Math.round(events)}`,
      (1e6 * ms) / events,
      (1e6 * ms) / (world.network.size * world.network.steps),
    );
  };
  for (const scale of [1 / 8, 1 / 2, 4]) show(`${scale} ×`, settled(scale, 500), 8);
  for (const steps of [100, 2000])
    show(
      '1 ×',
      { ...full, network: { ...full.network, steps }, task: { ...full.task, minSteps: steps, maxSteps: steps } },
      8,
    );
  for (const batch of [1, 8, 32, 64, 128]) show('1 ×', full, batch);
  show('1 ×, checkpointSteps 25', full, 256, { checkpointSteps: 25 });
}

function measureMemory(world: BenchWorld): void {
  console.log(
    '\n## Memory, forward + backward, each configuration in its own process; peak resident MB, and CPU ms a trial',
  );
  row('batch', 'checkpointSteps', 'peak MB', 'of it before the kernel', 'MB a trial in flight', 'forward + backward');
  const thresholds = '.bench/thresholds.f32';
  writeFileSync(thresholds, Buffer.from(world.parameters.vThresh.buffer));
  const peakOf = (batch: number, checkpointSteps: number) => {
    const args = ['dist/bench/kernel-memory.js', `${batch}`, `${checkpointSteps}`, thresholds];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8' });
    return JSON.parse(out) as { before: number; peak: number; ms: number };
  };
  for (const checkpointSteps of [0, 100, 25]) {
    const least = peakOf(8, checkpointSteps).peak;
    for (const batch of [8, 16, 32, 64]) {
      const { before, peak, ms } = peakOf(batch, checkpointSteps);
      const slope = batch === 8 ? '' : (peak - least) / (batch - 8);
      row(`${batch}`, `${checkpointSteps}`, peak, before, slope, ms);
    }
  }
}

function measureSimulators(world: BenchWorld): void {
  const batch = 8;
  const inputs = inputsOf(world, batch);
  console.log(
    `\n## Forward only, 500 ms trials, 1 thread, same network and input spikes; CPU ms a trial without set-up`,
  );
  row('simulator', 'ms a trial', 'least', 'spikes a trial', 'ms / kernel');
  using(world, {}, (kernel) => {
    const { counts } = kernel.forward(inputs, false);
    const ms = least(cpuMs, 4, () => kernel.forward(inputs, false)) / batch;
    row('this kernel, batch 8', ms, ms, `${Math.round(counts.reduce((x, y) => x + y, 0) / batch)}`, 1);
    for (const name of ['nest', 'brian2'] as const) {
      const peer = runSimulator(name, world, inputs);
      row(name, peer.ms, peer.least, `${Math.round(peer.spikes / batch)}`, peer.least / ms);
    }
  });
}

function measurePeers(world: BenchWorld): void {
  makeEnvironment();
  const steps = 20;
  const problem = writePeerProblem(world, inputsOf(world, 128), steps);
  console.log(`\n## PyTorch and SNN libraries, 1 thread, ${steps} steps scaled to 500; CPU ms a trial`);
  row('form', 'batch', 'forward', 'backward', 'sum / kernel', 'peak MB');
  const kernel = costOf(world, 16).ms;
  const forms = [
    ['csr', 8],
    ['hybrid', 8],
    ['index_add', 8],
    ['csr', 32],
    ['hybrid', 32],
    ['csr', 64],
    ['hybrid', 64],
    ['csr', 128],
    ['hybrid', 128],
    ['snntorch', 8],
    ['norse', 8],
    ['spikingjelly', 8],
  ] as const;
  const show = (name: string, peer: PeerResult) =>
    row(name, `${peer.batch}`, peer.forward, peer.backward, (peer.forward + peer.backward) / kernel, peer.peakMb);
  for (const [form, batch] of forms) show(form, runPeer(problem, form, batch, steps));
  const { steps: all } = world.network;
  show(`csr, all ${all} steps`, runPeer(writePeerProblem(world, inputsOf(world, 32), all), 'csr', 32, all));
  row('this kernel, drawing its trials', '16', '', kernel, 1, '');
}

const sections: Readonly<Record<string, (world: BenchWorld) => void>> = {
  native: measureNative,
  threads: measureThreads,
  forward: measureForward,
  size: measureSize,
  typed: measureTyped,
  memory: measureMemory,
  simulators: measureSimulators,
  peers: measurePeers,
};
const chosen =
  process.argv.length > 2 ? process.argv.slice(2) : ['native', 'typed', 'threads', 'forward', 'size', 'memory'];
const load = loadavg().map((x) => x.toFixed(1));
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${load.join(' ')} (others run too when > 1)`,
);
const world = settled(1, 500);
console.log(
  `synthetic network: ${world.network.inputSize} inputs, ${world.network.size} cells, ${world.network.colIdx.length} edges, 500 steps`,
);
describeWorld(world);
for (const name of chosen) {
  const measure = sections[name];
  if (measure === undefined)
    throw new RangeError(`no section '${name}', there are: ${Object.keys(sections).join(', ')}`);
  measure(world);
}
