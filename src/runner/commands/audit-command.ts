/** `pipeline audit`: everything re-hashed and followed back to its sources; `--rebuild` runs again and compares bytes. */
import type { Diagnostic } from '../../base/located-error.ts';
import { ok, type Result } from '../../base/result.ts';
import { type AuditRow, auditArtifacts, auditCache } from '../inspect/audit.ts';
import { type RebuildEnd, rebuild } from '../inspect/rebuild.ts';
import { selectNamed } from '../load/select.ts';
import { beginContext } from '../run/begin-context.ts';
import { openPlan } from '../run/open-plan.ts';
import { claimCheckout, learnContracts } from '../run/prepare-run.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

type Opened = Extract<Awaited<ReturnType<typeof openPlan>>, { ok: true }>['value'];

export async function auditCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  if (io.line.has('rebuild')) return rebuildCommand(io, opened.value);
  const { plan, stages, workspace } = opened.value;
  const rows = [
    ...(await auditArtifacts(workspace, plan, stages, !io.line.has('set'))),
    ...(await auditCache(workspace)),
  ];
  return report(io, rows);
}

/** An object that no record names is no difference: gc takes it away. */
function isWrong(row: AuditRow): boolean {
  return row.state !== 'ok' && !(row.what === 'object' && row.state === 'orphaned');
}

function report(io: CommandIo, rows: readonly AuditRow[]): number {
  const wrong = rows.filter(isWrong);
  const count = (what: AuditRow['what']): number => rows.filter((row) => row.what === what).length;
  if (io.line.has('json')) {
    for (const row of rows) io.out(`${JSON.stringify({ event: 'audit', ...row })}\n`);
    io.out(`${JSON.stringify({ event: 'summary', checked: rows.length, wrong: wrong.length })}\n`);
  } else {
    const shown = rows
      .filter((row) => row.state !== 'ok')
      .map((row) => [
        row.state,
        row.what,
        ['object', 'action'].includes(row.what) ? row.name.slice(0, 12) : row.name,
        row.detail,
      ]);
    if (shown.length > 0) io.out(`${formatTable(shown)}\n\n`);
    io.out(
      `${count('artifact')} artifacts, ${count('object')} objects and ${count('action')} records read in full: ${wrong.length === 0 ? 'all as they were made' : `${wrong.length} wrong`}\n`,
    );
  }
  return wrong.length === 0 ? exitCodes.done : exitCodes.different;
}

async function rebuildCommand(io: CommandIo, opened: Opened): Promise<number> {
  const { workspace } = opened;
  const named = io.line.all('rebuild').filter((name) => name !== '');
  const found = chooseStages(opened, [...named, ...io.line.operands]);
  if (!found.ok) return refuse(io, [found.error]);
  const chosen = found.value;
  const context = beginContext(workspace, {
    started: new Date(),
    signal: io.signal,
    emit: (event) => {
      if (event.event === 'waiting' && !io.line.has('json')) io.error(`waits for ${event.holder}\n`);
    },
  });
  const release = await claimCheckout(context, chosen, 'read');
  const ends: RebuildEnd[] = [];
  try {
    await learnContracts(context, planFlags(io), chosen);
    for (const stage of chosen) {
      if (io.signal.aborted) return exitCodes.interrupted;
      const end = await rebuild(context, stage);
      ends.push(end);
      io.out(
        io.line.has('json')
          ? `${JSON.stringify({ event: 'rebuild', ...end })}\n`
          : `${formatTable([[end.stage, end.state, end.detail]])}\n`,
      );
    }
  } finally {
    await release();
  }
  if (ends.some((end) => end.state === 'failed')) return exitCodes.failed;
  return ends.every((end) => end.state === 'same') ? exitCodes.done : exitCodes.different;
}

function chooseStages({ plan, stages }: Opened, names: readonly string[]): Result<Opened['stages'], Diagnostic> {
  if (names.length === 0) return ok(stages);
  const ids = new Set<string>();
  for (const name of names) {
    const found = selectNamed(plan, name);
    if (!found.ok) return found;
    for (const id of found.value) ids.add(id);
  }
  return ok(plan.stages.filter((stage) => ids.has(stage.id)));
}
