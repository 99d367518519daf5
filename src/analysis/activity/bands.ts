/** The physiological bands that a network is held to, and whether it keeps them. Knows no simulation. */

/** What one band says; `lo` or `hi` may be open. */
export interface Band {
  readonly name: string;
  readonly unit: string;
  readonly lo?: number;
  readonly hi?: number;
  readonly source: string;
}

export type BandKey = 'kcActive' | 'kcRate' | 'kcSparser' | 'mbonRate' | 'aplRate' | 'pnAnswered' | 'kcAnswered';

/** The table; in the order of the pathway. */
const bands: Readonly<Record<BandKey, Band>> = {
  pnAnswered: {
    name: 'PN answers, of pairs with input response > .05',
    unit: '%',
    lo: 45,
    hi: 73,
    source: 'Turner 2008 (59 ± 14 % of odours)',
  },
  kcAnswered: {
    name: 'KC answers, of all odours',
    unit: '%',
    lo: 1,
    hi: 11,
    source: 'Turner 2008 (6 ± 5 % of odours)',
  },
  kcActive: { name: 'KC active in a trial', unit: '% of cells', lo: 3, hi: 8, source: 'Honegger 2011 (≈ 5 %)' },
  kcRate: { name: 'KC mean rate', unit: 'Hz', hi: 3, source: 'Turner 2008' },
  kcSparser: {
    name: 'KC active over PN active in a trial',
    unit: 'ratio',
    hi: 0.5,
    source: 'far sparser than PN; the limit is a free parameter',
  },
  mbonRate: {
    name: 'MBON 90th percentile of cell means',
    unit: 'Hz',
    hi: 60,
    source: 'Hige 2015 (≈ 85 Hz in the odour)',
  },
  aplRate: { name: 'APL mean rate', unit: 'Hz', hi: 100, source: 'free parameter: APL is graded in the fly' },
};

export interface BandCheck extends Band {
  readonly key: BandKey;
  readonly value: number;
  readonly inside: boolean;
}

/** Checks the measured values that there are, in the order of the table; values that are not finite are left out. */
export function checkBands(measured: Readonly<Partial<Record<BandKey, number>>>): BandCheck[] {
  return (Object.keys(bands) as BandKey[]).flatMap((key) => {
    const value = measured[key];
    if (value === undefined || !Number.isFinite(value)) return [];
    const band = bands[key];
    const inside = value >= (band.lo ?? Number.NEGATIVE_INFINITY) && value <= (band.hi ?? Number.POSITIVE_INFINITY);
    return [{ key, ...band, value, inside }];
  });
}
