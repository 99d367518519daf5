/** Small made-up pathways, models and input spikes for tests; the same seed is the same data. */
import { RandomStream } from '../../src/base/random.ts';
import type { Pathway, Population, Projection } from '../../src/connectome/pathway.ts';
import type { KernelInput } from '../../src/snn/kernel/kernel.ts';
import type { CellParameters, Model, Readout, Topology } from '../../src/snn/network/network.ts';
import { buildTopology } from '../../src/snn/network/topology.ts';

export interface RandomModelOptions {
  readonly seed?: number;
  /** Cells of each population; the first is the input. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Which projections there are; an inhibitory population is one listed in `inhibitory`. */
  readonly projections?: readonly (readonly [string, string])[];
  readonly inhibitory?: readonly string[];
  readonly connectionProbability?: number;
  readonly steps?: number;
  readonly classes?: number;
  readonly refractorySteps?: number;
}

const defaults = {
  seed: 1,
  sizes: { ORN: 24, LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 },
  projections: [
    ['ORN', 'LN'],
    ['ORN', 'PN'],
    ['LN', 'LN'],
    ['LN', 'PN'],
    ['PN', 'LN'],
    ['PN', 'KC'],
    ['KC', 'APL'],
    ['APL', 'KC'],
    ['KC', 'MBON'],
  ],
  inhibitory: ['LN', 'APL'],
  connectionProbability: 0.4,
  steps: 60,
  classes: 3,
  refractorySteps: 2,
} as const satisfies RandomModelOptions;

/** A pathway with cell types `<population>-0`, `<population>-1`, alternating. */
export function randomPathway(options: RandomModelOptions = {}): Pathway {
  const o = { ...defaults, ...options };
  const random = new RandomStream([o.seed, 0x70617468]);
  const populations = Object.entries(o.sizes).map(([name, size], p): Population => {
    const even = Int32Array.from({ length: size }, (_, i) => i % 2);
    return {
      name,
      size,
      rootIds: BigInt64Array.from({ length: size }, (_, i) => 720575940600000000n + BigInt(p * 100000 + i)),
      types: [`${name}-0`, `${name}-1`],
      typeIdx: even,
      side: Uint8Array.from({ length: size }, (_, i) => 1 + (i % 2)),
      transmitters: [o.inhibitory.some((n) => n === name) ? 'GABA' : 'ACH'],
      transmitterIdx: new Uint8Array(size),
    };
  });
  const sizeOf = (name: string) => (o.sizes as Readonly<Record<string, number>>)[name]!;
  const projections = o.projections.map(([pre, post]): Projection => {
    const rowPtr = [0];
    const colIdx: number[] = [];
    for (let i = 0; i < sizeOf(pre); i++) {
      for (let j = 0; j < sizeOf(post); j++) {
        if ((pre !== post || i !== j) && random.uniform() < o.connectionProbability) colIdx.push(j);
      }
      rowPtr.push(colIdx.length);
    }
    const sign = o.inhibitory.some((name) => name === pre) ? -1 : 1;
    return {
      pre,
      post,
      rowPtr: Int32Array.from(rowPtr),
      colIdx: Int32Array.from(colIdx),
      synCount: Int32Array.from(colIdx, () => 1 + random.below(20)),
      sign: Int8Array.from(colIdx, () => sign),
    };
  });
  return { populations, projections, provenance: { source: 'random pathway of the tests' } };
}

/** A model on a random pathway whose cells fire at some tens of hertz under `randomInput`. */
export function randomModel(options: RandomModelOptions = {}): Model {
  const o = { ...defaults, ...options };
  const topology = buildTopology(randomPathway(options), { inputPopulation: Object.keys(o.sizes)[0]! });
  const random = new RandomStream([o.seed, 0x6d6f646c]);
  const gainNa = Float32Array.from(
    topology.gainNames,
    (name) => (name.endsWith('inh') ? 0.01 : 0.02) * (0.5 + random.uniform()),
  );
  const last = topology.populations[topology.populations.length - 1]!;
  return {
    network: {
      topology,
      cells: randomCells(topology.size, random, o.refractorySteps),
      gainNa,
      weightNa: Float32Array.from(topology.synCount, (n, e) => gainNa[topology.gainIdx[e]!]! * n),
      dtMs: 1,
    },
    readouts: [randomReadout(topology, last.name, o.classes, random)],
    steps: o.steps,
    typeNames: topology.populations.flatMap((p) => [`${p.name}-0`, `${p.name}-1`]),
    typeIdx: Int32Array.from(
      topology.populations.flatMap((p, at) => Array.from({ length: p.size }, (_, i) => 2 * at + (i % 2))),
    ),
    provenance: { source: 'random model of the tests', seed: o.seed },
  };
}

function randomCells(size: number, random: RandomStream, refractory: number): CellParameters {
  const around = (value: number, spread = 0.2) =>
    Float32Array.from({ length: size }, () => value * (1 + spread * (2 * random.uniform() - 1)));
  return {
    vRestMv: new Float32Array(size),
    vResetMv: new Float32Array(size),
    vThreshMv: around(10),
    tauMMs: around(15),
    cmNf: new Float32Array(size).fill(0.25),
    iOffsetNa: around(0.01, 1),
    tauSynEMs: around(5),
    tauSynIMs: around(10),
    refractorySteps: new Int32Array(size).fill(refractory),
  };
}

function randomReadout(topology: Topology, population: string, classes: number, random: RandomStream): Readout {
  const size = topology.populations.find((p) => p.name === population)!.size;
  const values = (n: number) => Float32Array.from({ length: n }, () => 2 * random.uniform() - 1);
  return {
    population,
    classes: Array.from({ length: classes }, (_, c) => `odour-${c}`),
    weight: values(classes * size),
    bias: values(classes),
    mean: values(size),
    scale: values(size).map((v) => 1 + 0.5 * v),
  };
}

/** Input spikes of one trial: every input cell fires with that probability in every step. */
export function randomInput(inputSize: number, steps: number, probability = 0.1, seed = 1, trial = 0): KernelInput {
  const random = new RandomStream([seed, 0x696e7075], trial);
  const stepPtr = new Int32Array(steps + 1);
  const cell: number[] = [];
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < inputSize; i++) if (random.uniform() < probability) cell.push(i);
    stepPtr[t + 1] = cell.length;
  }
  return { stepPtr, cell: Uint16Array.from(cell) };
}
