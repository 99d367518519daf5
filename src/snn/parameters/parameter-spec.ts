/** What may be trained, how it is shared and bounded: the declaration, with its defaults. Knows no network and no gradients. */
import { didYouMean } from '../../base/suggest.ts';
import type { Bounds, Transform } from './transform.ts';

/** The trainable quantities; `gain` is nA per synapse. */
export const trainable = ['gain', 'tauM', 'vThresh', 'iOffset', 'tauSynE', 'tauSynI'] as const;
export type Trainable = (typeof trainable)[number];

/** Gains: type (pair of cell types), pair (population pair and receptor), transmitter, synapse. Cells: network, population, type, neuron. */
export type Sharing = 'pair' | 'transmitter' | 'type' | 'synapse' | 'network' | 'population' | 'neuron';

/** One declared group of parameters. */
export interface ParameterSpec {
  readonly what: Trainable;
  readonly sharedBy: Sharing;
  /** In units; for gains relative to the start. */
  readonly bounds: Bounds;
  readonly transform: Transform;
  /** Factor on the learning rate. */
  readonly learningRate: number;
  /** λ of the prior λ·Σu². */
  readonly priorStrength: number;
}

/** As written in pipeline.yaml: a name, or an object with what differs from the default. */
export type ParameterDeclaration =
  | string
  | {
      readonly what: string;
      readonly sharedBy?: Sharing;
      readonly bounds?: readonly [number, number];
      readonly learningRate?: number;
      readonly prior?: { readonly strength: number };
    };

const units: Readonly<Record<Trainable, string>> = {
  gain: 'nA/synapse',
  tauM: 'ms',
  vThresh: 'mV',
  iOffset: 'nA',
  tauSynE: 'ms',
  tauSynI: 'ms',
};

/** The unit in which a quantity is reported. */
export function unitOf(what: Trainable): string {
  return units[what];
}

const cellSharing: readonly Sharing[] = ['network', 'population', 'type', 'neuron'];
const gainSharing: readonly Sharing[] = ['pair', 'transmitter', 'type', 'synapse'];

/** Defaults; bounds are free parameters that keep PyNN cells sane, iOffset moves 0.1 nA per unit of u. */
const defaults: Readonly<Record<Trainable, Pick<ParameterSpec, 'sharedBy' | 'bounds' | 'transform'>>> = {
  gain: { sharedBy: 'type', bounds: { lo: 1e-3, hi: 1e3 }, transform: { form: 'log' } },
  tauM: { sharedBy: 'type', bounds: { lo: 3, hi: 60 }, transform: { form: 'log' } },
  vThresh: { sharedBy: 'neuron', bounds: { lo: 5, hi: 1000 }, transform: { form: 'log' } },
  iOffset: { sharedBy: 'type', bounds: { lo: -1, hi: 1 }, transform: { form: 'identity', scale: 0.1 } },
  tauSynE: { sharedBy: 'population', bounds: { lo: 1, hi: 20 }, transform: { form: 'logit' } },
  tauSynI: { sharedBy: 'population', bounds: { lo: 1, hi: 40 }, transform: { form: 'logit' } },
};

/** The spec of each declared group (`readout`, which is always trained, is passed over); throws RangeError on what is unknown. */
export function parameterSpecs(declarations: readonly ParameterDeclaration[], priorStrength = 0): ParameterSpec[] {
  const specs = declarations
    .map((d) => (typeof d === 'string' ? { what: d } : d))
    .filter((d) => d.what !== 'readout')
    .map((d) => specOf(d, priorStrength));
  const twice = specs.find((spec, i) => specs.findIndex((other) => other.what === spec.what) !== i);
  if (twice !== undefined) throw new RangeError(`train.parameters: '${twice.what}' is declared twice`);
  return specs;
}

function specOf(d: Exclude<ParameterDeclaration, string>, priorStrength: number): ParameterSpec {
  const what = trainable.find((name) => name === d.what);
  if (what === undefined) {
    const hint = didYouMean(d.what, [...trainable, 'readout']) ?? `there are: ${trainable.join(', ')}, readout`;
    throw new RangeError(`train.parameters: unknown parameter '${d.what}', ${hint}`);
  }
  const base = defaults[what];
  const sharedBy = d.sharedBy ?? base.sharedBy;
  const allowed = what === 'gain' ? gainSharing : cellSharing;
  if (!allowed.includes(sharedBy)) {
    throw new RangeError(`train.parameters: ${what} cannot be shared by '${sharedBy}', but by ${allowed.join(', ')}`);
  }
  const bounds = d.bounds === undefined ? base.bounds : { lo: d.bounds[0], hi: d.bounds[1] };
  if (!(bounds.lo < bounds.hi)) throw new RangeError(`train.parameters: ${what} bounds ${bounds.lo} … ${bounds.hi}`);
  return {
    what,
    sharedBy,
    bounds,
    transform: base.transform,
    learningRate: d.learningRate ?? 1,
    priorStrength: d.prior?.strength ?? priorStrength,
  };
}
