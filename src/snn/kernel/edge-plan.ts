/** The edges as every kernel visits them, and the refusal of networks whose arrays do not fit each other. Knows no parameters and no time. */
import type { KernelNetwork } from './kernel.ts';
import { CELL_BITS } from './layout.ts';

/** What every kernel reads of the edges: rows as the network gives them, R = inputSize + N, each row's edges as they come. */
export interface EdgePlan {
  /** [R + 1] first edge of each row. */
  readonly rowPtr: Int32Array;
  /** [E] where it ends: receptor · N + postsynaptic cell. */
  readonly target: Int32Array;
}

function expectLength(name: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`kernel: network.${name} has ${got} values, expected ${expected}`);
}

function expectWhole(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`kernel: network.${name} is ${value}, expected a whole number ≥ ${least}`);
  }
}

function expectBelow(name: string, values: ArrayLike<number>, limit: number): void {
  for (let e = 0; e < values.length; e++) {
    if (!(values[e]! >= 0 && values[e]! < limit)) {
      throw new RangeError(`kernel: network.${name}[${e}] is ${values[e]}, expected 0 … ${limit - 1}`);
    }
  }
}

/** Cells that the words of the kernel's lists can number. */
const mostCells = 2 ** CELL_BITS;

function checkNetwork(network: KernelNetwork): void {
  const { inputSize, size, rowPtr, colIdx, receptor, synCount, gainIdx } = network;
  expectWhole('inputSize', inputSize, 0);
  expectWhole('size', size, 1);
  expectWhole('steps', network.steps, 1);
  expectWhole('gainCount', network.gainCount, 0);
  for (const [name, cells] of [
    ['inputSize', inputSize],
    ['size', size],
  ] as const) {
    if (cells > mostCells) throw new RangeError(`kernel: network.${name} is ${cells}, the most is ${mostCells}`);
  }
  const edges = colIdx.length;
  expectLength('rowPtr', rowPtr.length, inputSize + size + 1);
  expectLength('receptor', receptor.length, edges);
  expectLength('synCount', synCount.length, edges);
  expectLength('gainIdx', gainIdx.length, edges);
  if (rowPtr[0] !== 0 || rowPtr[rowPtr.length - 1] !== edges) {
    throw new RangeError(`kernel: network.rowPtr runs ${rowPtr[0]} … ${rowPtr.at(-1)}, expected 0 … E = ${edges}`);
  }
  for (let row = 1; row < rowPtr.length; row++) {
    if (rowPtr[row]! < rowPtr[row - 1]!) throw new RangeError(`kernel: network.rowPtr falls at ${row}`);
  }
  expectBelow('colIdx', colIdx, size);
  expectBelow('receptor', receptor, 2);
  expectBelow('synCount', synCount, 2 ** 24);
  expectBelow('gainIdx', gainIdx, Math.max(1, network.gainCount));
}

/** @throws RangeError with the array's name when shapes or indices do not fit. cost: O(E), once. */
export function planEdges(network: KernelNetwork): EdgePlan {
  checkNetwork(network);
  const { rowPtr, colIdx, receptor, size } = network;
  return { rowPtr, target: colIdx.map((cell, e) => receptor[e]! * size + cell) };
}
