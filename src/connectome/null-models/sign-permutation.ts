/** Exchanges the transmitters of a group's senders: one of the shuffled controls. Every cell keeps one sign (Dale's rule). */
import { deriveKey, type RandomKey, RandomStream } from '../../base/random.ts';
import type { Pathway, Population } from '../pathway.ts';
import { type CellGroups, cellsByGroup } from './cell-groups.ts';
import { edgesOf } from './edge-list.ts';

/** The sign of each cell's edges, 0 without any. Throws RangeError on a cell with edges of both signs. */
function cellSigns({ projections }: Pathway, { name, size, rootIds }: Population): Int8Array {
  const signs = new Int8Array(size);
  for (const projection of projections.filter(({ pre }) => pre === name)) {
    const { pre, sign } = edgesOf(projection);
    sign.forEach((s, e) => {
      const cell = pre[e]!;
      if (signs[cell] !== 0 && signs[cell] !== s) {
        const advice = 'permuteSigns needs one sign a cell: transmitterRule neuron or majority';
        throw new RangeError(`null model: ${name} cell ${rootIds[cell]} has edges of both signs; ${advice}`);
      }
      signs[cell] = s;
    });
  }
  return signs;
}

interface Exchanged {
  readonly population: Population;
  readonly signs: Int8Array;
}

function exchange(population: Population, signs: Int8Array, groups: CellGroups, random: RandomStream): Exchanged {
  const transmitterIdx = population.transmitterIdx.slice();
  const exchanged = signs.slice();
  for (const cells of cellsByGroup(groups)) {
    const senders = cells.filter((cell) => signs[cell] !== 0);
    const givers = random.shuffle([...senders]);
    senders.forEach((cell, i) => {
      transmitterIdx[cell] = population.transmitterIdx[givers[i]!]!;
      exchanged[cell] = signs[givers[i]!]!;
    });
  }
  return { population: { ...population, transmitterIdx }, signs: exchanged };
}

/** The pathway with the transmitters, and so the signs, of each group's sending cells permuted. */
export function permuteSigns(pathway: Pathway, groups: ReadonlyMap<string, CellGroups>, key: RandomKey): Pathway {
  const exchanged = new Map(
    pathway.populations.map((population, p): [string, Exchanged] => [
      population.name,
      exchange(
        population,
        cellSigns(pathway, population),
        groups.get(population.name)!,
        new RandomStream(deriveKey(key, 1, p)),
      ),
    ]),
  );
  const projections = pathway.projections.map((projection) => {
    const { signs } = exchanged.get(projection.pre)!;
    return { ...projection, sign: Int8Array.from(edgesOf(projection).pre, (cell) => signs[cell]!) };
  });
  return { ...pathway, populations: [...exchanged.values()].map(({ population }) => population), projections };
}
