/** What is doubtful about the tables, as data: refused, or told as a warning. Looks at no tables. */
import { type Diagnostic, UserError } from '../../../base/located-error.ts';

/** What `pathway.accept` may name: doubts that refuse the tables unless they are meant. */
export const doubtKinds = [
  'unknownIds',
  'roundedIds',
  'duplicates',
  'unknownWords',
  'lookAlikes',
  'emptyPopulations',
  'emptyProjections',
  'missingCells',
  'noTransmitters',
  'direction',
] as const;
export type DoubtKind = (typeof doubtKinds)[number];

export interface Doubt {
  readonly kind: DoubtKind;
  /** Whether it would silently be another network; else it is only told. */
  readonly refuses: boolean;
  /** Rows, ids or cells in question. */
  readonly count: number;
  /** With the count and an example. */
  readonly message: string;
  /** What to do about it. */
  readonly cure: string;
}

/** The doubts as warnings, one sentence each. Throws UserError with all that refuse, except those of an accepted kind. */
export function settleDoubts(doubts: readonly Doubt[], accept: readonly DoubtKind[]): string[] {
  const refused = doubts.filter(({ kind, refuses }) => refuses && !accept.includes(kind));
  if (refused.length > 0) throw new UserError(refused.map(diagnosticOf));
  return doubts.map(({ message, cure }) => `${message}; ${cure}`);
}

function diagnosticOf({ kind, message, cure }: Doubt): Diagnostic {
  return {
    message,
    hint: `${cure}; if it is meant so, add ${kind} to pathway.accept (--set pathway.accept=[${kind}])`,
  };
}
