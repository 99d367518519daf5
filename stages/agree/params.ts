/** The agree stage's parameters: schema, type, defaults and one sentence each. Compares nothing. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    agree: {
      type: 'object',
      description: 'how far models agree, see docs/experiments.md',
      default: {},
      additionalProperties: false,
      properties: {
        population: { type: 'string', default: 'KC', description: 'whose patterns are compared' },
        kernel: {
          enum: ['reference', 'wasm'],
          default: 'wasm',
          description: 'the code that steps cells; both give the same bits',
        },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
