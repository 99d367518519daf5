/** The network that the kernel is measured on: the sizes, projections and rates of the fly's pathway, drawn at random. Knows no kernel's insides. */
import { exp } from '../src/base/exp.ts';
import { RandomStream } from '../src/base/random.ts';
import type { Kernel, KernelNetwork, KernelParameters, KernelTask, KernelTrial } from '../src/snn/kernel/kernel.ts';

/** Cells of each population of FlyWire v783 by the project's rules; ORN is the input. */
const sizes = { ORN: 2279, LN: 426, PN: 684, KC: 5177, APL: 2, MBON: 96, DAN: 331 } as const;
type Population = keyof typeof sizes;
const hidden: readonly Population[] = ['LN', 'PN', 'KC', 'APL', 'MBON', 'DAN'];
/** Hz that thresholds are set for: those of the trained network. */
const targetHz: Readonly<Record<Population, number>> = { ORN: 0, LN: 11, PN: 9.7, KC: 1, APL: 31, MBON: 20, DAN: 0.1 };

/** pre, post, receptor, pairs, mean synapses, cells with an output, cells with an input: counted in the mixed table (110,362 pairs). */
const projections: readonly (readonly [Population, Population, 0 | 1, number, number, number, number])[] = [
  ['ORN', 'LN', 0, 10642, 9.2, 1964, 207],
  ['ORN', 'PN', 0, 8041, 18.9, 2187, 340],
  ['LN', 'LN', 0, 1201, 22, 33, 194],
  ['LN', 'LN', 1, 8512, 29, 362, 373],
  ['LN', 'PN', 0, 914, 10.8, 43, 290],
  ['LN', 'PN', 1, 11169, 16.8, 379, 583],
  ['PN', 'LN', 0, 9217, 17.5, 377, 346],
  ['PN', 'PN', 0, 2627, 14, 410, 567],
  ['PN', 'PN', 1, 217, 14.6, 87, 125],
  ['PN', 'KC', 0, 21505, 14.8, 276, 4721],
  ['PN', 'APL', 0, 200, 16.7, 190, 2],
  ['PN', 'MBON', 0, 38, 20, 19, 13],
  ['PN', 'DAN', 0, 135, 18, 64, 26],
  ['KC', 'KC', 0, 2135, 5.7, 1298, 1297],
  ['KC', 'APL', 0, 5176, 22.6, 5176, 2],
  ['KC', 'MBON', 0, 21070, 8, 5062, 77],
  ['KC', 'DAN', 0, 1326, 6.1, 1106, 104],
  ['APL', 'KC', 1, 5166, 19.1, 2, 5166],
  ['APL', 'PN', 1, 172, 18.9, 2, 172],
  ['APL', 'MBON', 1, 66, 57.2, 2, 59],
  ['APL', 'DAN', 1, 66, 11, 2, 66],
  ['MBON', 'MBON', 0, 196, 21.5, 44, 83],
  ['MBON', 'MBON', 1, 227, 40.2, 32, 67],
  ['MBON', 'APL', 1, 42, 40, 42, 2],
  ['MBON', 'DAN', 0, 138, 11, 42, 75],
  ['MBON', 'DAN', 1, 126, 12.9, 38, 79],
  ['MBON', 'PN', 0, 32, 20, 12, 19],
];

export interface BenchWorld {
  readonly network: KernelNetwork;
  /** [N] index into `names`. */
  readonly populationIdx: Int32Array;
  readonly names: readonly string[];
  readonly task: KernelTask;
  parameters: KernelParameters;
}

interface Edge {
  readonly row: number;
  readonly col: number;
  readonly receptor: number;
  readonly synCount: number;
  readonly gain: number;
}

/** Sorted edges → CSR. */
export function networkOf(
  edges: Edge[],
  inputSize: number,
  size: number,
  gainCount: number,
  steps: number,
): KernelNetwork {
  edges.sort((x, y) => x.row - y.row || x.col - y.col || x.receptor - y.receptor);
  const rowPtr = new Int32Array(inputSize + size + 1);
  for (const { row } of edges) rowPtr[row + 1]!++;
  for (let row = 0; row < inputSize + size; row++) rowPtr[row + 1]! += rowPtr[row]!;
  return {
    inputSize,
    size,
    gainCount,
    steps,
    rowPtr,
    colIdx: Int32Array.from(edges, (edge) => edge.col),
    receptor: Uint8Array.from(edges, (edge) => edge.receptor),
    synCount: Int32Array.from(edges, (edge) => edge.synCount),
    gainIdx: Int32Array.from(edges, (edge) => edge.gain),
  };
}

