/** The axes of a matrix → its instances: values, label, settings. Knows no files and no other stage. */
import type { Json } from '../model/plan.ts';
import type { JsonObject } from './params.ts';

/** One place on an axis: the value, or the name of the settings, and what is laid over the tree there, by dotted key. */
export interface AxisValue {
  readonly value: Json;
  readonly settings: JsonObject;
}

/** `parameter`: the axis is a key of the tree, and its stage sees it; `settings`: its values are names of settings of other keys. */
export interface Axis {
  readonly name: string;
  readonly kind: 'parameter' | 'settings';
  readonly values: readonly AxisValue[];
}

/** One combination of a matrix (or the one of a stage without). */
export interface Instance {
  readonly axes: Readonly<Record<string, Json>>;
  /** `seed=1,width=0.5`, or '' without a matrix. */
  readonly label: string;
  readonly settings: JsonObject;
}

/** As written: a list of values, `${params.KEY}`, or settings by name. */
export type Matrix = Readonly<Record<string, readonly Json[] | string | JsonObject>>;

/** How many instances the axes have. */
export function countInstances(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/** All combinations, the last axis running fastest. */
export function expandMatrix(axes: readonly Axis[]): readonly Instance[] {
  let instances: readonly Instance[] = [{ axes: {}, label: '', settings: {} }];
  for (const { name, values } of axes)
    instances = instances.flatMap((before) =>
      values.map(({ value, settings }) => ({
        axes: { ...before.axes, [name]: value },
        label: `${before.label === '' ? '' : `${before.label},`}${name}=${String(value)}`,
        settings: { ...before.settings, ...settings },
      })),
    );
  return instances;
}
