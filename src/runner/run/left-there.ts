/**
 * The stages of a run whose results a remote holds and that nobody asked for by name: they are left there, and brought here when a stage that
 * must run reads them. So a cached chain fetches its last artifacts alone. Fetches and runs nothing itself.
 */
import type { NeedsBrought, RunContext } from '../execute/run-context.ts';
import { hasOutputs } from '../model/events.ts';
import type { PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import { digestsOf, type Verdict } from '../verdict/judge-stage.ts';
import { endEvent, type StageEnd } from '../verdict/stage-end.ts';

type Stale = Extract<Verdict, { kind: 'stale' }>;

/** Brings one stage up to date: restores it, or runs it. */
export type Bring = (stage: PlannedStage, verdict: Stale) => Promise<StageEnd>;

interface Left {
  readonly stage: PlannedStage;
  readonly verdict: Stale;
  brought?: Promise<StageEnd>;
}

export class LeftThere {
  /** Whether a stage that was left there had to be made again and came out otherwise: what was judged by it is to be judged anew. */
  torn = false;
  private readonly asked: ReadonlySet<string> | undefined;
  private readonly left = new Map<string, Left>();

  constructor(asked: ReadonlySet<string> | undefined) {
    this.asked = asked;
  }

  /** Leaves a stage there, where that may be; the stages after it then read its record. */
  take({ workspace, isForced }: RunContext, stage: PlannedStage, verdict: Stale): StageEnd | undefined {
    const { record } = verdict;
    if (this.asked?.has(stage.id) !== false || record?.remote !== true || isForced(stage.id)) return undefined;
    if (this.torn || !stage.cache || Object.keys(stage.resources.slots).length > 0) return undefined;
    const files = Object.values(record.outputs).flatMap((tree) => tree.files);
    if (files.every(({ digest, size }) => workspace.objects.has(digest, size))) return undefined;
    for (const [name, { path }] of Object.entries(stage.outputs))
      workspace.known.set(projectPath(path), record.outputs[name]!);
    this.left.set(stage.id, { stage, verdict });
    const reason = ['nothing here needs its outputs'];
    return { stage, verdict, event: endEvent(stage, 'remote', verdict, { reason, headlines: record.headlines }) };
  }

  has(id: string): boolean {
    return this.left.has(id);
  }

  /** Brings those of the needs that were left there, one after the other; `ended` hears of each once. */
  async bring(
    context: RunContext,
    needs: readonly string[],
    bring: Bring,
    ended: (end: StageEnd) => void,
  ): Promise<NeedsBrought> {
    const wanted = needs.flatMap((id) => this.left.get(id) ?? []);
    await this.fetchAll(context, wanted);
    let changed = false;
    for (const one of wanted) {
      one.brought ??= this.bringOne(one, bring, ended);
      const end = await one.brought;
      if (!hasOutputs(end.event.status)) return { failed: one.stage.id };
      changed ||= this.isOther(context, one);
    }
    return changed ? 'changed' : 'here';
  }

  private async bringOne(one: Left, bring: Bring, ended: (end: StageEnd) => void): Promise<StageEnd> {
    const end = await bring(one.stage, one.verdict);
    ended(end);
    return end;
  }

  /** Side by side, before each is put into its place. */
  private async fetchAll({ workspace }: RunContext, wanted: readonly Left[]): Promise<void> {
    const remote = await workspace.remote?.open();
    const fresh = wanted.filter(({ brought }) => brought === undefined);
    const trees = fresh.flatMap(({ verdict }) => Object.values(verdict.record?.outputs ?? {}));
    await remote?.fetch(trees.flatMap((tree) => tree.files));
  }

  private isOther({ workspace }: RunContext, { stage, verdict }: Left): boolean {
    const before = digestsOf(verdict.record?.outputs ?? {});
    const other = Object.entries(stage.outputs).some(
      ([name, { path }]) => workspace.known.get(projectPath(path))?.digest !== before[name],
    );
    this.torn ||= other;
    return other;
  }
}
