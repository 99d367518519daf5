/** Another run's crate beside this project: which ingredient of which stage differs, and whether the results do. Believes no record unseen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import { compareIngredients, describeChange } from '../model/ingredients.ts';
import { readForeignRecord } from '../remote/foreign-record.ts';
import type { ActionRecord } from '../store/actions.ts';
import type { MadeProject } from './made-project.ts';

export interface StageDifference {
  readonly stage: string;
  /** `other results`: the key is the same, the bytes are not. */
  readonly state: 'same' | 'different' | 'other results' | 'only here' | 'only there';
  /** Each ingredient that differs, there → here. */
  readonly changes: readonly string[];
  /** Outputs with other bytes. */
  readonly outputs: readonly string[];
}

/** Throws a UserError where the folder holds no records of this runner. */
export function compareWithCrate(made: MadeProject, folder: string): readonly StageDifference[] {
  const there = new Map(readRecords(folder).map((record) => [record.stage, record]));
  const here = made.stages.map(({ stage, record }): StageDifference => {
    const other = there.get(stage.id);
    there.delete(stage.id);
    return other === undefined
      ? { stage: stage.id, state: 'only here', changes: [], outputs: [] }
      : compare(stage.id, other, record);
  });
  return [
    ...here,
    ...[...there.keys()].map((stage) => ({ stage, state: 'only there' as const, changes: [], outputs: [] })),
  ];
}

function compare(stage: string, there: ActionRecord, here: ActionRecord): StageDifference {
  const changes = compareIngredients(there.ingredients, here.ingredients).map(describeChange);
  const names = new Set([...Object.keys(there.outputs), ...Object.keys(here.outputs)]);
  const outputs = [...names].filter((name) => there.outputs[name]?.digest !== here.outputs[name]?.digest);
  const state = changes.length > 0 ? 'different' : outputs.length > 0 ? 'other results' : 'same';
  return { stage, state, changes, outputs };
}

function readRecords(folder: string): readonly ActionRecord[] {
  const names = recordNames(folder);
  return names.map((name) => {
    const key = name.slice(0, -'.json'.length) as Digest;
    const record = readForeignRecord(key, readFileSync(join(folder, 'records', name), 'utf8'));
    if (typeof record === 'string')
      throw userError(`${folder}/records/${name}: ${record}`, 'the crate was changed, or is of another runner');
    return record;
  });
}

function recordNames(folder: string): string[] {
  try {
    const names = readdirSync(join(folder, 'records')).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    if (names.length > 0) return names;
  } catch {
    // told below
  }
  throw userError(`${folder}: expected a crate made by pipeline provenance, with records/`);
}
