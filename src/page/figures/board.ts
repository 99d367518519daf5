/** The trained network beside its simulations and the board: who names what, and which spikes are the same. */
import { percent } from '../../base/text.ts';
import { colourOf } from '../../drawing/colours.ts';
import type { Figure } from './figure.ts';
import { type Cell, type MarkedRow, markedDots, sortableTable } from './marks.ts';

interface Population {
  readonly population: string;
  readonly spikesReference: number;
  readonly spikes: number;
  readonly equal: number;
  readonly countCorrelation: number | null;
  readonly spikeDistance: number;
  readonly spikeSynchronization: number;
}

interface BoardReport {
  readonly target: string;
  readonly comparedTrials?: number;
  readonly saturations?: number;
  readonly systems?: Readonly<
    Record<
      string,
      { readonly accuracy: number; readonly sameClass: number; readonly populations?: readonly Population[] }
    >
  >;
}

const names: Readonly<Record<string, string>> = {
  trained: 'trained model, 32-bit',
  float64: '64-bit floats',
  float64TwoSteps: '64-bit, two steps',
  integers: 'integers of the board',
  integersReadout: 'named on the board itself',
  nest: 'NEST',
  brian2: 'Brian2',
  firmware: 'program of the board',
  board: 'the board',
};

export const boardFigure: Figure = {
  id: 'board',
  title: 'Does it survive the board?',
  sources: ['board'],
  draw: ({ board }) => {
    const { systems, target, comparedTrials, saturations } = JSON.parse(board!) as BoardReport;
    if (systems === undefined) return undefined;
    const rows = Object.entries(systems).flatMap(([key, { accuracy, sameClass, populations = [] }]): MarkedRow[] => {
      const name = names[key] ?? key;
      const head: MarkedRow = {
        name: 'odour named right',
        colour: 'plain',
        value: accuracy,
        note: percent(accuracy),
        say: `${name}: ${percent(accuracy)} named right, ${percent(sameClass)} named as by the trained model`,
        strong: true,
        group: name,
      };
      return [
        head,
        ...populations.map(({ population, spikes, spikesReference, equal }) => {
          const share = spikesReference + spikes === 0 ? 1 : (2 * equal) / (spikesReference + spikes);
          return {
            name: `${population} spikes equal`,
            colour: colourOf(population),
            value: share,
            note: percent(share),
            say: `${name}, ${population}: ${equal} of ${spikesReference} spikes of the trained model at the same cell and step, ${spikes} here`,
          };
        }),
      ];
    });
    const full = saturations === undefined ? '' : ` Additions to full ring buffers: ${saturations}.`;
    return {
      body: markedDots('Systems beside the trained model', rows),
      caption: `Target “${target}”${comparedTrials === undefined ? '' : `, ${comparedTrials} test trials`}. Equal spikes: same cell, same millisecond; twice the equal ones over the spikes of both.${full}`,
    };
  },
};

export const boardDistances: Figure = {
  id: 'board-distances',
  title: 'How far apart are the spike trains?',
  wide: true,
  sources: ['board'],
  draw: ({ board }) => {
    const { systems = {} } = JSON.parse(board!) as BoardReport;
    const rows = Object.entries(systems).flatMap(([key, { populations = [] }]) =>
      populations.map((p): Cell[] => [
        { text: names[key] ?? key },
        { text: p.population, kind: 'strong', swatch: colourOf(p.population) },
        { text: String(p.spikesReference), sort: p.spikesReference },
        { text: String(p.spikes), sort: p.spikes },
        { text: p.countCorrelation === null ? '–' : p.countCorrelation.toFixed(4), sort: p.countCorrelation ?? -1 },
        { text: p.spikeDistance.toFixed(4), sort: p.spikeDistance },
        { text: p.spikeSynchronization.toFixed(4), sort: p.spikeSynchronization },
      ]),
    );
    if (rows.length === 0) return undefined;
    const head = ['system', 'layer', 'spikes, trained', 'spikes, here', 'r of counts', 'SPIKE-distance', 'SPIKE-sync'];
    return {
      body: sortableTable('Distances of spike trains', head, rows),
      caption: 'Beside the trained model, by layer.',
    };
  },
};
