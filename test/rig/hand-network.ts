/** Networks of a few cells written down edge by edge, and a kernel that answers with counts given in advance, for sums done by hand. */
import type { Kernel, KernelCounts, KernelParameters } from '../../src/snn/kernel/kernel.ts';
import type { CellParameters, SpikingNetwork, Topology } from '../../src/snn/network/network.ts';

/** From a row (input cells first, then spiking cells) to a spiking cell. */
export interface HandEdge {
  readonly row: number;
  readonly cell: number;
  readonly synapses?: number;
  readonly inhibitory?: boolean;
}

/** Connections of `inputSize` input cells and the spiking cells of `sizes`; one gain for each receptor. */
export function handTopology(
  inputSize: number,
  sizes: Readonly<Record<string, number>>,
  edges: readonly HandEdge[],
): Topology {
  let size = 0;
  const populations = Object.entries(sizes).map(([name, n]) => {
    size += n;
    return { name, offset: size - n, size: n };
  });
  const sorted = [...edges].sort((x, y) => x.row - y.row || x.cell - y.cell);
  const receptor = Uint8Array.from(sorted, (e) => (e.inhibitory === true ? 1 : 0));
  return {
    inputPopulation: 'IN',
    inputSize,
    size,
    populations,
    rowPtr: Int32Array.from({ length: inputSize + size + 1 }, (_, row) => sorted.filter((e) => e.row < row).length),
    colIdx: Int32Array.from(sorted, (e) => e.cell),
    receptor,
    synCount: Int32Array.from(sorted, (e) => e.synapses ?? 1),
    gainIdx: Int32Array.from(receptor),
    gainNames: ['all exc', 'all inh'],
  };
}

/** Equal cells: rest and reset at 0 mV, threshold 10 mV, tauM 15 ms, 1 nF, tauSyn 5 and 10 ms. */
export function handNetwork(topology: Topology, weightNa: Float32Array): SpikingNetwork {
  const all = (value: number) => new Float32Array(topology.size).fill(value);
  const cells: CellParameters = {
    vRestMv: all(0),
    vResetMv: all(0),
    vThreshMv: all(10),
    tauMMs: all(15),
    cmNf: all(1),
    iOffsetNa: all(0),
    tauSynEMs: all(5),
    tauSynIMs: all(10),
    refractorySteps: new Int32Array(topology.size).fill(2),
  };
  return { topology, cells, weightNa, dtMs: 1 };
}

/** A kernel that runs nothing: each forward run of B trials answers with the next B rows of counts. */
export class CountsInAdvance implements Kernel {
  readonly name = 'reference';
  readonly threads = 1;
  /** Parameters in the order in which they were set. */
  readonly given: KernelParameters[] = [];
  private readonly rows: number[][];

  constructor(rows: readonly (readonly number[])[]) {
    this.rows = rows.map((row) => [...row]);
  }

  setParameters(parameters: KernelParameters): void {
    this.given.push(parameters);
  }

  forward(inputs: readonly unknown[]): KernelCounts {
    return { counts: Float32Array.from(this.rows.splice(0, inputs.length).flat()), events: 0, nonFinite: [] };
  }

  forwardTrials(trials: readonly unknown[]): KernelCounts {
    return this.forward(trials);
  }

  setTask(): void {}
  close(): void {}

  backward(): never {
    throw new Error('no gradients here');
  }

  record(): never {
    throw new Error('no voltages here');
  }
}
