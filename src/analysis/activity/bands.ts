/** Whether a network keeps the limits of physiology.ts: which quantity each is measured on, and in which unit it is shown. Knows no simulation. */
import { significant } from '../../base/numbers.ts';
import { type PhysiologicalLimit, physiology } from '../../snn/network/physiology.ts';
import type { Interval } from '../classification/bootstrap.ts';

export type BandKey =
  | 'pnRestRate'
  | 'kcRestRate'
  | 'kcRestMost'
  | 'kcAnswered'
  | 'kcRestShare'
  | 'kcCorrelation'
  | 'mbonRestRate'
  | 'mbonStrongest'
  | 'mbonRestShare'
  | 'pnAnswered'
  | 'kcActive'
  | 'kcRate'
  | 'kcSparser'
  | 'mbonRate'
  | 'aplRate';

interface Quantity {
  /** See BandCheck. */
  readonly lead: boolean;
  readonly name: string;
  /** Of what it is a share. */
  readonly of?: string;
}

/** The measured quantities: what cells do at rest and what an odour adds, in the order of the pathway; then those of odour trials alone. */
const quantities: Readonly<Record<BandKey, Quantity>> = {
  pnRestRate: { lead: true, name: 'PN at rest' },
  kcRestRate: { lead: true, name: 'KC at rest' },
  kcRestMost: { lead: true, name: 'KC at rest, the fastest cell' },
  kcAnswered: { lead: true, name: 'KC answers, of all odours' },
  kcRestShare: { lead: true, name: 'KC spikes of odour trials that are there at rest' },
  kcCorrelation: { lead: true, name: 'KC mean r between odours, over that before training' },
  mbonRestRate: { lead: true, name: 'MBON at rest' },
  mbonStrongest: { lead: true, name: 'MBON in its strongest odours over rest' },
  mbonRestShare: { lead: true, name: 'MBON spikes of odour trials that are there at rest' },
  pnAnswered: { lead: false, name: 'PN answers, of pairs with input response > .05' },
  kcActive: { lead: false, name: 'KC active in a trial', of: 'cells' },
  kcRate: { lead: false, name: 'KC mean rate' },
  kcSparser: { lead: false, name: 'KC active over PN active in a trial' },
  mbonRate: { lead: false, name: 'MBON 90th percentile of cell means' },
  aplRate: { lead: false, name: 'APL mean rate' },
};

export interface BandCheck {
  readonly key: BandKey;
  readonly name: string;
  /** On rest and on what an odour adds; the others see odour trials alone, so a network that fires without odour can keep them. */
  readonly lead: boolean;
  /** Of lo, hi, value and interval: `%` where the limit is a fraction. */
  readonly unit: string;
  readonly lo?: number;
  readonly hi?: number;
  readonly source: string;
  readonly value: number;
  /** Its 95 % interval, where it has one. */
  readonly interval?: readonly [low: number, high: number];
  readonly inside: boolean;
}

/** A limit as it is shown, fractions in %. */
export function shownLimit(key: BandKey): Pick<BandCheck, 'unit' | 'lo' | 'hi' | 'source'> {
  const { lo, hi, unit, source, sentence }: PhysiologicalLimit = physiology[key];
  const factor = unit === 'fraction' ? 100 : 1;
  const { of } = quantities[key];
  return {
    ...(lo === undefined ? {} : { lo: significant(factor * lo) }),
    ...(hi === undefined ? {} : { hi: significant(factor * hi) }),
    unit: unit === 'fraction' ? `%${of === undefined ? '' : ` of ${of}`}` : unit,
    source: source === null ? sentence : `${source.name} (${sentence})`,
  };
}

/** Measured values, with their intervals where they have one: fractions as fractions, rates in Hz. */
export type Measured = Readonly<Partial<Record<BandKey, number | Interval>>>;

/** Checks the measured values that there are, in the order of the table; values that are not finite are left out. */
export function checkBands(measured: Measured): BandCheck[] {
  return (Object.keys(quantities) as BandKey[]).flatMap((key) => {
    const given = measured[key];
    const point = typeof given === 'number' ? given : given?.mean;
    if (given === undefined || point === undefined || !Number.isFinite(point)) return [];
    const { name, lead } = quantities[key];
    const limit = shownLimit(key);
    const factor = limit.unit.startsWith('%') ? 100 : 1;
    const value = factor * point;
    const inside = value >= (limit.lo ?? Number.NEGATIVE_INFINITY) && value <= (limit.hi ?? Number.POSITIVE_INFINITY);
    const interval = typeof given === 'number' ? {} : { interval: [factor * given.low, factor * given.high] as const };
    return [{ key, name, lead, ...limit, value, ...interval, inside }];
  });
}

/** Checks in the order of the table. */
export function inOrder(checks: readonly BandCheck[]): BandCheck[] {
  const keys = Object.keys(quantities);
  return [...checks].sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
}
