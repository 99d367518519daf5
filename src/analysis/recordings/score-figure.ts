/** The score as a figure and as a verdict. Knows no files. */
import { type IntervalPanel, type IntervalRow, intervalFigure } from '../investigate/interval-figure.ts';
import { aboveOrBelow, estimateText, type Verdict } from '../investigate/verdict.ts';
import { type FlyFigures, type FlyLayer, flyLayers, type NetworkScore } from './score.ts';

/** Networks by the name under which they are shown; the first is the one that the verdict speaks of. */
export type Scores = Readonly<Record<string, NetworkScore>>;

/** r of the best published model with the mean of the flies' Kenyon cells (Hong lab's model, driven by recorded receptor neurons). */
export const BEST_PUBLISHED_R = 0.6756;

const colours: Readonly<Record<string, string>> = { input: 'plain', ORN: 'orn', PN: 'pn', KC: 'kc', MBON: 'mbon' };

function rowsFor(of: FlyLayer, scores: Scores): IntervalRow[] {
  return Object.entries(scores).flatMap(([name, { layers }]) =>
    layers.flatMap(({ layer, against }): IntervalRow[] => {
      const found = against[of];
      if (found === undefined || !Number.isFinite(found.r)) return [];
      const { r: value, low, high, flies } = found;
      const colour = colours[layer] ?? 'other-0';
      return [{ name: `${layer}, ${name}`, colour, value, low, high, marks: flies, hollow: /untrained/.test(name) }];
    }),
  );
}

/** The figure: for each layer of flies, every layer of every network. */
export function scoreFigure(scores: Scores, flies: FlyFigures, notes: readonly string[]): string {
  const panels = flyLayers.flatMap((of): IntervalPanel[] => {
    const own = flies.layers[of];
    const rows = rowsFor(of, scores);
    if (own === undefined || rows.length === 0) return [];
    const { lower, upper } = own.ceiling;
    return [
      {
        title: `Similarity of odours as in flies’ ${of}`,
        unit: 'r of the pairs of odours with the mean of the flies',
        lo: -0.2,
        hi: 1,
        rows,
        band: { lo: lower, hi: upper, name: `one fly against the others (${own.flies} flies)` },
        ...(of === 'KC' ? { mark: { at: BEST_PUBLISHED_R, name: `best published model ${BEST_PUBLISHED_R}` } } : {}),
      },
    ];
  });
  return intervalFigure('Scored against recordings', panels, notes);
}

/** Whether the odours are as alike to the network's Kenyon cells as to the flies': the verdict on the first network of the scores. */
export function scoreVerdict(scores: Scores): Verdict {
  const doesNotShow =
    'whether the absolute share of cells that answer is right (that of the flies was set by their threshold), nor anything of odours that were not recorded';
  const [name, first] = Object.entries(scores)[0] ?? [];
  const own = first?.layers.find(({ layer }) => layer === 'KC')?.against.KC;
  if (name === undefined || own === undefined || !Number.isFinite(own.r)) {
    return { verdict: 'skipped', says: 'no network and recording share the 17 odours', doesNotShow };
  }
  const word = aboveOrBelow({ value: own.r, low: own.low, high: own.high }, own.shuffled.high);
  const text = estimateText({ value: own.r, low: own.low, high: own.high });
  const says = `odours are as alike to the Kenyon cells of the network (${name}) as to those of flies by r = ${text}; with shuffled odours ${own.shuffled.high.toFixed(2)} at most (97.5 %)`;
  return { verdict: word, says, doesNotShow };
}
