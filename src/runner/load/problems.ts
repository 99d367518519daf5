/** Collects what is wrong with a pipeline file, each with its place. Prints nothing and stops nothing. */
import type { Diagnostic, Location } from '../../base/located-error.ts';
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

/** Problems of one file; the same message at the same place is kept once, and nothing more is said where the YAML itself is at fault. */
export function collectProblems(yaml: LocatedYaml): Problems {
  const list: Diagnostic[] = [...yaml.faults];
  const seen = new Set<string>();
  const faulty = new Set(yaml.faults.map(({ at }) => `${at?.line}:${at?.column}`));
  const add = (diagnostic: Diagnostic): void => {
    const { at, message } = diagnostic;
    const key = `${at?.line}:${at?.column}:${message}`;
    if (seen.has(key) || (at !== undefined && faulty.has(`${at.line}:${at.column}`))) return;
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

/** In the order of the file; at most `limit`, and one line that says how many were left out. */
export function sortedProblems(list: readonly Diagnostic[], limit = 100): readonly Diagnostic[] {
  const sorted = [...list].sort(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
  if (sorted.length <= limit) return sorted;
  return [...sorted.slice(0, limit), { message: `… and ${sorted.length - limit} more` }];
}
