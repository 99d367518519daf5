/** The compare stage's parameters: the plan of an experiment's file. Compares nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';

const outcomeSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'one measured quantity',
  required: ['label', 'metric'],
  properties: {
    label: { type: 'string', description: 'what it is called' },
    metric: { type: 'string', description: 'its dotted name in the gathered metrics, or in the line of an epoch' },
    epoch: {
      anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['last', null] }],
      default: null,
      description: 'of the gathered courses of training: a number from 1, or last; null: of the metrics',
    },
    perOdour: {
      type: ['string', 'null'],
      default: null,
      description: 'column of the gathered tables of odours: its interval is then over replicates and odours within',
    },
    scale: { type: 'number', default: 100, description: 'factor from the metric to the unit' },
    unit: { type: 'string', default: 'points', description: 'of values, differences and margin' },
    margin: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 1,
      description: 'what is smaller counts for nothing, in the unit',
    },
    expected: {
      enum: ['higher', 'lower', 'equal', null],
      default: null,
      description: 'of what is compared against the reference, or of the mean against value; null: nothing is expected',
    },
    value: {
      type: ['number', 'null'],
      default: null,
      description: 'a published or demanded value to hold the mean against, in the unit',
    },
  },
} as const;

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['plan'],
  properties: {
    plan: {
      type: 'object',
      description: 'what will be compared, see docs/experiments.md',
      additionalProperties: false,
      required: ['question', 'outcomes', 'primary', 'doesNotShow'],
      properties: {
        question: { type: 'string', description: 'what is asked, in one sentence' },
        axis: { type: ['string', 'null'], default: null, description: 'the axis whose values are compared' },
        reference: {
          type: ['string', 'null'],
          default: null,
          description: 'the value on it that the others are compared with',
        },
        replicates: {
          type: 'array',
          items: { type: 'string', description: 'an axis' },
          default: ['seed'],
          description: 'the axes that tell replicates apart; pairs have the same values on them',
        },
        leastReplicates: { type: 'integer', minimum: 2, default: 5, description: 'fewer than these decide nothing' },
        outcomes: {
          type: 'object',
          additionalProperties: outcomeSchema as typeof outcomeSchema,
          description: 'measured quantities by name',
        },
        primary: { type: 'string', description: 'the outcome that the verdict is about' },
        against: {
          type: ['string', 'null'],
          default: null,
          description: 'the value on the axis that the verdict is about; null: all must agree',
        },
        alpha: {
          type: 'number',
          exclusiveMinimum: 0,
          exclusiveMaximum: 0.5,
          default: 0.05,
          description: 'level of the tests, after adjustment',
        },
        doesNotShow: { type: 'string', description: 'what no outcome of it would show' },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
