/** The `odours` parameters → the rules that they stand for. Knows no data. */
import { type OdourRule, odourRules } from '../../src/odour/choose-odours.ts';
import type { OdourTaskRules } from '../../src/odour/odour-task-rules.ts';
import type { OdourParams } from './params.ts';

/** A named rule, or one written out over `mapped-measured`; `odours.minResponders` comes before the rule's own number. */
function ruleOf({ rule, minResponders }: OdourParams, keep: readonly string[] | null): OdourRule {
  const base = typeof rule === 'string' ? odourRules[rule] : { ...odourRules['mapped-measured'], ...rule };
  return { ...base, ...(minResponders === null ? {} : { minResponders }), ...(keep === null ? {} : { keep }) };
}

/** `listed`: odours of a list of its own, in place of `odours.keep`. */
export function odourTaskRules(params: OdourParams, listed?: readonly string[]): OdourTaskRules {
  const {
    units,
    composites,
    sfr,
    unmeasured,
    rateHz,
    presynaptic,
    durationMs,
    steps,
    dtMs,
    trials,
    silentOdours,
    identicalOdours,
  } = params;
  const input = { units, composites, sfr, unmeasured };
  return {
    odours: ruleOf(params, listed ?? params.keep),
    input,
    rateHz,
    presynaptic,
    durationMs,
    steps,
    dtMs,
    trials,
    silentOdours,
    identicalOdours,
  };
}
