/** What one investigation gives: figures, a picture, a verdict; and the two files that they become. Knows no question. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { type IntervalPanel, intervalFigure } from './interval-figure.ts';
import { plainData, type Verdict } from './verdict.ts';

export interface Investigation {
  readonly verdict: Verdict;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly heading: string;
  readonly panels: readonly IntervalPanel[];
  /** Below the figure: sizes, units of the intervals, controls. */
  readonly notes: readonly string[];
}

/** An investigation that could not be made, and why. */
export function skipped(heading: string, why: string): Investigation {
  const verdict: Verdict = { verdict: 'skipped', says: why, doesNotShow: 'anything' };
  return { verdict, metrics: {}, heading, panels: [], notes: [`Skipped: ${why}.`] };
}

/** The texts of metrics.json and of the picture. */
export function filesOf(own: Investigation): { readonly metrics: string; readonly figure: string } {
  return {
    metrics: `${canonicalJson(plainData({ ...own.verdict, ...own.metrics }))}\n`,
    figure: intervalFigure(own.heading, own.panels, [...own.notes, `${own.verdict.verdict}: ${own.verdict.says}`]),
  };
}
