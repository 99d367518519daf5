/** `pipeline clean`: takes away what stages made in artifacts/; the rest stays and is listed. */
import { findMade, type MadeArtifacts, removeMade } from '../inspect/made-artifacts.ts';
import { isWithin } from '../load/path-rules.ts';
import { resolveTargets } from '../load/select.ts';
import { CheckoutLock } from '../locks/checkout-lock.ts';
import { claimsAlone, type FolderClaims } from '../locks/folder-claims.ts';
import type { PlannedStage } from '../model/plan.ts';
import { artifactsFolder } from '../model/project-path.ts';
import { formatBytes } from '../model/words.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { formatLeft } from '../views/left-behind.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function cleanCommand(io: CommandIo): Promise<number> {
  const flags = planFlags(io);
  const opened = await openPlan(flags);
  if (!opened.ok) return refuse(io, opened.error);
  const { plan, workspace } = opened.value;
  const orphans = io.line.has('orphans');
  if (orphans && flags.targets.length > 0)
    return refuse(io, [{ message: '--orphans takes no target: it means what no stage of the plan makes' }]);
  const ids = resolveTargets(plan, flags.targets);
  if (!ids.ok) return refuse(io, ids.error);
  const named = plan.stages.filter((stage) => ids.value.includes(stage.id));
  const isWanted = orphans
    ? (path: string): boolean => !isOutputOf(plan.stages, path)
    : (path: string): boolean => named.length === 0 || isOutputOf(named, path);
  const dry = io.line.has('dry-run');
  const lock = dry
    ? undefined
    : await CheckoutLock.acquire(io.project, wishFor(named), io.signal, (holder) => io.error(`waits for ${holder}\n`));
  try {
    const found = findMade(workspace, isWanted);
    saveWorkspace(workspace);
    if (!dry) removeMade(io.project, found);
    tell(io, found, dry);
  } finally {
    await lock?.release();
  }
  return exitCodes.done;
}

/** Of an instance, its stage's whole folder: that is taken away where nothing is left in it. */
function wishFor(named: readonly PlannedStage[]): { readonly claims: FolderClaims; readonly doing: string } {
  const folders = named.length === 0 ? [artifactsFolder] : named.map(({ stage }) => `${artifactsFolder}/${stage}`);
  return { claims: claimsAlone(folders), doing: 'cleans' };
}

function isOutputOf(stages: readonly PlannedStage[], path: string): boolean {
  return stages.some((stage) => Object.values(stage.outputs).some((output) => isWithin(path, output.path)));
}

function tell(io: CommandIo, { made, left }: MadeArtifacts, dry: boolean): void {
  const bytes = made.reduce((sum, file) => sum + file.bytes, 0);
  const lost = made.filter(({ cached }) => !cached).length;
  if (io.line.has('json')) {
    for (const { path, why } of left) io.out(`${JSON.stringify({ event: 'left', path, why })}\n`);
    io.out(`${JSON.stringify({ event: 'clean', bytes, files: made.length, notInCache: lost, dryRun: dry })}\n`);
    return;
  }
  const back =
    lost === 0
      ? 'pipeline run brings it back from the cache'
      : `${lost} of ${made.length} files are not in the cache: pipeline run makes them again`;
  const listed = formatLeft(left);
  const done = `${dry ? 'would free' : 'freed'} ${formatBytes(bytes)} in artifacts/; ${back}`;
  io.out(`${listed === '' ? '' : `${listed}\n`}${done}\n`);
}
