/** A whole brain's table of connections as a kernel's network: ORN are inputs, all other cells one recurrent population. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { KernelNetwork } from '../src/snn/kernel/kernel.ts';

/** Transmitters that inhibit in the fly's brain; all others excite. */
const inhibitory = new Set(['GABA', 'GLUT']);

/** Rows of a gzipped CSV, without its header. */
function* rowsOf(path: string): Generator<string[]> {
  const text = gunzipSync(readFileSync(path)).toString('latin1');
  for (let from = text.indexOf('\n') + 1, end = 0; from < text.length; from = end + 1) {
    end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    if (end > from) yield text.slice(from, end).split(',');
  }
}

/** ORN are inputs, numbered as they come, all other cells the network; pairs that end at an ORN are left out. */
export function readBrain(connections: string, cellTypes: string, steps: number): KernelNetwork {
  const isOrn = new Set<string>();
  for (const [id, type] of rowsOf(cellTypes)) if (type?.startsWith('ORN')) isOrn.add(id!);
  const [inputs, cells] = [new Map<string, number>(), new Map<string, number>()];
  const numberOf = (numbers: Map<string, number>, id: string) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const [from, to, weight, sign, fromOrn]: number[][] = [[], [], [], [], []];
  for (const [pre, post, , synapses, transmitter] of rowsOf(connections)) {
    if (isOrn.has(post!)) continue;
    const orn = isOrn.has(pre!);
    from!.push(numberOf(orn ? inputs : cells, pre!));
    to!.push(numberOf(cells, post!));
    weight!.push(Number(synapses));
    sign!.push(inhibitory.has(transmitter!) ? 1 : 0);
    fromOrn!.push(orn ? 1 : 0);
  }
  const inputSize = inputs.size;
  const row = from!.map((x, e) => (fromOrn![e] === 1 ? x : inputSize + x));
  const order = Int32Array.from(row.keys()).sort((x, y) => row[x]! - row[y]! || to![x]! - to![y]!);
  const rowPtr = new Int32Array(inputSize + cells.size + 1);
  for (const r of row) rowPtr[r + 1]! += 1;
  for (let r = 0; r + 1 < rowPtr.length; r++) rowPtr[r + 1]! += rowPtr[r]!;
  const receptor = Uint8Array.from(order, (e) => sign![e]!);
  return {
    ...{ inputSize, size: cells.size, steps, gainCount: 2, rowPtr, receptor },
    colIdx: order.map((e) => to![e]!),
    synCount: order.map((e) => weight![e]!),
    gainIdx: Int32Array.from(receptor),
  };
}
