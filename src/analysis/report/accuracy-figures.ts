/** Figures on accuracy: beside baselines and ceiling, against duration, which odours are taken for which. Knows no activity. */

import { percent } from '../../base/text.ts';
import { type DotRow, dotChart, htmlTable, type LevelCell, levelPaths, lineChart } from '../../drawing/charts.ts';
import { colourOf } from '../../drawing/colours.ts';
import { line, svg } from '../../drawing/frame.ts';
import { figure, label } from '../../drawing/svg.ts';
import { pairCosines } from '../activity/separation.ts';
import { type Evaluation, mainReadout, untrainedReadout } from '../evaluation/evaluation.ts';
import { accuracyByDuration, type Scored } from '../evaluation/readout-accuracy.ts';
import { figureCard } from './page.ts';

/** Chance, input baselines, untrained and trained readouts, ideal observers: one row each. */
export function accuracyFigure(evaluation: Evaluation): string {
  const { baselines, trained, untrained, chance } = evaluation;
  const row = (name: string, scored: Scored, colour: string, more: Partial<DotRow> = {}): DotRow => ({
    name,
    colour,
    value: scored.top1.mean,
    low: scored.top1.low,
    high: scored.top1.high,
    ...more,
  });
  const rows: DotRow[] = [
    { name: 'chance', colour: 'plain', value: chance, hollow: true },
    row('input, nearest centroid', baselines.centroidCosine, 'plain'),
    ...(baselines.logistic === undefined ? [] : [row('input, logistic regression', baselines.logistic, 'plain')]),
    ...untrained.readouts.map(({ population, scored }, k) =>
      row(`untrained, ${population}`, scored, colourOf(population), { hollow: true, gapBefore: k === 0 }),
    ),
    ...trained.readouts.map(({ population, scored }, k) =>
      row(`trained, ${population}`, scored, colourOf(population), { gapBefore: k === 0, strong: k === 0 }),
    ),
    row('ideal observer, counts', baselines.totalCounts, 'plain', { gapBefore: true }),
    row('ideal observer, ceiling', baselines.knownWindow, 'plain'),
  ];
  return figureCard(
    'How often is the odour named right?',
    dotChart('accuracy of readouts, baselines and ceiling', rows),
    `${evaluation.test.labels.length} test trials never seen in training, ${evaluation.task.odours.length} odours; bars: 95 % intervals over odours. The ceiling knows the task's probabilities and when the odour was on.`,
  );
}

/** Accuracy in six parts of the trials by duration. */
export function durationFigure(evaluation: Evaluation): string {
  const { test, task, baselines, trained } = evaluation;
  const main = mainReadout(trained);
  const before = untrainedReadout(evaluation);
  const curve = (scored: Scored) =>
    accuracyByDuration(scored.classification.correct, test.onSteps, task.dtMs, 6).map(
      ({ meanMs, accuracy }) => [meanMs, 100 * accuracy] as const,
    );
  const colour = colourOf(main.population);
  const chart = lineChart(
    {
      width: 560,
      height: 300,
      about: 'accuracy against duration',
      x: { title: 'odour on for, ms', lo: 0, hi: task.durationMs.max },
      y: { title: 'accuracy, %', lo: 0, hi: 102, ticks: [0, 25, 50, 75, 100] },
    },
    [
      { name: 'ceiling', colour: 'plain', points: curve(baselines.knownWindow), dots: true },
      { name: `trained ${main.population}`, colour, points: curve(main.scored), dots: true },
      ...(before === undefined ? [] : [{ name: 'untrained', colour, points: curve(before), dashed: true, dots: true }]),
    ],
  );
  return figureCard(
    'Do longer odours help?',
    chart,
    'Trials in six equal parts by duration. What lies between ceiling and network is information that is in the input spikes and not read out.',
  );
}

/** Odours in a chain, each followed by the most similar one left: confusable odours stand side by side. */
function similarityOrder(cosines: Float64Array, odours: number): number[] {
  const at = (c: number, d: number) => {
    const [low, high] = c < d ? [c, d] : [d, c];
    return cosines[low * odours - (low * (low + 1)) / 2 + (high - low - 1)]!;
  };
  const left = new Set(Array.from({ length: odours }, (_, c) => c));
  const order = [0];
  left.delete(0);
  while (left.size > 0) {
    const last = order[order.length - 1]!;
    let best = -1;
    for (const c of left) if (best < 0 || at(last, c) > at(last, best)) best = c;
    order.push(best);
    left.delete(best);
  }
  return order;
}

