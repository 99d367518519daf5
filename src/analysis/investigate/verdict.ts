/** What an investigation says in the end: a verdict in one word, one sentence, and what it does not show. Knows no analysis. */

export type VerdictWord = 'support' | 'contradict' | 'undecided' | 'null result' | 'skipped';

export interface Verdict {
  readonly verdict: VerdictWord;
  /** The one sentence that says it, with its numbers. */
  readonly says: string;
  readonly doesNotShow: string;
}

/** A number with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `0.58 (0.41–0.70)`. */
export function estimateText({ value, low, high }: Estimate, digits = 2): string {
  const shown = (x: number) => x.toFixed(digits).replace('-', '−');
  return `${shown(value)} (${shown(low)}–${shown(high)})`;
}

/** Support where the whole interval lies above `from`, contradict where it lies below, else undecided. */
export function aboveOrBelow({ low, high }: Estimate, from: number): 'support' | 'contradict' | 'undecided' {
  if (low > from) return 'support';
  return high < from ? 'contradict' : 'undecided';
}
