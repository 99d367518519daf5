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
    ['GABA', '', 131],
    ['GLUT', '', 110],
    ['ACH', '', 110],
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

const sharesOf = (kind: CellType): readonly Share[] => transmitters[kind.subClass] ?? transmitters[kind.population]!;

/**
 * The transmitter of each type: one a type, as in the fly. Each type takes the one that is furthest behind its share of the cells so far,
 * after a random start, so that few large types do not decide the whole.
 */
function typeTransmitters(types: readonly CellType[], counts: readonly number[], random: RandomStream): string[] {
  const cells = new Map<readonly Share[], Map<string, number>>();
  return types.map((kind, t) => {
    const shares = sharesOf(kind);
    const names = [...new Set(shares.map(([actual]) => actual))];
    if (!cells.has(shares)) cells.set(shares, new Map(names.map((name) => [name, 6 * random.uniform()])));
    const taken = cells.get(shares)!;
    const all = [...taken.values()].reduce((a, b) => a + b, counts[t]!);
    const shareOf = (name: string): number =>
      shares.reduce((sum, [actual, , share]) => sum + (actual === name ? share / 1000 : 0), 0);
    const lag = (name: string): number => shareOf(name) * all - taken.get(name)!;
    const chosen = names.reduce((best, name) => (lag(name) > lag(best) ? name : best));
    taken.set(chosen, taken.get(chosen)! + counts[t]!);
    return chosen;
  });
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
  const released = typeTransmitters(types, counts, random);
  return types.flatMap((kind, t) => {
    const transmitter = released[t]!;
    const doubts = sharesOf(kind).filter(([actual]) => actual === transmitter);
    return Array.from({ length: counts[t]! }, (): SyntheticCell => {
      const [, predicted] = pickShare(doubts, random.uniform());
      return {
        kind,
        transmitter,
        predicted,
        id: FIRST_ID + BigInt(places[next++]! * 7 + 1),
        side: ++turn % 2 === 0 ? 1 : 2,
        sideKnown: kind.population !== 'ORN' || random.uniform() >= 0.013,
      };
    });
  });
}
