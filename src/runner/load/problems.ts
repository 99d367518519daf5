/** Collects what is wrong with a pipeline's files, each with its place. Prints nothing and stops nothing. */
import { compareText } from '../../base/compare-text.ts';
import { type Diagnostic, formatLocation, type Location } from '../../base/located-error.ts';
import type { Doubt } from '../model/plan.ts';
import type { JsonPath, LocatedYaml } from './located-yaml.ts';

/** Where to report to: all errors of a file are wanted at once. */
export interface Problems {
  readonly list: readonly Diagnostic[];
  /** What is wrong unless a stage module's schema says otherwise. */
  readonly doubts: readonly Doubt[];
  placeOf(path: JsonPath, what?: 'key' | 'value'): Location;
  placeWithin(path: JsonPath, needle: string): Location;
  /** Notes that the value (or key) at a path is wrong. */
  report(path: JsonPath, message: string, hint?: string, what?: 'key' | 'value'): void;
  /** Notes a ready diagnostic. */
  add(diagnostic: Diagnostic): void;
  doubt(doubt: Doubt): void;
}

/** Problems of one pipeline; the same message at the same place is kept once, and nothing more is said where the YAML itself is at fault. */
export function collectProblems(yaml: LocatedYaml): Problems {
  const list: Diagnostic[] = [...yaml.faults];
  const seen = new Set<string>();
  const faulty = new Set(yaml.faults.map(({ at }) => placeText(at)));
  const add = (diagnostic: Diagnostic): void => {
    const { at, message } = diagnostic;
    const key = `${placeText(at)}:${message}`;
    if (seen.has(key) || (at !== undefined && faulty.has(placeText(at)))) return;
    seen.add(key);
    list.push(diagnostic);
  };
  const doubts: Doubt[] = [];
  return {
    list,
    doubts,
    placeOf: (path, what) => yaml.placeOf(path, what),
    placeWithin: (path, needle) => yaml.placeWithin(path, needle),
    report: (path, message, hint, what) =>
      add({ at: yaml.placeOf(path, what), message, ...(hint === undefined ? {} : { hint }) }),
    add,
    doubt: (doubt) => void doubts.push(doubt),
  };
}

function placeText(at: Location | undefined): string {
  return at === undefined ? '' : formatLocation(at);
}

/** In the order of the file, files by name; at most `limit`, and one line that says how many were left out. */
export function sortedProblems(list: readonly Diagnostic[], limit = 100): readonly Diagnostic[] {
  const sorted = [...list].sort(
    (a, b) =>
      compareText(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
  if (sorted.length <= limit) return sorted;
  return [...sorted.slice(0, limit), { message: `… and ${sorted.length - limit} more` }];
}
