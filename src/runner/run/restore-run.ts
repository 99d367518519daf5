/** Brings what a past run made back from the cache into artifacts/. Runs nothing, and asks nothing of the present pipeline. */
import type { Digest } from '../../base/digest.ts';
import { restore } from '../execute/known-result.ts';
import type { RunContext } from '../execute/run-context.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { PlannedOutput, StagePlace } from '../model/plan.ts';
import type { ActionRecord } from '../store/actions.ts';
import { digestsOf, inPlace, settle } from '../verdict/judge-stage.ts';
import type { RunRecord } from './run-record.ts';

/** How one stage of the past run came back. */
export interface BroughtBack {
  readonly stage: string;
  /** `cached`: it was in place already; `missing`: the cache no longer has it. */
  readonly status: 'restored' | 'cached' | 'missing';
  /** Project-relative. */
  readonly paths: readonly string[];
}

type PastStage = RunRecord['stages'][number];

/** Every stage of the run that had a result; `told` is called after each. */
export async function restoreRun(
  context: Pick<RunContext, 'workspace' | 'emit' | 'signal'>,
  run: RunRecord,
  told: (one: BroughtBack) => void,
): Promise<void> {
  for (const past of run.stages) {
    if (context.signal.aborted) return;
    if (['ran', 'cached', 'restored'].includes(past.status)) told(await bringBack(context, past));
  }
}

async function bringBack(context: Pick<RunContext, 'workspace' | 'emit'>, past: PastStage): Promise<BroughtBack> {
  const { workspace } = context;
  const record = workspace.actions.read(past.key as Digest);
  if (record === undefined || !isOf(record, past)) return { stage: past.stage, status: 'missing', paths: [] };
  const place = placeOf(past.stage, record);
  const paths = Object.values(place.outputs).map(({ path }) => path);
  const there = inPlace(workspace, place, digestsOf(record.outputs)).outputs;
  const outputs = there ?? (await restore(context, place, record));
  if (outputs === undefined) return { stage: past.stage, status: 'missing', paths };
  settle(workspace, place, record.key, outputs, record.headlines, record.seconds);
  return { stage: past.stage, status: there === undefined ? 'restored' : 'cached', paths };
}

/** A stage that ran again under its key may have made other bytes since. */
function isOf(record: ActionRecord, { outputs }: PastStage): boolean {
  const made = digestsOf(record.outputs);
  return Object.entries(outputs).every(([name, digest]) => made[name] === digest);
}

/** Where its outputs lay, as the key's own ingredients tell: pipeline.yaml may say otherwise by now. */
function placeOf(id: string, record: ActionRecord): StagePlace {
  const stage = id.split('@')[0]!;
  const folder = instanceFolder({ id, stage });
  const declared = record.ingredients.flatMap(([kind, name, path]): [string, PlannedOutput][] =>
    kind === 'output' ? [[name, { path: folder + path, folder: path.endsWith('/') }]] : [],
  );
  return { id, stage, outputs: Object.fromEntries(declared) };
}
