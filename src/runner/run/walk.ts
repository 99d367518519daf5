/** How far a run has come through its stages: what ended and how, what waits, what may begin. Runs and reads nothing. */
import type { PlannedStage } from '../model/plan.ts';
import type { Verdict } from '../verdict/judge-stage.ts';
import { endEvent, type StageEnd } from '../verdict/stage-end.ts';

export class Walk {
  private readonly keepGoing: boolean;
  private readonly signal: AbortSignal;
  private readonly selected: ReadonlySet<string>;
  private readonly ended = new Map<string, StageEnd>();
  private readonly waiting = new Set<PlannedStage>();
  /** Stage → the selected stages that need it, in the plan's order. */
  private readonly dependents: ReadonlyMap<string, readonly PlannedStage[]>;
  private failed: string | undefined;

  constructor(stages: readonly PlannedStage[], keepGoing: boolean, signal: AbortSignal) {
    this.keepGoing = keepGoing;
    this.signal = signal;
    this.selected = new Set(stages.map((stage) => stage.id));
    this.dependents = dependentsOf(stages);
  }

  /** In the order they came. */
  get ends(): readonly StageEnd[] {
    return [...this.ended.values()];
  }

  /** Nothing more is begun: something failed and the run does not keep going, or it was interrupted. */
  get isClosed(): boolean {
    return this.signal.aborted || (this.failed !== undefined && !this.keepGoing);
  }

  /** Of the selected stages, in the plan's order. */
  get unended(): readonly string[] {
    return [...this.selected].filter((id) => !this.ended.has(id));
  }

  get someWait(): boolean {
    return this.waiting.size > 0;
  }

  /** Whether everything it needs, of what this run covers, has ended well. */
  isReady(stage: PlannedStage): boolean {
    return stage.needs.every((need) => !this.selected.has(need) || isGood(this.ended.get(need)));
  }

  wait(stage: PlannedStage): void {
    this.waiting.add(stage);
  }

  finish(end: StageEnd): void {
    this.ended.set(end.stage.id, end);
    if (end.event.status === 'failed') this.failed ??= end.stage.id;
  }

  /** What waited for `ended` and might begin now. */
  releasable(ended: PlannedStage): readonly PlannedStage[] {
    const dependents = this.dependents.get(ended.id) ?? [];
    return this.isClosed ? [] : dependents.filter((stage) => this.waiting.has(stage) && this.isReady(stage));
  }

  /** Takes out of the waiting what waited for `ended` and may begin now, one at a time: an end between two may close the walk. */
  *released(ended: PlannedStage): Generator<PlannedStage> {
    for (const stage of this.dependents.get(ended.id) ?? []) {
      if (this.isClosed) return;
      if (!this.waiting.has(stage) || !this.isReady(stage)) continue;
      this.waiting.delete(stage);
      yield stage;
    }
  }

  /** Ends everything that still waits as skipped, each with the reason. */
  *skipped(): Generator<StageEnd> {
    for (const stage of [...this.waiting]) {
      const verdict: Verdict = { kind: 'blocked', problems: [] };
      this.waiting.delete(stage);
      yield { stage, verdict, event: endEvent(stage, 'skipped', verdict, { reason: [this.whySkipped(stage)] }) };
    }
  }

  private whySkipped(stage: PlannedStage): string {
    if (this.signal.aborted) return 'interrupted';
    const needed = stage.needs.find((need) => this.selected.has(need) && !isGood(this.ended.get(need)));
    return needed !== undefined ? `needs ${needed}` : `not begun: ${this.failed} failed`;
  }
}

function isGood(end: StageEnd | undefined): boolean {
  return end !== undefined && end.event.status !== 'failed' && end.event.status !== 'skipped';
}

function dependentsOf(stages: readonly PlannedStage[]): ReadonlyMap<string, readonly PlannedStage[]> {
  const dependents = new Map<string, PlannedStage[]>();
  for (const stage of stages)
    for (const need of stage.needs) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [stage]);
      else list.push(stage);
    }
  return dependents;
}
