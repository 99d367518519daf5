/** A comparison as CSV and as plain data: every replicate, every mean, every contrast. Knows no pictures. */
import { significant } from '../../base/numbers.ts';
import type { Comparison } from './comparison.ts';
import type { Verdict } from './verdict.ts';

type Figure = number | string | null | boolean | readonly Figure[] | { readonly [name: string]: Figure };

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : significant(value);
}

/** One row a replicate: outcome, level, replicate, value, unit. */
export function comparisonCsv({ plan, levels }: Comparison): string {
  const rows = levels.flatMap(({ outcome, level, replicates }) =>
    replicates.map(({ replicate, value }) => [
      outcome,
      level,
      replicate,
      String(significant(value)),
      plan.outcomes[outcome]!.unit,
    ]),
  );
  const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [['outcome', 'level', 'replicate', 'value', 'unit'], ...rows]
    .map((row) => `${row.map(cell).join(',')}\n`)
    .join('');
}

/** Everything, six significant digits: the verdict first. The same comparison is the same data. */
export function comparisonData(comparison: Comparison, verdict: Verdict): Readonly<Record<string, Figure>> {
  const { plan, levels, contrasts } = comparison;
  return {
    question: plan.question,
    verdict: verdict.verdict,
    sentence: verdict.sentence,
    doesNotShow: verdict.doesNotShow,
    unitOfReplication: plan.replicates.join(', '),
    replicates: comparison.replicates,
    levels: levels.map(({ outcome, level, mean, sd, bestFifth, interval, replicates }) => ({
      outcome,
      level,
      unit: plan.outcomes[outcome]!.unit,
      n: replicates.length,
      mean: rounded(mean),
      sd: rounded(sd),
      low: rounded(interval?.low),
      high: rounded(interval?.high),
      bestFifth: rounded(bestFifth),
    })),
    contrasts: contrasts.map(({ outcome, level, than, test, interval, q, equivalenceQ }) => ({
      outcome,
      level,
      than,
      unit: plan.outcomes[outcome]!.unit,
      margin: plan.outcomes[outcome]!.margin,
      n: test.n,
      difference: rounded(test.mean),
      sd: rounded(test.sd),
      low: rounded(test.low),
      high: rounded(test.high),
      nestedLow: rounded(interval?.low),
      nestedHigh: rounded(interval?.high),
      p: rounded(test.p),
      q: rounded(q),
      equivalenceP: rounded(test.equivalenceP),
      equivalenceQ: rounded(equivalenceQ),
    })),
    parts: verdict.parts.map((part) => ({ ...part })),
  };
}
