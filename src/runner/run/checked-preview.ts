/** What a run would do, or why it would refuse to: for `status` and `--dry-run`. Runs nothing. */
import type { Diagnostic } from '../../base/located-error.ts';
import { ok, type Result } from '../../base/result.ts';
import { type Preview, preview } from '../verdict/preview.ts';
import type { LoadedWith } from './check-stages.ts';
import type { OpenedPlan } from './open-plan.ts';

/**
 * In the plan's order; or, located, where a module and pipeline.yaml do not fit, which is not looked at where all is in place: it
 * was when that was made.
 */
export async function checkedPreview(
  { workspace, stages }: OpenedPlan,
  options: LoadedWith,
  isForced: (id: string) => boolean,
): Promise<Result<readonly Preview[], readonly Diagnostic[]>> {
  const previews = await preview(workspace, stages, isForced);
  if (previews.every(({ event }) => event.status === 'cached')) return ok(previews);
  const { checkStages } = await import('./check-stages.ts');
  const checked = await checkStages(workspace, options, stages);
  return checked.ok ? ok(previews) : checked;
}
