/** Refuses spike lists that do not fit the network. Knows no parameters. */
import type { KernelInput, KernelNetwork } from './kernel.ts';

/** @throws RangeError when stepPtr is no CSR of T steps, or cells are not ascending numbers below inputSize. cost: O(T + spikes). */
export function checkInput(network: KernelNetwork, input: KernelInput, trial: number): void {
  const { stepPtr, cell } = input;
  if (stepPtr.length !== network.steps + 1 || stepPtr[0] !== 0 || stepPtr[network.steps] !== cell.length) {
    throw new RangeError(
      `kernel: input ${trial} has stepPtr[${stepPtr.length}] ending at ${stepPtr.at(-1)}, expected [T + 1] = [${network.steps + 1}] ending at ${cell.length}`,
    );
  }
  for (let t = 0; t < network.steps; t++) {
    if (stepPtr[t + 1]! < stepPtr[t]!) throw new RangeError(`kernel: input ${trial} has a stepPtr that falls at ${t}`);
    for (let k = stepPtr[t]!; k < stepPtr[t + 1]!; k++) {
      const ascending = k === stepPtr[t]! || cell[k]! > cell[k - 1]!;
      if (cell[k]! >= network.inputSize || !ascending) {
        throw new RangeError(
          `kernel: input ${trial}, step ${t}: cell ${cell[k]}, expected ascending cells below ${network.inputSize}`,
        );
      }
    }
  }
}

/** @throws RangeError unless dL/dcounts is [B, N] of the last forward with a tape. */
export function checkCountGradient(countGradient: Float32Array, batch: number, size: number): void {
  if (batch === 0) throw new Error('kernel: backward needs a forward with tape = true first');
  if (countGradient.length !== batch * size) {
    throw new RangeError(`kernel: countGradient has ${countGradient.length} values, expected [B, N] = ${batch * size}`);
  }
}
