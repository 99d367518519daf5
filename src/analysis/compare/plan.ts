/** What an experiment's file says will be compared: the plan, as its schema promises it. Compares nothing. */

/** One measured quantity. */
export interface Outcome {
  /** In words, with its unit where `scale` gives it one. */
  readonly label: string;
  /** Dotted name in the gathered metrics; or in the line of an epoch where `epoch` is given. */
  readonly metric: string;
  /** Of metrics.jsonl: a number from 1, or `last`; null: of metrics.json. */
  readonly epoch: number | 'last' | null;
  /** Column of per-odour.csv, for the interval over replicates and odours. */
  readonly perOdour: string | null;
  /** 100 for percentage points. */
  readonly scale: number;
  readonly unit: string;
  /** Differences smaller than this count for nothing, in the unit. */
  readonly margin: number;
  /** What is expected of the compared against the reference, or of the mean against `value`. */
  readonly expected: 'higher' | 'lower' | 'equal' | null;
  /** A published or demanded value, in the unit: the mean is compared with it. */
  readonly value: number | null;
}

export interface ComparePlan {
  readonly question: string;
  /** The axis whose values are compared; null: nothing is, outcomes are held against their `value`. */
  readonly axis: string | null;
  /** The value on the axis that the others are compared with. */
  readonly reference: string | null;
  /** The axes that tell replicates apart; pairs have the same values on them. */
  readonly replicates: readonly string[];
  /** Fewer than these decide nothing. */
  readonly leastReplicates: number;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Which outcome the verdict is about. */
  readonly primary: string;
  /** Which value on the axis the verdict is about; null: all of them must agree. */
  readonly against: string | null;
  readonly alpha: number;
  readonly doesNotShow: string;
}
