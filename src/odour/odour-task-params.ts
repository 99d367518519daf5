/** The `odours` parameters of pipeline.yaml: their schema, their defaults, and the rules that they stand for. Knows no data. */
import { type OdourRule, odourRules } from './choose-odours.ts';
import type { UnitChoice } from './door/glomeruli.ts';
import type { Split } from './odour-task.ts';
import type { OdourTaskRules } from './odour-task-rules.ts';

export interface OdourParams {
  /** A named rule or one written out. */
  readonly rule?: keyof typeof odourRules | Partial<OdourRule>;
  /** Overrides the rule's number. */
  readonly minResponders?: number;
  /** The population that hears the odours. */
  readonly population?: string;
  readonly units?: UnitChoice;
  readonly composites?: 'mean' | 'draw';
  readonly sfr?: 'keep' | 'subtract';
  readonly rateHz?: { readonly baseline: number; readonly gain: number };
  readonly durationMs?: { readonly min: number; readonly max: number };
  readonly steps?: number;
  readonly dtMs?: number;
  readonly trials?: Readonly<Record<Split, number>>;
  /** Of the trials; null: the seed of all. */
  readonly seed?: number | null;
  readonly silentOdours?: 'refuse' | 'drop';
  readonly identicalOdours?: 'refuse' | 'drop';
}

const count = { type: 'integer', minimum: 0 } as const;
const units = ['mapped', 'single', 'code'] as const;

const ruleSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    columns: { enum: [...units, 'all'], description: 'units that count' },
    sfr: { enum: ['keep', 'subtract'], description: 'whether the spontaneous rate is taken off first' },
    threshold: { type: ['number', 'null'], description: 'a unit responds above this; null: when it was measured' },
    minResponders: { type: 'integer', minimum: 1 },
    drop: { type: 'array', items: { type: 'string' }, description: 'InChIKeys or names left out' },
  },
} as const;

/** JSON Schema of `odours`. */
export const odourParamsSchema: Readonly<Record<string, unknown>> = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rule: { anyOf: [{ enum: Object.keys(odourRules) }, ruleSchema], default: 'mapped-measured' },
    minResponders: { type: 'integer', minimum: 1 },
    population: { type: 'string', default: 'ORN' },
    units: { enum: units, default: 'mapped', description: 'units that speak for a glomerulus' },
    composites: {
      enum: ['mean', 'draw'],
      default: 'mean',
      description: 'of several units: their mean, or one drawn for each cell',
    },
    sfr: {
      enum: ['keep', 'subtract'],
      default: 'keep',
      description: 'spontaneous rate of the responses that drive cells',
    },
    rateHz: {
      type: 'object',
      additionalProperties: false,
      required: ['baseline', 'gain'],
      properties: { baseline: { type: 'number', minimum: 0 }, gain: { type: 'number', minimum: 0 } },
    },
    durationMs: {
      type: 'object',
      additionalProperties: false,
      required: ['min', 'max'],
      properties: { min: { type: 'number', minimum: 0 }, max: { type: 'number', minimum: 0 } },
    },
    steps: { type: 'integer', minimum: 1 },
    dtMs: { type: 'number', exclusiveMinimum: 0, default: 1 },
    trials: {
      type: 'object',
      additionalProperties: false,
      required: ['train', 'validation', 'test'],
      properties: { train: count, validation: count, test: count },
    },
    seed: {
      type: ['integer', 'null'],
      minimum: 0,
      maximum: 4294967295,
      default: null,
      description: 'of the trials; null: the seed of all',
    },
    silentOdours: { enum: ['refuse', 'drop'], default: 'refuse' },
    identicalOdours: { enum: ['refuse', 'drop'], default: 'refuse' },
  },
};

function ruleOf({ rule = 'mapped-measured', minResponders }: OdourParams): OdourRule {
  const base = typeof rule === 'string' ? odourRules[rule] : { ...odourRules['mapped-measured'], ...rule };
  return minResponders === undefined ? base : { ...base, minResponders };
}

/** The rules that the parameters stand for, defaults filled in. */
export function odourTaskRules(params: OdourParams): OdourTaskRules {
  return {
    odours: ruleOf(params),
    input: {
      units: params.units ?? 'mapped',
      composites: params.composites ?? 'mean',
      sfr: params.sfr ?? 'keep',
    },
    rateHz: params.rateHz ?? { baseline: 8, gain: 192 },
    durationMs: params.durationMs ?? { min: 70, max: 500 },
    steps: params.steps ?? 500,
    dtMs: params.dtMs ?? 1,
    trials: params.trials ?? { train: 20, validation: 3, test: 3 },
    silentOdours: params.silentOdours ?? 'refuse',
    identicalOdours: params.identicalOdours ?? 'refuse',
  };
}
