/**
 * A synthetic olfactory system as Codex tables: every cell and connection is invented, counts and spreads are the published ones of
 * FlyWire v783. Knows no files and no pathway. Statistics: synthetic/cell-types.ts, synthetic/projections.ts.
 */
import { deriveKey, type RandomKey, RandomStream } from '../../base/random.ts';
import { syntheticCellTypes } from './cell-types.ts';
import { type SyntheticCell, syntheticCells } from './cells.ts';
import { publishedProjections } from './projections.ts';
import {
  cellTypesTable,
  classificationTable,
  connectionsTable,
  labelsTable,
  namesTable,
  neuronsTable,
} from './tables.ts';
import { type SyntheticPair, wireProjection } from './wiring.ts';

export interface SyntheticOptions {
  /** Size relative to FlyWire v783: 1 gives its counts. 0.02 … 4. */
  readonly scale: number;
  /** A whole number 0 … 2^32 − 1. */
  readonly seed: number;
}

/** Labels that keep the streams of this generator apart. */
const GENERATOR = 0x636f6478;

function fullSize(population: string, subClass: string | undefined): number {
  return syntheticCellTypes()
    .filter((type) => type.population === population && (subClass === undefined || type.subClass === subClass))
    .reduce((sum, type) => sum + type.count, 0);
}

function wireAll(cells: readonly SyntheticCell[], scale: number, key: RandomKey): SyntheticPair[] {
  return publishedProjections.flatMap((statistics, i) =>
    wireProjection(statistics, cells, fullSize, scale, deriveKey(key, 1, i)),
  );
}

/**
 * Codex CSV texts by file name: `connections.csv`, `classification.csv`, `consolidated_cell_types.csv`, `neurons.csv`, `names.csv`,
 * `processed_labels.csv`. At smaller scales cells become fewer but in-degrees stay near the real ones (claws a Kenyon cell, receptor cells
 * a projection neuron, Kenyon cells an MBON), and no population dies out: two APL, all MBONs, two cells of each uniglomerular type.
 * Throws RangeError on a scale or seed out of range. Determinism: the texts are a function of (scale, seed).
 * Cost: about 4 s CPU at scale 1. Pinned by test/connectome/synthetic.test.ts.
 */
export function syntheticCodexTables({ scale, seed }: SyntheticOptions): Record<string, string> {
  if (!(scale >= 0.02 && scale <= 4)) throw new RangeError(`synthetic tables: scale is ${scale}, want 0.02 … 4`);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new RangeError(`synthetic tables: seed is ${seed}, want a whole number 0 … 2^32 − 1`);
  }
  const key = deriveKey([seed, GENERATOR], 0, 0);
  const cells = syntheticCells(scale, new RandomStream(key));
  const pairs = wireAll(cells, scale, key);
  const byId = [...cells].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    'connections.csv': connectionsTable(cells, pairs, new RandomStream(deriveKey(key, 2, 0))),
    'classification.csv': classificationTable(byId),
    'consolidated_cell_types.csv': cellTypesTable(byId),
    'neurons.csv': neuronsTable(byId, new RandomStream(deriveKey(key, 2, 1))),
    'names.csv': namesTable(byId),
    'processed_labels.csv': labelsTable(byId),
  };
}
