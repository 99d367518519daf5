/** The trained model exactly as training and evaluation run it: 32-bit floats, the WebAssembly kernel. Knows no board. */
import type { Kernel, KernelInput } from '../../snn/kernel/kernel.ts';
import { openKernel } from '../../snn/kernel/open-kernel.ts';
import type { Model } from '../../snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../../snn/network/simulate.ts';
import type { InputSpikes } from './integer-simulator.ts';
import { type Raster, RasterBuilder } from './raster.ts';

function kernelInput({ stepPtr, cell }: InputSpikes): KernelInput {
  return { stepPtr, cell: Uint16Array.from(cell) };
}

/** One model, ready to run from rest on the caller's thread. Must be closed. */
export class TrainedSimulator {
  private readonly kernel: Kernel;
  private readonly steps: number;
  private readonly size: number;

  constructor(model: Model) {
    this.steps = model.steps;
    this.size = model.network.topology.size;
    this.kernel = openKernel('wasm', kernelNetworkOf(model.network, model.steps));
    this.kernel.setParameters(kernelParametersOf(model.network));
  }

  /** Spikes of one trial. */
  run(input: InputSpikes): Raster {
    const { spikes } = this.kernel.record(kernelInput(input));
    const builder = new RasterBuilder(this.steps);
    const fired = new Int32Array(this.size);
    for (let t = 0; t < this.steps; t++) {
      let count = 0;
      for (let i = 0; i < this.size; i++) if (spikes[t * this.size + i] === 1) fired[count++] = i;
      builder.add(fired, count);
    }
    return builder.build();
  }

  /** Spike counts [B, N] of many trials: faster than `run`, the same spikes. */
  counts(inputs: readonly InputSpikes[], onBatch: (done: number) => void): Float32Array {
    return spikeCounts(this.kernel, { inputs: inputs.map(kernelInput) }, { onBatch });
  }

  close(): void {
    this.kernel.close();
  }
}
