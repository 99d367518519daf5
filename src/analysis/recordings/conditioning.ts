/** How a line's response to each odour changed over a training, from its calcium traces. Knows no files. */
import { mean } from '../../base/numbers.ts';
import type { LearningTrace } from '../../formats/recordings/learning.ts';

/** Samples of the response: after the odour came (25), before the shock (45). */
const RESPONSE: readonly [number, number] = [28, 43];
/** Trials before any shock, and after the training. */
const BEFORE: readonly number[] = [1, 2];
const AFTER: readonly number[] = [7, 8];

export interface Conditioning {
  readonly pre: number;
  readonly post: number;
  readonly ratio: number;
  /** Flies whose response fell, of those that have both. */
  readonly fell: number;
  readonly flies: number;
}

function responseOf(traces: readonly LearningTrace[], trials: readonly number[]): number {
  return mean(
    traces.filter(({ trial }) => trials.includes(trial)).map(({ samples }) => mean(samples.subarray(...RESPONSE))),
  );
}

/** One line's response to one odour before and after. ΔF/F as the file has it; NaN without traces. */
export function conditioningOf(traces: readonly LearningTrace[], line: string, odour: string): Conditioning {
  const own = traces.filter((trace) => trace.line === line && trace.odour === odour);
  const [pre, post] = [responseOf(own, BEFORE), responseOf(own, AFTER)];
  const byFly = [...new Set(own.map(({ fly }) => fly))].flatMap((fly) => {
    const of = own.filter((trace) => trace.fly === fly);
    const change = responseOf(of, AFTER) - responseOf(of, BEFORE);
    return Number.isNaN(change) ? [] : [change];
  });
  return { pre, post, ratio: post / pre, fell: byFly.filter((x) => x < 0).length, flies: byFly.length };
}

/** Mean of samples 45–49 over the flies of a line, in one trial: what the shock does. */
export function shockResponse(traces: readonly LearningTrace[], line: string, odour: string, trial: number): number {
  const own = traces.filter((trace) => trace.line === line && trace.odour === odour && trace.trial === trial);
  return mean(own.map(({ samples }) => mean(samples.subarray(45, 50))));
}
