/** How far a whole run is, by the seconds that each stage took last time and the pace of those under way. Knows no clock. */

/** One stage under way. */
export interface Underway {
  readonly seconds: number;
  /** By its own pace, where it is known. */
  readonly left?: number | undefined;
}

export class Expectation {
  /** Stage → seconds; of those that may run; 0 where it never ran. */
  private readonly expected = new Map<string, number>();
  private readonly ended = new Map<string, number>();

  expect(seconds: Readonly<Record<string, number>>): void {
    for (const [stage, value] of Object.entries(seconds)) this.expected.set(stage, value);
  }

  end(stage: string, seconds: number): void {
    this.ended.set(stage, seconds);
  }

  /** Seconds of work that are left, one stage after the other; undefined where a stage has neither a pace nor a last time. */
  secondsLeft(underway: ReadonlyMap<string, Underway>): number | undefined {
    let left = 0;
    for (const [stage, last] of this.expected) {
      if (this.ended.has(stage)) continue;
      const now = underway.get(stage);
      if (!(last > 0) && now?.left === undefined) return undefined;
      // its count may be that of one part of its work: then last time knows better
      left += now === undefined ? last : Math.max(now.left ?? 0, last - now.seconds);
    }
    return this.expected.size === 0 ? undefined : left;
  }

  /** Of all the work, 0 to 1; undefined where what is left is not known. */
  share(underway: ReadonlyMap<string, Underway>): number | undefined {
    const left = this.secondsLeft(underway);
    if (left === undefined) return undefined;
    let spent = 0;
    for (const seconds of this.ended.values()) spent += seconds;
    for (const { seconds } of underway.values()) spent += seconds;
    return spent + left > 0 ? spent / (spent + left) : undefined;
  }
}
