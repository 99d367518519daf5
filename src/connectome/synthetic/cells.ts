/** The cells of the synthetic olfactory system: ids, types, sides, transmitters. Knows no edges and no CSV. */
import type { RandomStream } from '../../base/random.ts';
import { type CellType, syntheticCellTypes } from './cell-types.ts';

export interface SyntheticCell {
  readonly id: bigint;
  readonly kind: CellType;
  /** Where it lies: 1 left, 2 right. */
  readonly side: 1 | 2;
  /** Whether the tables tell the side. */
  readonly sideKnown: boolean;
  /** What it releases. */
  readonly transmitter: string;
  /** What the tables predict; '' where the prediction is not sure. */
  readonly predicted: string;
}

/** Ids look like v783's (18 digits, beyond 2^53) but lie in a range that FlyWire does not use; neighbours collide as doubles. */
const FIRST_ID = 720575940999000000n;

/** Shares of [true transmitter, prediction] pairs, in per mille. */
const transmitters: Readonly<Record<string, readonly Share[]>> = {
  ORN: [
    ['ACH', 'ACH', 623],
    ['ACH', 'SER', 171],
    ['ACH', 'GABA', 1],
    ['ACH', '', 205],
  ],
  LN: [
    ['GABA', 'GABA', 265],
    ['GLUT', 'GLUT', 227],
    ['ACH', 'ACH', 101],
    ['GABA', 'SER', 56],
    ['GABA', '', 200],
    ['GLUT', '', 151],
  ],
  PN: [['ACH', 'ACH', 1000]],
  multiglomerular: [
    ['ACH', 'ACH', 480],
    ['GABA', 'GABA', 500],
    ['GLUT', 'GLUT', 20],
  ],
  KC: [['ACH', 'ACH', 1000]],
  APL: [['GABA', 'GABA', 1000]],
  DPM: [['DA', 'DA', 1000]],
  MBON: [
    ['ACH', 'ACH', 531],
    ['GLUT', 'GLUT', 240],
    ['GABA', 'GABA', 177],
    ['ACH', '', 52],
  ],
  DAN: [
    ['DA', 'DA', 861],
    ['DA', '', 139],
  ],
  ALIN: [['ACH', 'ACH', 1000]],
};

/** Cells of each type at a scale: counts × scale, remainders carried on within a population and sub-class, never fewer than `least`. */
function scaledCounts(types: readonly CellType[], scale: number): number[] {
  const carries = new Map<string, number>();
  return types.map((type) => {
    const key = `${type.population}/${type.subClass}`;
    const wanted = type.count * scale + (carries.get(key) ?? 0);
    const count = Math.max(Math.min(type.least, type.count), Math.round(wanted));
    carries.set(key, Math.max(-0.5, wanted - count));
    return count;
  });
}

type Share = readonly [actual: string, predicted: string, perMille: number];

/** The share that u in [0, 1) falls on. */
function pickShare(shares: readonly Share[], u: number): Share {
  let left = u * shares.reduce((sum, [, , share]) => sum + share, 0);
  const found = shares.find(([, , share]) => {
    left -= share;
    return left < 0;
  });
  return found ?? shares[shares.length - 1]!;
}

/** The true transmitter is one of the type (as in the fly), the doubt about it one of the cell. */
function transmitterOf(kind: CellType, typeDraw: number, cellDraw: number): readonly [string, string] {
  const shares = transmitters[kind.subClass] ?? transmitters[kind.population]!;
  const [actual] = pickShare(shares, typeDraw);
  const doubts = shares.filter(([other]) => other === actual);
  return [actual, pickShare(doubts, cellDraw)[1]];
}

/**
 * All cells at a scale, grouped by type in the order of the type table; sides alternate within a type, ids are in random order.
 * Determinism: a function of (scale, random's key).
 */
export function syntheticCells(scale: number, random: RandomStream): SyntheticCell[] {
  const types = syntheticCellTypes();
  const counts = scaledCounts(types, scale);
  const total = counts.reduce((a, b) => a + b, 0);
  const places = random.shuffle(Array.from({ length: total }, (_, i) => i));
  let next = 0;
  let turn = 0;
  return types.flatMap((kind, t) => {
    const typeDraw = random.uniform();
    return Array.from({ length: counts[t]! }, (): SyntheticCell => {
      const [transmitter, predicted] = transmitterOf(kind, typeDraw, random.uniform());
      return {
        ...{ kind, transmitter, predicted },
        id: FIRST_ID + BigInt(places[next++]! * 7 + 1),
        side: ++turn % 2 === 0 ? 1 : 2,
        sideKnown: kind.population !== 'ORN' || random.uniform() >= 0.013,
      };
    });
  });
}
