/** What share of Kenyon cells answers which odour, how many answer none, how alike the sets are. Of flies and of models alike; knows no files. */
import { mean } from '../../base/numbers.ts';
import { meanOfNumbers, pearson } from './similarity.ts';

/** Figures of one table of answers [cells, odours] of 0 and 1. */
export interface AnswerFigures {
  /** [odours] share of all cells that answer. */
  readonly shares: Float64Array;
  /** Mean of the shares. */
  readonly meanShare: number;
  /** Share of cells that answer no odour. */
  readonly silent: number;
  /** Odours answered by a cell that answers any; NaN without one. */
  readonly odoursPerCell: number;
  /** [odours + 1] share of cells that answer exactly k odours. */
  readonly byCount: Float64Array;
  /** Mean over pairs of odours of Pearson r between their columns, all cells; NaN where no pair varies. */
  readonly phi: number;
}

/** Column c of [cells, odours]. */
function column(answers: ArrayLike<number>, odours: number, c: number): Float64Array {
  return Float64Array.from({ length: answers.length / odours }, (_, i) => answers[i * odours + c]!);
}

/** The figures of reference tables of recordings (their methods M1–M3). Pinned by test/analysis/recordings/golden.test.ts. cost: O(odours²·cells). */
export function answerFigures(answers: ArrayLike<number>, odours: number): AnswerFigures {
  const cells = answers.length / odours;
  const columns = Array.from({ length: odours }, (_, c) => column(answers, odours, c));
  const byCount = new Float64Array(odours + 1);
  for (let i = 0; i < cells; i++) {
    let count = 0;
    for (let c = 0; c < odours; c++) count += answers[i * odours + c]!;
    byCount[count]! += 1 / cells;
  }
  const answering = 1 - byCount[0]!;
  const shares = Float64Array.from(columns, mean);
  const pairs = columns.flatMap((a, c) => columns.slice(c + 1).map((b) => pearson(a, b)));
  return {
    shares,
    meanShare: mean(shares),
    silent: byCount[0]!,
    odoursPerCell: shares.reduce((sum, share) => sum + share, 0) / answering,
    byCount,
    phi: meanOfNumbers(pairs),
  };
}

/** [odours, cells] from [cells, odours]. */
export function patternsOf(answers: ArrayLike<number>, odours: number): Float64Array {
  const cells = answers.length / odours;
  return Float64Array.from(
    { length: answers.length },
    (_, k) => answers[(k % cells) * odours + Math.floor(k / cells)]!,
  );
}
