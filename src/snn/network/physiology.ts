/**
 * How cells of the pathway fire in the fly, and the limits that a network is held to: the one table from which the loss, the check and the
 * figures take their values. Knows no network and no figures.
 */

/** A limit on one quantity; `lo` or `hi` may be open. */
export interface PhysiologicalLimit {
  readonly lo?: number;
  readonly hi?: number;
  /** Of lo and hi; a fraction is 0 … 1. */
  readonly unit: 'Hz' | 'fraction' | 'ratio';
  /** Where the value comes from; null: a free parameter. */
  readonly source: Source | null;
  /** What is known, or why the value is free. */
  readonly sentence: string;
}

export interface Source {
  /** First author and year. */
  readonly name: string;
  readonly doi: string;
}

const bhandawat: Source = { name: 'Bhandawat 2007', doi: '10.1038/nn1976' };
const nanami: Source = { name: 'Nanami 2024', doi: '10.3389/fnins.2024.1384336' };
const turner: Source = { name: 'Turner 2008', doi: '10.1152/jn.01283.2007' };
const honegger: Source = { name: 'Honegger 2011', doi: '10.1523/JNEUROSCI.1099-11.2011' };
const hige: Source = { name: 'Hige 2015', doi: '10.1038/nature15396' };

export type PhysiologyKey =
  | 'kcRestRate'
  | 'kcRestMost'
  | 'kcAnswered'
  | 'kcRestShare'
  | 'kcCorrelation'
  | 'pnRestRate'
  | 'mbonRestRate'
  | 'mbonStrongest'
  | 'mbonRestShare'
  | 'lnRate'
  | 'pnRate'
  | 'pnMeanRate'
  | 'pnAnswered'
  | 'kcActive'
  | 'kcRate'
  | 'kcSparser'
  | 'mbonRate'
  | 'danRate'
  | 'aplRate';

/**
 * First what cells do at rest (trials without odour) and what an odour adds, then limits on odour trials alone. Rates are means over a whole
 * trial, odour on and off, so they lie below those that are published for the odour's time alone.
 */
export const physiology: Readonly<Record<PhysiologyKey, PhysiologicalLimit>> = {
  kcRestRate: { hi: 0.1, unit: 'Hz', source: turner, sentence: '≈ 0.1 Hz at rest' },
  kcRestMost: { hi: 2, unit: 'Hz', source: null, sentence: 'free parameter: no tonic minority' },
  kcAnswered: {
    lo: 0.03,
    hi: 0.14,
    unit: 'fraction',
    source: turner,
    sentence: '6 ± 5 % of odours; by class 2 to 14 %',
  },
  kcRestShare: {
    hi: 0.3,
    unit: 'fraction',
    source: turner,
    sentence: '0.1 Hz at rest beside 2 to 5 spikes in 6 % of the cells: 15 to 27 % of 500 ms',
  },
  kcCorrelation: {
    hi: 1,
    unit: 'ratio',
    source: null,
    sentence: 'free parameter: training keeps the odours apart',
  },
  pnRestRate: { lo: 1, hi: 10, unit: 'Hz', source: bhandawat, sentence: '≈ 4.5 Hz; Turner 2008: 4.6 ± 4.2' },
  mbonRestRate: { lo: 3, hi: 12, unit: 'Hz', source: nanami, sentence: 'MBON-α1 5.6 to 8.5 Hz' },
  mbonStrongest: {
    lo: 3,
    unit: 'ratio',
    source: nanami,
    sentence: 'MBON-α1 ≈ 85 Hz in the odour, 12 times its rest; the limit is a free parameter',
  },
  mbonRestShare: {
    hi: 0.35,
    unit: 'fraction',
    source: null,
    sentence: 'free parameter: most of its spikes are the odour’s',
  },
  lnRate: { hi: 100, unit: 'Hz', source: null, sentence: 'free parameter: no single LN fires without rest' },
  pnRate: { hi: 150, unit: 'Hz', source: null, sentence: 'free parameter: no single PN fires without rest' },
  pnMeanRate: { lo: 6, hi: 20, unit: 'Hz', source: null, sentence: 'free parameter: PN are awake and not saturated' },
  pnAnswered: { lo: 0.45, hi: 0.73, unit: 'fraction', source: turner, sentence: '59 ± 14 % of odours' },
  kcActive: { lo: 0.03, hi: 0.08, unit: 'fraction', source: honegger, sentence: '≈ 5 %' },
  kcRate: { hi: 3, unit: 'Hz', source: turner, sentence: '≈ 0.1 Hz at rest, 2 to 5 spikes an answer' },
  kcSparser: {
    hi: 0.5,
    unit: 'ratio',
    source: null,
    sentence: 'far sparser than PN; the limit is a free parameter',
  },
  mbonRate: { hi: 60, unit: 'Hz', source: hige, sentence: '≈ 85 Hz in the odour' },
  danRate: { hi: 60, unit: 'Hz', source: null, sentence: 'free parameter: as MBON' },
  aplRate: { hi: 100, unit: 'Hz', source: null, sentence: 'free parameter: APL is graded in the fly' },
};