/** Expected input of each odour above rest, [C, nIn]. */
function inputDrive(evaluation: Evaluation): Float64Array {
  const { onProbability, offProbability, inputSize } = evaluation.task;
  return Float64Array.from(onProbability, (p, k) => p - offProbability[k % inputSize]!);
}

/** The confusion matrix as a map, and the odours most often taken for another. */
export function confusionFigure(evaluation: Evaluation): string {
  const { task, trained } = evaluation;
  const odours = task.odours.length;
  const cosines = pairCosines(inputDrive(evaluation), odours);
  const order = similarityOrder(cosines, odours);
  const rank = new Int32Array(odours);
  order.forEach((c, k) => {
    rank[c] = k;
  });
  const { confusion, perClass } = mainReadout(trained).scored.classification;
  const cells = confusion.map(
    ({ actual, predicted, count }): LevelCell => ({
      x: rank[predicted]!,
      y: rank[actual]!,
      level: count / perClass[actual]!.trials,
      kind: actual === predicted ? 'ink' : 'wrong',
    }),
  );
  const side = 500;
  const unit = side / odours;
  const [left, top] = [34, 8];
  const border = [
    line(left, top, left + side, top, 'grid'),
    line(left, top + side, left + side, top + side, 'axis'),
    line(left, top, left, top + side, 'axis'),
    line(left + side, top, left + side, top + side, 'grid'),
  ];
  const map = svg(
    { width: 560, height: 540, about: 'confusion matrix' },
    ...border,
    levelPaths(cells, unit, left, top, 3),
    label(left + side / 2, top + side + 20, 'odour named by the network', { class: 'title mid' }),
    label(0, 0, 'odour given', { class: 'title mid', transform: `translate(16 ${top + side / 2}) rotate(-90)` }),
  );
  const wrong = confusion
    .filter(({ actual, predicted }) => actual !== predicted)
    .reduce((sum, { count }) => sum + count, 0);
  return figureCard(
    'Which odours are taken for which?',
    map,
    `${wrong} of ${evaluation.test.labels.length} trials named wrong (orange). Odours are ordered so that neighbours have similar input: errors near the diagonal are between odours that look alike to the receptors.`,
  );
}

/** The pairs that are confused most, with the cosine of their inputs. */
export function confusedPairsFigure(evaluation: Evaluation): string {
  const { task, trained } = evaluation;
  const odours = task.odours.length;
  const cosines = pairCosines(inputDrive(evaluation), odours);
  const { confusion } = mainReadout(trained).scored.classification;
  const counts = new Map<number, number>();
  for (const { actual, predicted, count } of confusion) {
    if (actual === predicted) continue;
    const [low, high] = actual < predicted ? [actual, predicted] : [predicted, actual];
    const key = low * odours + high;
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const pairs = [...counts]
    .map(([key, count]) => ({ low: Math.floor(key / odours), high: key % odours, count }))
    .sort((a, b) => b.count - a.count || a.low - b.low || a.high - b.high)
    .slice(0, 8);
  const cosineOf = (c: number, d: number) => cosines[c * odours - (c * (c + 1)) / 2 + (d - c - 1)]!;
  const rows = pairs.map(({ low, high, count }) => [
    task.odours[low]!.name,
    task.odours[high]!.name,
    String(count),
    figure(cosineOf(low, high)),
  ]);
  const body = `<div class="scroll">${htmlTable([['odour', 'taken for', 'trials', 'input cosine'], ...rows])}</div>`;
  const all = Array.from(cosines).filter(Number.isFinite);
  const alike = all.filter((cos) => cos > 0.9).length / Math.max(1, all.length);
  return figureCard(
    'The most confused pairs',
    pairs.length === 0 ? '<p>No odour was taken for another.</p>' : body,
    `Both directions together. Input cosine: of the expected rates above rest; ${percent(alike)} of all pairs lie above .9.`,
  );
}
