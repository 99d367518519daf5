/** A comparison under its plan → support, contradict, undecided or null result, the sentence that says it, and what it does not show. */
import { figure } from '../../drawing/svg.ts';
import type { Comparison, Contrast } from './comparison.ts';
import type { Outcome } from './plan.ts';

export type VerdictName = 'support' | 'contradict' | 'undecided' | 'null result';

export interface Verdict {
  readonly verdict: VerdictName;
  readonly sentence: string;
  readonly doesNotShow: string;
  /** Each contrast of the primary outcome by itself. */
  readonly parts: readonly { readonly level: string; readonly verdict: VerdictName; readonly sentence: string }[];
}

/**
 * By the plan alone: a difference (q ≤ α) as expected supports, the other way round contradicts; a mean difference within ± margin (equivalence
 * q ≤ α) is a null result, also where it differs from 0, and supports where `equal` was expected; everything else is undecided, and so is everything
 * with fewer replicates than the plan asks for. Pinned by test/analysis/compare/verdict.test.ts.
 */
export function judge(comparison: Comparison): Verdict {
  const { plan, contrasts } = comparison;
  const outcome = plan.outcomes[plan.primary]!;
  const own = contrasts.filter((one) => one.outcome === plan.primary);
  const asked = plan.against === null ? own : own.filter(({ level }) => level === plan.against);
  if (own.length > 0 && asked.length === 0)
    throw new RangeError(
      `compare: plan.against is '${plan.against}'; compared are ${own.map(({ level }) => level).join(', ')}`,
    );
  const parts = own.map((one) => ({
    level: one.level,
    ...judgeContrast(one, outcome, plan.alpha, plan.leastReplicates),
  }));
  const of = parts.filter(({ level }) => asked.some((one) => one.level === level));
  const first = of[0];
  if (first === undefined)
    return { verdict: 'undecided', sentence: describe(comparison), doesNotShow: plan.doesNotShow, parts };
  const least = Math.max(2, plan.leastReplicates);
  const n = Math.min(...asked.map(({ test }) => test.n));
  const few = n < least ? `${n} of the ${least} replicates that the plan asks for, which decides nothing: ` : '';
  const agree = of.every(({ verdict }) => verdict === first.verdict);
  const verdict = agree ? first.verdict : 'undecided';
  const mixed = agree ? few : `${few}the comparisons do not agree. `;
  return {
    verdict,
    sentence: mixed + of.map(({ sentence }) => sentence).join(' '),
    doesNotShow: plan.doesNotShow,
    parts,
  };
}

function judgeContrast(
  contrast: Contrast,
  outcome: Outcome,
  alpha: number,
  least: number,
): { readonly verdict: VerdictName; readonly sentence: string } {
  const { test, q, equivalenceQ } = contrast;
  const said = sentenceOf(contrast, outcome);
  if (test.n < Math.max(2, least)) return { verdict: 'undecided', sentence: `${said}.` };
  const margin = `± ${figure(outcome.margin)} ${outcome.unit}`;
  if (equivalenceQ <= alpha)
    return {
      verdict: outcome.expected === 'equal' ? 'support' : 'null result',
      sentence: `${said}: within ${margin} (equivalence q = ${figure(equivalenceQ)}).`,
    };
  if (q > alpha || outcome.expected === null)
    return {
      verdict: 'undecided',
      sentence: `${said}: neither a difference (q = ${figure(q)}) nor equality within ${margin} is shown.`,
    };
  const asExpected = outcome.expected !== 'equal' && test.mean > 0 === (outcome.expected === 'higher');
  return {
    verdict: asExpected ? 'support' : 'contradict',
    sentence: `${said} (q = ${figure(q)}), where ${outcome.expected} was expected.`,
  };
}

function sentenceOf({ level, than, test, interval }: Contrast, outcome: Outcome): string {
  const bounds = interval ?? { low: test.low, high: test.high };
  // Finer than a thousandth of what counts is noise of the figures' digits.
  const said = (value: number): string => figure(Math.round((value / outcome.margin) * 1000) * (outcome.margin / 1000));
  const range = Number.isFinite(bounds.low) ? ` [${said(bounds.low)}, ${said(bounds.high)}]` : '';
  const direction = test.mean < 0 ? 'below' : 'above';
  const what = level === '' ? '' : ` of ${level}`;
  return `${outcome.label}${what} lies ${said(Math.abs(test.mean))} ${outcome.unit} ${direction} ${than}${range}, n = ${test.n}`;
}

function describe({ plan, levels }: Comparison): string {
  const own = levels.filter(({ outcome }) => outcome === plan.primary);
  const { label, unit } = plan.outcomes[plan.primary]!;
  const said = own.map(
    ({ level, mean, sd, replicates }) =>
      `${level === '' ? '' : `${level}: `}${figure(mean)} ± ${figure(sd)} ${unit} (mean ± SD of ${replicates.length})`,
  );
  return `${label}: ${said.join('; ')}. The plan compares it with nothing.`;
}
