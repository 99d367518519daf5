/** Whether a network keeps the limits of physiology.ts: which quantity each is measured on, and in which unit it is shown. Knows no simulation. */
import { type PhysiologicalLimit, physiology } from '../../snn/network/physiology.ts';

export type BandKey = 'kcActive' | 'kcRate' | 'kcSparser' | 'mbonRate' | 'aplRate' | 'pnAnswered' | 'kcAnswered';

/** The measured quantities, in the order of the pathway. */
const quantities: Readonly<Record<BandKey, { readonly name: string; readonly of?: string }>> = {
  pnAnswered: { name: 'PN answers, of pairs with input response > .05' },
  kcAnswered: { name: 'KC answers, of all odours' },
  kcActive: { name: 'KC active in a trial', of: 'cells' },
  kcRate: { name: 'KC mean rate' },
  kcSparser: { name: 'KC active over PN active in a trial' },
  mbonRate: { name: 'MBON 90th percentile of cell means' },
  aplRate: { name: 'APL mean rate' },
};

export interface BandCheck {
  readonly key: BandKey;
  readonly name: string;
  /** Of lo, hi and value: `%` where the limit is a fraction. */
  readonly unit: string;
  readonly lo?: number;
  readonly hi?: number;
  readonly source: string;
  readonly value: number;
  readonly inside: boolean;
}

/** A limit as it is shown, fractions in %. */
export function shownLimit(key: BandKey): Pick<BandCheck, 'unit' | 'lo' | 'hi' | 'source'> {
  const { lo, hi, unit, source, sentence }: PhysiologicalLimit = physiology[key];
  const factor = unit === 'fraction' ? 100 : 1;
  const of = quantities[key].of;
  return {
    ...(lo === undefined ? {} : { lo: factor * lo }),
    ...(hi === undefined ? {} : { hi: factor * hi }),
    unit: unit === 'fraction' ? `%${of === undefined ? '' : ` of ${of}`}` : unit,
    source: source === null ? sentence : `${source.name} (${sentence})`,
  };
}

/**
 * Checks the measured values that there are (fractions as fractions, rates in Hz), in the order of the table; values that are not finite
 * are left out.
 */
export function checkBands(measured: Readonly<Partial<Record<BandKey, number>>>): BandCheck[] {
  return (Object.keys(quantities) as BandKey[]).flatMap((key) => {
    const given = measured[key];
    if (given === undefined || !Number.isFinite(given)) return [];
    const limit = shownLimit(key);
    const value = limit.unit.startsWith('%') ? 100 * given : given;
    const inside = value >= (limit.lo ?? Number.NEGATIVE_INFINITY) && value <= (limit.hi ?? Number.POSITIVE_INFINITY);
    return [{ key, name: quantities[key].name, ...limit, value, inside }];
  });
}
