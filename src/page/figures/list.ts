/** Every figure of the page, part by part, in the order in which it is read. */
import { accuracyFigure } from './accuracy.ts';
import { bandsFigure, layersFigure, restToOdour } from './activity.ts';
import { boardDistances, boardFigure } from './board.ts';
import { classConfusion, odourTable } from './confusion.ts';
import type { Figure } from './figure.ts';
import { findingFigures } from './findings.ts';
import { learningFigure, lossFigure, ratesOverTraining } from './learning.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly figures: readonly Figure[];
}

export const figureList: readonly Part[] = [
  {
    id: 'accuracy-part',
    title: 'Accuracy',
    lead: 'What the network names right, beside what guessing, the untrained network and the input itself would give.',
    figures: [accuracyFigure, learningFigure, lossFigure, classConfusion, odourTable],
  },
  {
    id: 'activity-part',
    title: 'Activity',
    lead: 'What the cells do, at rest and with odours, and whether that is what is known of flies.',
    figures: [restToOdour, ratesOverTraining, bandsFigure, layersFigure],
  },
  {
    id: 'board-part',
    title: 'On the board',
    lead: 'The network as it is exported to SpiNNaker, beside the one that was trained.',
    figures: [boardFigure, boardDistances],
  },
  {
    id: 'findings-part',
    title: 'Findings',
    lead: 'What experiments and investigations found, each by a plan or bound that was written before, and what it does not show.',
    figures: findingFigures,
  },
];
