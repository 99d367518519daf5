/** Whether a pathway holds together: lengths, index ranges, CSR order. Knows no files and no rules. */
import type { Pathway, Population, Projection } from './pathway.ts';

function requireThat(holds: boolean, message: () => string): void {
  if (!holds) throw new RangeError(`pathway: ${message()}`);
}

function checkLength(where: string, array: { readonly length: number }, wanted: number): void {
  requireThat(array.length === wanted, () => `${where} has ${array.length} values, want [${wanted}]`);
}

function checkIndices(where: string, values: ArrayLike<number>, end: number): void {
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    requireThat(v >= 0 && v < end, () => `${where}[${i}] is ${v}, want 0 … ${end - 1}`);
  }
}

function checkPopulation(population: Population): void {
  const { name, size, rootIds, typeIdx, side, transmitterIdx } = population;
  for (const [field, array] of Object.entries({ rootIds, typeIdx, side, transmitterIdx })) {
    checkLength(`${name}.${field}`, array, size);
  }
  for (let i = 1; i < size; i++) {
    requireThat(rootIds[i - 1]! < rootIds[i]!, () => `${name}.rootIds is not ascending at cell ${i}`);
  }
  checkIndices(`${name}.typeIdx`, typeIdx, population.types.length);
  checkIndices(`${name}.side`, side, 3);
  checkIndices(`${name}.transmitterIdx`, transmitterIdx, population.transmitters.length);
}

function checkColumns(where: string, { rowPtr, colIdx }: Projection): void {
  for (let row = 0; row + 1 < rowPtr.length; row++) {
    for (let e = rowPtr[row]! + 1; e < rowPtr[row + 1]!; e++) {
      requireThat(colIdx[e - 1]! < colIdx[e]!, () => `${where}.colIdx is not ascending in row ${row}`);
    }
  }
}

function checkProjection(projection: Projection, pre: Population, post: Population): void {
  const where = `${projection.pre}→${projection.post}`;
  const { rowPtr, colIdx, synCount, sign } = projection;
  checkLength(`${where}.rowPtr`, rowPtr, pre.size + 1);
  requireThat(rowPtr[0] === 0, () => `${where}.rowPtr begins with ${rowPtr[0]}, want 0`);
  for (let row = 0; row < pre.size; row++) {
    requireThat(rowPtr[row]! <= rowPtr[row + 1]!, () => `${where}.rowPtr falls at row ${row}`);
  }
  for (const [field, array] of Object.entries({ colIdx, synCount, sign })) {
    checkLength(`${where}.${field}`, array, rowPtr[pre.size]!);
  }
  checkIndices(`${where}.colIdx`, colIdx, post.size);
  checkColumns(where, projection);
  for (let e = 0; e < colIdx.length; e++) {
    requireThat(synCount[e]! >= 1, () => `${where}.synCount[${e}] is ${synCount[e]}, want ≥ 1`);
    requireThat(sign[e] === 1 || sign[e] === -1, () => `${where}.sign[${e}] is ${sign[e]}, want 1 or -1`);
  }
}

/**
 * Passes a pathway whose arrays fit together: lengths, indices in range, ids and columns ascending, counts ≥ 1, signs ±1, names unique.
 * Throws RangeError that names the array and the place. cost: one pass over cells and edges. Pinned by test/connectome/pathway-file.test.ts.
 */
export function checkPathway(pathway: Pathway): void {
  const byName = new Map<string, Population>();
  for (const population of pathway.populations) {
    requireThat(!byName.has(population.name), () => `two populations are named '${population.name}'`);
    byName.set(population.name, population);
    checkPopulation(population);
  }
  const seen = new Set<string>();
  for (const projection of pathway.projections) {
    const { pre, post } = projection;
    for (const name of [pre, post]) {
      requireThat(
        byName.has(name),
        () => `projection ${pre}→${post}: no population '${name}', there are: ${[...byName.keys()].join(', ')}`,
      );
    }
    const key = JSON.stringify([pre, post]);
    requireThat(!seen.has(key), () => `two projections go from ${pre} to ${post}`);
    seen.add(key);
    checkProjection(projection, byName.get(pre)!, byName.get(post)!);
  }
}
