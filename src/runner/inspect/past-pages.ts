/** The pages (outputs that end in .html) that two runs both made, out of the cache. Changes nothing. */
import { readFileSync } from 'node:fs';
import type { Digest } from '../../base/digest.ts';
import type { RunRecord } from '../run/run-record.ts';
import type { ActionCache } from '../store/actions.ts';
import type { ObjectStore } from '../store/objects.ts';

type PastStage = RunRecord['stages'][number];

/** Text by `stage: output`; those that the cache no longer has are left out. */
export function pagesOfBoth(
  cache: { readonly actions: ActionCache; readonly objects: ObjectStore },
  a: RunRecord,
  b: RunRecord,
): readonly { readonly name: string; readonly texts: readonly [string, string] }[] {
  return b.stages.flatMap((later) => {
    const earlier = a.stages.find(({ stage }) => stage === later.stage);
    if (earlier === undefined) return [];
    const [before, after] = [earlier, later].map((past) => pagesOf(cache, past));
    return [...after!].flatMap(([name, text]) => {
      const old = before!.get(name);
      return old === undefined || old === text
        ? []
        : [{ name: `${later.stage}: ${name}`, texts: [old, text] as const }];
    });
  });
}

function pagesOf(
  { actions, objects }: { readonly actions: ActionCache; readonly objects: ObjectStore },
  past: PastStage,
): Map<string, string> {
  const record = past.key === '' ? undefined : actions.read(past.key as Digest);
  const pages = new Map<string, string>();
  for (const [kind, name, declared] of record?.ingredients ?? []) {
    const tree = record?.outputs[name];
    const file = tree?.files.length === 1 ? tree.files[0] : undefined;
    const same = tree !== undefined && past.outputs[name] === tree.digest;
    if (kind !== 'output' || !declared?.endsWith('.html') || file === undefined || !same) continue;
    if (objects.has(file.digest, file.size)) pages.set(declared, readFileSync(objects.path(file.digest), 'utf8'));
  }
  return pages;
}
