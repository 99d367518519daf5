/** A matrix → its instances: axes, id, folder. Knows no files and no other stage. */
import type { Json } from '../model/plan.ts';

/** One combination of a matrix (or the one of a stage without). */
export interface Instance {
  readonly axes: Readonly<Record<string, Json>>;
  /** `seed=1,width=0.5`, or '' without a matrix. */
  readonly label: string;
}

export type Matrix = Readonly<Record<string, readonly Json[]>>;

/** How many instances a matrix has. */
export function countInstances(matrix: Matrix): number {
  return Object.values(matrix).reduce((product, values) => product * values.length, 1);
}

/** All combinations, the last axis running fastest. */
export function expandMatrix(matrix: Matrix): readonly Instance[] {
  let instances: readonly Instance[] = [{ axes: {}, label: '' }];
  for (const [axis, values] of Object.entries(matrix)) {
    instances = instances.flatMap((before) =>
      values.map((value) => ({ axes: { ...before.axes, [axis]: value }, label: labelOf(before.label, axis, value) })),
    );
  }
  return instances;
}

function labelOf(before: string, axis: string, value: Json): string {
  return `${before === '' ? '' : `${before},`}${axis}=${String(value)}`;
}
