/** `pipeline why STAGE`: each changed ingredient, old → new. */
import { join } from 'node:path';
import { type Change, shorten } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace, type Workspace } from '../state/workspace.ts';
import { differenceSince, judgeStage, type Verdict } from '../verdict/judge-stage.ts';
import { preview } from '../verdict/preview.ts';
import { formatTable, statusWord } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

interface Explanation {
  readonly stage: string;
  readonly status: string;
  readonly key: string;
  readonly reason: readonly string[];
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
): Pick<Explanation, 'key' | 'changes' | 'since'> {
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
  return { key, changes, since: { from: difference.since, key: difference.key } };
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
  const { stage, status, key, reason, since, changes } = explanation;
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
  return `${[head, keys, ...why].join('\n')}\n`;
}

function arrow({ before, after }: { readonly before?: string; readonly after?: string }): string[] {
  return [before === undefined ? '(none)' : shorten(before), '→', after === undefined ? '(none)' : shorten(after)];
}
