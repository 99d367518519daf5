/** A declared parameter on one network: which items share an element, their start, and values from offsets. Knows no optimizer. */
import type { CellParameters, Model, SpikingNetwork } from '../network/network.ts';
import { type ParameterSpec, type Trainable, unitOf } from './parameter-spec.ts';
import { type Bounds, movementOf, offsetAt, slopeAt, valueAfter } from './transform.ts';

/** Items are gains, edges or cells; elements are what the optimizer moves. */
export interface ParameterGroup {
  readonly spec: ParameterSpec;
  /** e.g. `vThresh by neuron`. */
  readonly name: string;
  readonly unit: string;
  /** What the items are: gains [G], edges [E] or cells [N]. */
  readonly items: 'gain' | 'edge' | 'cell';
  /** [items] element of each item. */
  readonly elementOf: Int32Array;
  /** [items] value at u = 0, in units. */
  readonly base: Float64Array;
  /** [items] of the value, in units. */
  readonly bounds: readonly Bounds[];
  /** Number of elements. */
  readonly size: number;
  readonly elementNames: readonly string[];
}

/** The array of a network's cells that a trainable quantity sets. */
export const cellField: Readonly<Record<Exclude<Trainable, 'gain'>, Exclude<keyof CellParameters, 'refractorySteps'>>> =
  {
    tauM: 'tauMMs',
    vThresh: 'vThreshMv',
    iOffset: 'iOffsetNa',
    tauSynE: 'tauSynEMs',
    tauSynI: 'tauSynIMs',
  };

type TypedNetwork = Pick<Model, 'network' | 'typeNames' | 'typeIdx'>;

/** One group for each spec, starting from the network's present values. Throws RangeError where gains are free but shared, or the reverse. */
export function parameterGroups(specs: readonly ParameterSpec[], model: TypedNetwork): ParameterGroup[] {
  return specs.map((spec) =>
    spec.what === 'gain' ? gainGroup(spec, model.network) : cellGroup(spec, spec.what, model),
  );
}

function group(
  spec: ParameterSpec,
  items: ParameterGroup['items'],
  labels: readonly string[],
  base: ArrayLike<number>,
): ParameterGroup {
  const numbers = new Map<string, number>();
  for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
  return {
    spec,
    name: `${spec.what} by ${spec.sharedBy}`,
    unit: unitOf(spec.what),
    items,
    elementOf: Int32Array.from(labels, (label) => numbers.get(label)!),
    base: Float64Array.from(base),
    bounds: Array.from(base, (value) => boundsOf(spec, value)),
    size: numbers.size,
    elementNames: [...numbers.keys()],
  };
}

function gainGroup(spec: ParameterSpec, network: SpikingNetwork): ParameterGroup {
  const { gainNames } = network.topology;
  if (spec.sharedBy === 'synapse') {
    const names = Array.from(network.weightNa, (_, e) => `${gainNames[network.topology.gainIdx[e]!]} edge ${e}`);
    return group(spec, 'edge', names, network.weightNa);
  }
  if (network.gainNa === undefined) throw new RangeError(`gain by ${spec.sharedBy}: this network has free weights`);
  // Names are `PRE→POST receptor[ label]`: the topology numbers gains as finely as its options say.
  const labelled = gainNames.some((name) => name.split(' ').length > 2);
  if (labelled !== (spec.sharedBy !== 'pair')) {
    throw new RangeError(
      `gain by ${spec.sharedBy}: the topology numbers gains otherwise, e.g. '${gainNames[0]}'; set its gainSharing`,
    );
  }
  const labels = spec.sharedBy === 'transmitter' ? gainNames.map((n) => n.slice(n.indexOf(' ') + 1)) : gainNames;
  return group(spec, 'gain', labels, network.gainNa);
}

function cellGroup(spec: ParameterSpec, what: keyof typeof cellField, model: TypedNetwork): ParameterGroup {
  const { cells, topology } = model.network;
  const populationNames = topology.populations.flatMap((p) => Array.from({ length: p.size }, () => p.name));
  const label = (population: string, cell: number): string => {
    if (spec.sharedBy === 'network') return 'all cells';
    if (spec.sharedBy === 'population') return population;
    const type = `${population} ${model.typeNames[model.typeIdx[cell]!]}`;
    return spec.sharedBy === 'type' ? type : `${type} cell ${cell}`;
  };
  return group(spec, 'cell', populationNames.map(label), cells[cellField[what]]);
}

/** The value of every item at offsets u [size], in units, f64. */
export function groupValues({ spec, base, bounds, elementOf }: ParameterGroup, u: ArrayLike<number>): Float64Array {
  const movement = Float64Array.from(u, (offset) => movementOf(spec.transform, offset));
  const out = new Float64Array(base.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = valueAfter(spec.transform, bounds[i]!, base[i]!, movement[elementOf[i]!]!);
  }
  return out;
}

/** dL/du [size] from dL/dvalue [items]. */
export function groupGradient(g: ParameterGroup, values: ArrayLike<number>, byValue: ArrayLike<number>): Float64Array {
  const out = new Float64Array(g.size);
  for (let i = 0; i < g.base.length; i++) {
    out[g.elementOf[i]!]! += byValue[i]! * slopeAt(g.spec.transform, g.bounds[i]!, values[i]!);
  }
  return out;
}

/** Moves u, in place, to the nearest offsets at which every item lies in its bounds and at or above its floor; returns how many moved. */
export function projectOffsets(g: ParameterGroup, u: Float32Array, floor?: ArrayLike<number>): number {
  const values = groupValues(g, u);
  const before = u.slice();
  // Floors last: an element whose items disagree keeps its floors.
  for (const side of ['hi', 'lo'] as const) {
    for (let i = 0; i < values.length; i++) {
      const bounds = g.bounds[i]!;
      const limit = side === 'hi' ? bounds.hi : Math.max(bounds.lo, floor?.[i] ?? bounds.lo);
      const outside = side === 'hi' ? values[i]! > limit : values[i]! < limit;
      if (!outside) continue;
      const at = g.elementOf[i]!;
      const offset = offsetAt(g.spec.transform, bounds, g.base[i]!, limit);
      u[at] = side === 'hi' ? Math.min(u[at]!, offset) : Math.max(u[at]!, offset);
    }
  }
  return u.reduce((moved, value, j) => moved + (value === before[j] ? 0 : 1), 0);
}

/** Gains are bounded relative to their start, cell parameters in units; a start outside the bounds widens them. */
function boundsOf({ bounds: { lo, hi }, what }: ParameterSpec, base: number): Bounds {
  if (what === 'gain') return { lo: lo * base, hi: hi * base };
  return { lo: Math.min(lo, base), hi: Math.max(hi, base) };
}
