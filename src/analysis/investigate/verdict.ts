/** What an investigation says in the end: a verdict in one word, one sentence, and what it does not show. Knows no analysis. */
import { significant } from '../../base/numbers.ts';

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

/** The same data with null for numbers that JSON cannot hold, typed arrays as lists, numbers to six digits. */
export function plainData(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? significant(value) : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plainData);
  if (Array.isArray(value)) return value.map(plainData);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, plainData(own)]));
}
