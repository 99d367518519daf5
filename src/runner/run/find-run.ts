/** Which past run a name means. Reads no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Project } from '../model/project.ts';
import type { RunRecord } from './run-record.ts';

/** Those of this checkout, of a cache that several share. */
export function runsOf({ root }: Project, records: readonly RunRecord[]): readonly RunRecord[] {
  return records.filter((record) => record.root === root);
}

/** A run by its id, the beginning or the end of it, `last`, or `last~2`. */
export function findRun(records: readonly RunRecord[], name: string): Result<RunRecord, Diagnostic> {
  const back = /^last(?:~(\d+))?$/.exec(name);
  if (back !== null) {
    const record = records[records.length - 1 - Number(back[1] ?? 0)];
    return record === undefined
      ? err({ message: `there is no run ${name}; ${records.length} are on record` })
      : ok(record);
  }
  const found = records.filter(({ run }) => run === name || run.startsWith(name) || run.endsWith(name));
  if (found.length === 1) return ok(found[0]!);
  if (found.length > 1)
    return err({ message: `'${name}' means ${found.length} runs`, hint: found.map(({ run }) => run).join(', ') });
  const hint =
    didYouMean(
      name,
      records.map(({ run }) => run),
    ) ?? 'pipeline history lists them; last and last~1 work too';
  return err({ message: `there is no run '${name}'`, hint });
}