const scaled = (count: number, scale: number) => Math.max(1, Math.round(count * scale));

/** Draws the projections; degrees are skewed (a few cells have most of the pairs), synapse counts geometric from 5 on. */
function drawEdges(scale: number, stream: RandomStream): { edges: Edge[]; inputSize: number; size: number } {
  const inputSize = scaled(sizes.ORN, scale);
  const offsets: Partial<Record<Population, number>> = { ORN: 0 };
  let size = 0;
  for (const name of hidden) {
    offsets[name] = size;
    size += scaled(sizes[name], scale);
  }
  const edges: Edge[] = [];
  projections.forEach(([pre, post, receptor, pairs, meanSynapses, senders, receivers], gain) => {
    const seen = new Set<number>();
    const base = pre === 'ORN' ? 0 : inputSize + offsets[pre]!;
    const pick = (cells: number, skew: number) => Math.floor(scaled(cells, scale) * stream.uniform() ** skew);
    const skew = pairs > 4 * receivers ? 1.6 : 1;
    const wanted = Math.min(scaled(pairs, scale), (scaled(senders, scale) * scaled(receivers, scale)) >> 1);
    while (seen.size < Math.max(1, wanted)) {
      const row = base + pick(senders, 1.3);
      const col = offsets[post]! + pick(receivers, skew);
      if (seen.has(row * size + col)) continue;
      seen.add(row * size + col);
      const synCount = 5 + Math.floor(-Math.log2(1 - stream.uniform()) * (meanSynapses - 5) * 0.69);
      edges.push({ row, col, receptor, synCount, gain });
    }
  });
  return { edges, inputSize, size };
}

/** 60 odours over 53 receptors; 63 % of responses are 0, the others exponential; trials as in the odour task. */
export function drawTask(
  inputSize: number,
  steps: number,
  receptorOf: (i: number) => number,
  stream: RandomStream,
): KernelTask {
  const odours = 60;
  const onThreshold = new Uint32Array(odours * inputSize);
  for (let c = 0; c < odours; c++) {
    const response = Array.from({ length: 53 }, () => {
      const measured = stream.uniform() < 0.37;
      return measured ? Math.min(1, -0.15 * Math.log(1 - stream.uniform())) : 0;
    });
    for (let i = 0; i < inputSize; i++) {
      onThreshold[c * inputSize + i] = Math.floor(0.001 * (8 + 192 * response[receptorOf(i)]!) * 2 ** 32);
    }
  }
  const offThreshold = new Uint32Array(inputSize).fill(Math.floor(0.008 * 2 ** 32));
  return { onThreshold, offThreshold, seed: 1, minSteps: Math.round(0.14 * steps), maxSteps: steps };
}

/** tauM 15 ms (APL 20), tauSyn 5 and 10 ms, R = 2, half-width 0.5·(vThresh − vReset), damping 0.2; gains 1 / mean input of the population. */
export function startParameters(
  network: KernelNetwork,
  populationIdx: Int32Array,
  names: readonly string[],
): KernelParameters {
  const { size } = network;
  const input = new Float64Array(names.length);
  for (let e = 0; e < network.colIdx.length; e++) {
    if (network.receptor[e] === 0) input[populationIdx[network.colIdx[e]!]!]! += network.synCount[e]!;
  }
  const cells = new Float64Array(names.length);
  for (const p of populationIdx) cells[p]!++;
  const gain = new Float32Array(network.gainCount);
  for (let e = 0; e < network.colIdx.length; e++) {
    const p = populationIdx[network.colIdx[e]!]!;
    gain[network.gainIdx[e]!] = (3 * cells[p]!) / Math.max(1, input[p]!);
  }
  const tauM = Float32Array.from(populationIdx, (p) => (names[p] === 'APL' ? 20 : 15));
  const a = tauM.map((tau) => exp(-1 / tau));
  const [bE, bI] = [exp(-1 / 5), exp(-1 / 10)];
  const fill = (x: number) => new Float32Array(size).fill(x);
  return {
    gain,
    a,
    bE: fill(bE),
    bI: fill(bI),
    drive: fill(0),
    vRest: fill(0),
    vThresh: fill(1),
    vReset: fill(0),
    kE: tauM.map((tau, i) => tau * (1 - a[i]!) * 5 * (1 - bE)),
    kI: tauM.map((tau, i) => tau * (1 - a[i]!) * 10 * (1 - bI)),
    refractorySteps: new Int32Array(size).fill(2),
    surrogateWidth: fill(0.5),
    damping: 0.2,
  };
}

