/** The evaluate stage's parameters: schema, type, defaults and one sentence each. Evaluates nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    evaluate: {
      type: 'object',
      description: 'the evaluation, see docs/evaluation.md',
      default: {},
      additionalProperties: false,
      properties: {
        learnerTrials: {
          type: 'integer',
          minimum: 0,
          default: 20,
          description: 'training trials an odour for the logistic regression of the input; 0 leaves it out',
        },
        blankTrials: {
          type: 'integer',
          minimum: 2,
          default: 24,
          description: 'trials without odour: rest rates, and the threshold of an answer',
        },
        seed: {
          type: ['integer', 'null'],
          minimum: 0,
          maximum: 4294967295,
          default: null,
          description: 'of the resampling behind intervals; null: the seed of all',
        },
        kernel: {
          enum: ['reference', 'wasm'],
          default: 'wasm',
          description: 'the code that steps cells; both give the same bits',
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type KernelName = Params['evaluate']['kernel'];
