/** The evaluation's tables as CSV text: one row an odour, one row a confusion. Knows no pictures. */
import { significant } from '../../base/numbers.ts';
import { type Evaluation, mainReadout, untrainedReadout } from './evaluation.ts';

function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'number' ? (Number.isFinite(value) ? String(significant(value)) : '') : value;
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

/** Accuracy of each odour: trained, untrained (empty where it has no readout), ideal observer. */
export function perOdourCsv(evaluation: Evaluation): string {
  const { task, trained, baselines } = evaluation;
  const main = mainReadout(trained).scored.classification;
  const before = untrainedReadout(evaluation)?.classification;
  const ideal = baselines.knownWindow.classification;
  return csv([
    ['key', 'name', 'trials', 'top1', 'top5', 'untrained_top1', 'ideal_observer_top1'],
    ...task.odours.map(({ key, name }, c) => {
      const own = main.perClass[c]!;
      return [
        key,
        name,
        own.trials,
        own.top1,
        own.top5,
        before?.perClass[c]?.top1 ?? Number.NaN,
        ideal.perClass[c]!.top1,
      ];
    }),
  ]);
}

/** The confusion matrix of the main readout where it is not zero. */
export function confusionCsv(evaluation: Evaluation): string {
  const { odours } = evaluation.task;
  const { confusion } = mainReadout(evaluation.trained).scored.classification;
  return csv([
    ['actual', 'predicted', 'count', 'actual_name', 'predicted_name'],
    ...confusion.map(({ actual, predicted, count }) => [
      actual,
      predicted,
      count,
      odours[actual]!.name,
      odours[predicted]!.name,
    ]),
  ]);
}