export function withThresholds(parameters: KernelParameters, vThresh: Float32Array): KernelParameters {
  return { ...parameters, vThresh, surrogateWidth: vThresh.map((v, i) => 0.5 * (v - parameters.vReset[i]!)) };
}

export const trialsOf = (count: number, first = 0): KernelTrial[] =>
  Array.from({ length: count }, (_, b) => ({ split: 0, odour: (b * 7) % 60, trial: first + b }));

/** Mean rate of each population, Hz. */
export function ratesOf(world: BenchWorld, counts: Float32Array, batch: number): Float64Array {
  const [spikes, cells] = [new Float64Array(world.names.length), new Float64Array(world.names.length)];
  const { size, steps } = world.network;
  for (let i = 0; i < size; i++) {
    cells[world.populationIdx[i]!]!++;
    for (let b = 0; b < batch; b++) spikes[world.populationIdx[i]!]! += counts[b * size + i]!;
  }
  return spikes.map((x, p) => (1000 * x) / (cells[p]! * batch * steps));
}

/** Homeostasis: moves each population's, then each cell's threshold until rates are near their targets. */
export function settleThresholds(world: BenchWorld, kernel: Kernel, rounds = 50): void {
  kernel.setTask(world.task);
  const { size, steps } = world.network;
  const batch = 8;
  for (let round = 0; round < rounds; round++) {
    kernel.setParameters(world.parameters);
    const { counts } = kernel.forwardTrials(trialsOf(batch, batch * round), false);
    const rates = ratesOf(world, counts, batch);
    const vThresh = world.parameters.vThresh.map((v, i) => {
      const p = world.populationIdx[i]!;
      const target = targetHz[world.names[p] as Population];
      let spikes = 0;
      for (let b = 0; b < batch; b++) spikes += counts[b * size + i]!;
      const own = (1000 * spikes) / (batch * steps);
      const byPopulation = Math.min(1.5, Math.max(0.67, ((rates[p]! + 0.1) / (target + 0.1)) ** 0.4));
      const byCell = Math.min(1.1, Math.max(0.97, ((own + 2) / (target + 2)) ** 0.15));
      return v * (round < rounds / 3 ? byPopulation : byCell);
    });
    world.parameters = withThresholds(world.parameters, vThresh);
  }
  kernel.setParameters(world.parameters);
}

/** The synthetic world at `scale` times the full size. */
export function syntheticWorld(scale = 1, steps = 500): BenchWorld {
  const stream = new RandomStream([7, 0]);
  const { edges, inputSize, size } = drawEdges(scale, stream);
  const network = networkOf(edges, inputSize, size, projections.length, steps);
  const populationIdx = Int32Array.from(
    hidden.flatMap((name, p) => new Array<number>(scaled(sizes[name], scale)).fill(p)),
  );
  const task = drawTask(inputSize, steps, (i) => Math.floor((i * 53) / inputSize), stream);
  return { network, populationIdx, names: hidden, task, parameters: startParameters(network, populationIdx, hidden) };
}

/** Cell types of each population, about as many as FlyWire names. */
const typeCounts: Readonly<Record<Population, number>> = {
  ORN: 53,
  LN: 60,
  PN: 130,
  KC: 12,
  APL: 1,
  MBON: 35,
  DAN: 20,
};

/** The same world with one gain for each (type, type, receptor), as training has: rows of many short segments. */
export function typedGains(world: BenchWorld): BenchWorld {
  const { network, populationIdx, names, parameters } = world;
  const { inputSize, rowPtr, colIdx, receptor } = network;
  const hiddenTypes = Array.from(populationIdx, (p, i) => `${p}.${(i * 7919) % typeCounts[names[p] as Population]}`);
  const inputType = (i: number) => `in.${Math.floor((i * typeCounts.ORN) / inputSize)}`;
  const gainOf = new Map<string, number>();
  const gain: number[] = [];
  const gainIdx = new Int32Array(colIdx.length);
  for (let row = 0; row + 1 < rowPtr.length; row++) {
    const pre = row < inputSize ? inputType(row) : hiddenTypes[row - inputSize]!;
    for (let e = rowPtr[row]!; e < rowPtr[row + 1]!; e++) {
      const key = `${pre} ${hiddenTypes[colIdx[e]!]!} ${receptor[e]!}`;
      if (!gainOf.has(key)) {
        gainOf.set(key, gain.length);
        gain.push(parameters.gain[network.gainIdx[e]!]!);
      }
      gainIdx[e] = gainOf.get(key)!;
    }
  }
  return {
    ...world,
    network: { ...network, gainIdx, gainCount: gain.length },
    parameters: { ...parameters, gain: Float32Array.from(gain) },
  };
}
