/** `pipeline clean`: takes artifacts away; the cache keeps what it takes to bring them back. */
import { rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveTarget } from '../load/select.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import type { PlannedStage } from '../model/plan.ts';
import { artifactsDir, stagingDir } from '../model/project.ts';
import { formatBytes } from '../model/words.ts';
import { openPlan } from '../run/open-plan.ts';
import { bytesBelow, entriesOf } from '../store/folders.ts';
import { removeTree } from '../store/remove-tree.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function cleanCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const ids = io.line.operands.flatMap((target) => {
    const found = resolveTarget(opened.value.plan, target);
    return found.ok ? found.value : [];
  });
  const paths =
    ids.length === 0
      ? entriesOf(artifactsDir(io.project)).filter((path) => path !== stagingDir(io.project))
      : outputsOf(io, opened.value.stages, ids);
  const dry = io.line.has('dry-run');
  const lock = dry
    ? undefined
    : await CheckoutLock.acquire(io.project, `clean ${process.pid}`, io.signal, (holder) =>
        io.error(`waits for ${holder}\n`),
      );
  try {
    let bytes = 0;
    for (const path of paths) {
      bytes += bytesBelow(path);
      if (!dry) remove(path, artifactsDir(io.project));
    }
    const what = dry ? 'would free' : 'freed';
    io.out(
      io.line.has('json')
        ? `${JSON.stringify({ event: 'clean', bytes, dryRun: dry })}\n`
        : `${what} ${formatBytes(bytes)} in artifacts/; pipeline run brings it back from the cache\n`,
    );
  } finally {
    lock?.release();
  }
  return exitCodes.done;
}

/** The outputs of the named stages alone, not of what they need. */
function outputsOf(io: CommandIo, stages: readonly PlannedStage[], ids: readonly string[]): string[] {
  const named = stages.filter((stage) => ids.includes(stage.id));
  return named.flatMap((stage) => Object.values(stage.outputs).map(({ path }) => join(io.project.root, path)));
}

/** With the folders above it that become empty. */
function remove(path: string, top: string): void {
  removeTree(path);
  for (let folder = dirname(path); folder.length > top.length; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}
