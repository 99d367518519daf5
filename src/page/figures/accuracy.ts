/** How often the odour is named right, beside chance, controls and ceiling. */
import { percent } from '../../base/text.ts';
import { colourOf } from '../../drawing/colours.ts';
import type { Figure } from './figure.ts';
import { type MarkedRow, markedDots } from './marks.ts';

interface Share {
  readonly top1: number;
  readonly low: number;
  readonly high: number;
}

export interface EvaluationMetrics {
  readonly odours: number;
  readonly testTrials: number;
  readonly chance: number;
  readonly accuracy: {
    readonly trained: Readonly<Record<string, Share>>;
    readonly untrained: Readonly<Record<string, Share>>;
    readonly converged: Readonly<Record<string, Share>>;
    readonly input: Readonly<Record<string, Share>>;
  };
}

/** Populations in the order of the pathway. */
export const pathwayOrder: readonly string[] = ['ORN', 'LN', 'PN', 'KC', 'APL', 'MBON', 'DAN'];

/** Names in that order, others after them as they come. */
export function inPathwayOrder(names: readonly string[]): string[] {
  const place = (name: string): number =>
    (pathwayOrder.indexOf(name) + pathwayOrder.length + 1) % (pathwayOrder.length + 1);
  return names
    .map((name, k) => [name, place(name), k] as const)
    .sort(([, a, i], [, b, j]) => a - b || i - j)
    .map(([name]) => name);
}

/** The readout that names odours: MBON where there is one. */
export function mainReadout(shares: Readonly<Record<string, Share>>): string {
  return 'MBON' in shares ? 'MBON' : (Object.keys(shares)[0] ?? '');
}

const inputNames: Readonly<Record<string, string>> = {
  centroidCosine: 'nearest centroid',
  logistic: 'logistic regression',
  totalCounts: 'ideal observer, counts',
  knownWindow: 'ideal observer: ceiling',
};

export const accuracyFigure: Figure = {
  id: 'accuracy',
  title: 'How often is the odour named right?',
  sources: ['metrics'],
  draw: ({ metrics }) => {
    const { accuracy, chance, odours, testTrials } = JSON.parse(metrics!) as EvaluationMetrics;
    const main = mainReadout(accuracy.trained);
    const row = (name: string, share: Share, colour: string, what: string): MarkedRow => ({
      name,
      colour,
      value: share.top1,
      low: share.low,
      high: share.high,
      note: percent(share.top1),
      say: `${what}: ${percent(share.top1)} (95 %: ${percent(share.low)} – ${percent(share.high)})`,
    });
    const network = (of: Readonly<Record<string, Share>>, name: string, hollow: boolean): MarkedRow[] =>
      inPathwayOrder(Object.keys(of)).map((population, k) => ({
        ...row(
          `read from ${population}`,
          of[population]!,
          colourOf(population),
          `${name} network, read from ${population}`,
        ),
        hollow,
        strong: !hollow && population === main,
        ...(k === 0 ? { group: `${name} network` } : {}),
      }));
    const { trained: best, untrained: before } = accuracy.converged;
    const converged = [
      ...(best === undefined
        ? []
        : [
            {
              ...row(`trained, ${main}`, best, colourOf(main), `trained network, ${main}, readout to convergence`),
              group: 'readout to convergence',
            },
          ]),
      ...(before === undefined
        ? []
        : [
            {
              ...row(
                `untrained, ${main}`,
                before,
                colourOf(main),
                `untrained network, ${main}, readout to convergence`,
              ),
              hollow: true,
            },
          ]),
    ];
    const input = Object.entries(inputNames).flatMap(([key, name]) => {
      const share = accuracy.input[key];
      return share === undefined ? [] : [row(name, share, 'plain', `input spikes, ${name}`)];
    });
    if (input[0] !== undefined) input[0] = { ...input[0], group: 'the input itself' };
    const rows = [
      ...network(accuracy.trained, 'trained', false),
      ...network(accuracy.untrained, 'untrained', true),
      ...converged,
      ...input,
    ];
    return {
      body: markedDots('Accuracy of readouts, controls and ceiling', rows, {
        value: chance,
        name: `chance ${percent(chance)}`,
      }),
      caption: `${testTrials} test trials of ${odours} odours, none seen in training. Bars: 95 % intervals over odours. Empty dots: before training, read out in the same way. The ceiling knows the task’s probabilities and when the odour was on.`,
    };
  },
};
