/** `pipeline why STAGE`: each changed ingredient, old → new. */
import { join } from 'node:path';
import { type Change, shorten } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace, type Workspace } from '../state/workspace.ts';
import {
  type Difference,
  differenceSince,
  digestsOf,
  inPlace,
  judgeStage,
  type Verdict,
} from '../verdict/judge-stage.ts';
import { preview } from '../verdict/preview.ts';
import { formatTable, statusWord } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

interface Explanation {
  readonly stage: string;
  readonly status: string;
  readonly key: string;
  readonly reason: readonly string[];
  /** Why it cannot run. */
  readonly error?: string;
  /** Whether the result that `changes` are told against lies in artifacts/. */
  readonly inPlace?: boolean;
  readonly since?: { readonly from: string; readonly key: string };
  readonly changes: readonly (Change & {
    /** of an input: its files that differ */ readonly files?: readonly FileChange[];
  })[];
}

interface FileChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export async function whyCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const { stages, workspace } = opened.value;
  const wanted = io.line.operands[0]!;
  const previews = await preview(workspace, stages, () => false);
  const asked = previews.filter(({ stage }) => stage.stage === wanted || stage.id === wanted);
  for (const { stage, event } of asked.length > 0 ? asked : previews.slice(-1)) {
    const verdict = await judgeStage(workspace, stage);
    const explanation = {
      stage: stage.id,
      status: event.status,
      ...explain(workspace, stage, verdict),
      reason: event.reason,
      ...(event.error === undefined ? {} : { error: event.error }),
    };
    io.out(io.line.has('json') ? `${JSON.stringify({ event: 'why', ...explanation })}\n` : textOf(explanation));
  }
  saveWorkspace(workspace);
  return exitCodes.done;
}

function explain(
  workspace: Workspace,
  stage: PlannedStage,
  verdict: Verdict,
): Pick<Explanation, 'key' | 'changes' | 'since' | 'inPlace'> {
  if (verdict.kind === 'blocked') return { key: '', changes: [] };
  const { key, ingredients } = verdict.gathered;
  const difference = differenceSince(workspace, stage, ingredients);
  if (difference === undefined) return { key, changes: [] };
  const changes = difference.changes.map((change) => {
    const { inputs } = verdict.gathered;
    const files = difference.record?.inputFiles ?? {};
    const before = change.kind === 'input' && Object.hasOwn(files, change.name) ? files[change.name] : undefined;
    if (before === undefined || !Object.hasOwn(inputs, change.name)) return change;
    return { ...change, files: changedFiles(before, inputs[change.name]!.files) };
  });
  const since = { from: difference.since, key: difference.key };
  return { key, changes, since, inPlace: isInPlace(workspace, stage, difference) };
}

function isInPlace(workspace: Workspace, stage: PlannedStage, { record }: Difference): boolean {
  if (record === undefined || Object.keys(stage.outputs).some((name) => record.outputs[name] === undefined))
    return false;
  return inPlace(workspace, stage, digestsOf(record.outputs)).outputs !== undefined;
}

function changedFiles(
  before: readonly (readonly [string, string])[],
  after: readonly { readonly path: string; readonly digest: string }[],
): FileChange[] {
  const old = new Map(before);
  const now = new Map(after.map(({ path, digest }) => [path, digest] as const));
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  return paths.map((path) => ({
    path,
    ...(old.has(path) ? { before: old.get(path)! } : {}),
    ...(now.has(path) ? { after: now.get(path)! } : {}),
  }));
}

function textOf(explanation: Explanation): string {
  const { stage, status, key, reason, error, since, changes } = explanation;
  const words = { cached: 'is up to date', restored: 'would be brought back from the cache', 'would-run': 'would run' };
  const head = `${stage} ${(words as Record<string, string>)[status] ?? statusWord(status as 'failed')}`;
  const keys =
    since === undefined || since.key === key
      ? `  key ${shorten(key)}`
      : `  key ${shorten(since.key)} → ${shorten(key)} (${since.from})`;
  const rows = changes.flatMap((change) => [
    [`  ${change.kind} ${change.name}`, ...arrow(change)],
    ...(change.files ?? []).map((file) => [`    ${join(file.path)}`, ...arrow(file)]),
  ]);
  const why = rows.length > 0 ? [formatTable(rows)] : reason.map((text) => `  ${text}`);
  const blocked = error === undefined ? [] : error.split('\n').map((line) => `  ${line}`);
  return `${[head, ...(key === '' ? [] : [keys]), ...blocked, ...why, ...plainly(explanation)].join('\n')}\n`;
}

/** Changed parameters in a sentence each: which values the last result has, and which `run` would take. */
function plainly({ status, since, inPlace: there, changes }: Explanation): string[] {
  if (since?.from !== 'cache' || status === 'cached') return [];
  const result = there === true ? 'the result in place' : 'the last result';
  return changes.flatMap(({ kind, name, before, after }) =>
    kind === 'param' && before !== undefined && after !== undefined
      ? [`  ${result} was made with ${name} ${shorten(before)}; run would use ${shorten(after)}`]
      : [],
  );
}

function arrow({ before, after }: { readonly before?: string; readonly after?: string }): string[] {
  return [before === undefined ? '(none)' : shorten(before), '→', after === undefined ? '(none)' : shorten(after)];
}
