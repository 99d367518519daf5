/** Every choice on the way from DoOR's tables to an odour task, as plain data. Decides nothing itself. */
import type { OdourRule } from './choose-odours.ts';
import type { Split } from './odour-task.ts';
import type { InputRule } from './orn-input.ts';
import type { PresynapticRule } from './presynaptic.ts';

export interface OdourTaskRules {
  readonly odours: OdourRule;
  readonly input: InputRule;
  /** Spontaneous rate, and rate added at a response of 1. */
  readonly rateHz: { readonly baseline: number; readonly gain: number };
  readonly presynaptic: PresynapticRule;
  readonly durationMs: { readonly min: number; readonly max: number };
  readonly steps: number;
  readonly dtMs: number;
  readonly trials: Readonly<Record<Split, number>>;
  /** What to do with odours that drive no cell, and with all but the first of odours that no cell can tell apart. */
  readonly silentOdours: 'refuse' | 'drop';
  readonly identicalOdours: 'refuse' | 'drop';
}

/** Rows, among the odours that the rule chose, that cannot be classes of their own. */
export interface DroppedOdours {
  readonly silent: readonly number[];
  readonly identical: readonly (readonly number[])[];
}
