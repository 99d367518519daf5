/** What the Codex tables say of each cell, collected row by row. Knows no populations and no edges. */
import {
  type NeuronRow,
  readCellTypes,
  readClassification,
  readNeurons,
  scoredTransmitters,
} from '../../formats/codex/codex.ts';
import type { ByteSink } from '../../formats/codex/csv.ts';
import { IdIndex } from '../../formats/codex/id-index.ts';
import { wordsOfId } from '../../formats/codex/root-id.ts';

export interface CodexCell {
  readonly rootId: bigint;
  readonly superClass: string;
  readonly class: string;
  readonly subClass: string;
  /** `left`, `right`, `center` or ''. */
  readonly side: string;
  /** '' is untyped. */
  readonly primaryType: string;
  /** nt_type of neurons.csv; '' where it is not clear. */
  readonly ntType: string;
  /** The transmitter with the largest *_avg (the first of equals in this project's order); '' where all are 0 or missing. */
  readonly likeliest: string;
}

const unknown: CodexCell = {
  rootId: 0n,
  superClass: '',
  class: '',
  subClass: '',
  side: '',
  primaryType: '',
  ntType: '',
  likeliest: '',
};

function likeliestOf(row: NeuronRow): string {
  let best = '';
  let bestScore = 0;
  for (const name of scoredTransmitters) {
    if (row.averages[name] > bestScore) {
      best = name;
      bestScore = row.averages[name];
    }
  }
  return best;
}

/** The cells of classification.csv, with what the other tables add; ids that only the others hold become cells without a class. */
export class CodexCells {
  readonly index: IdIndex = new IdIndex();
  readonly cells: CodexCell[] = [];
  readonly rows: { classification: number; cellTypes: number; neurons: number } = {
    classification: 0,
    cellTypes: 0,
    neurons: 0,
  };

  private merge(rootId: bigint, part: Partial<CodexCell>): void {
    const { hi, lo } = wordsOfId(rootId);
    const at = this.index.add(hi, lo);
    this.cells[at] = { ...(this.cells[at] ?? { ...unknown, rootId }), ...part };
  }

  classification(file?: string): ByteSink {
    return readClassification(({ rootId, superClass, class: className, subClass, side }) => {
      this.rows.classification += 1;
      this.merge(rootId, { superClass, class: className, subClass, side });
    }, file);
  }

  cellTypes(file?: string): ByteSink {
    return readCellTypes(({ rootId, primaryType }) => {
      this.rows.cellTypes += 1;
      this.merge(rootId, { primaryType });
    }, file);
  }

  neurons(file?: string): ByteSink {
    return readNeurons((row) => {
      this.rows.neurons += 1;
      this.merge(row.rootId, { ntType: row.ntType, likeliest: likeliestOf(row) });
    }, file);
  }
}
