/** What a run was, put into a page that has a place for it. Knows no files. */
import { flatten } from '../model/leaves.ts';
import type { Json } from '../model/plan.ts';

export interface PageRecord {
  /** The plan, drawn with the states of its stages. */
  readonly graph: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly command: string;
  readonly stages: readonly {
    readonly stage: string;
    readonly status: string;
    /** Of the run that made it. */
    readonly seconds: number;
    readonly key: string;
  }[];
  /** Parameters that differ from what pipeline.yaml says by itself. */
  readonly changed: Readonly<Record<string, Json>>;
}

type Tree = { readonly [key: string]: Json };

/** Leaves of `now` that are not in `plain`, or differ there. */
export function changedParams(plain: Tree, now: Tree): Record<string, Json> {
  const before = new Map(flatten(plain).map(([key, value]) => [key, JSON.stringify(value)]));
  return Object.fromEntries(flatten(now).filter(([key, value]) => before.get(key) !== JSON.stringify(value)));
}

/** The place: a script element of JSON that says null. */
const place = '<script type="application/json" id="pipeline-run">null</script>';

/** The page with the record in its place; as it was where it has none. */
export function withRecord(page: string, record: PageRecord): string {
  const json = JSON.stringify(record).replaceAll('<', '\\u003c');
  return page.replace(place, () => place.replace('null', () => json));
}
