/** The record stage's parameters: schema, type, defaults and one sentence each. Runs nothing. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    record: {
      type: 'object',
      description: 'what is recorded of a network for the investigations, see docs/investigations.md',
      default: {},
      additionalProperties: false,
      properties: {
        trials: {
          type: ['integer', 'null'],
          minimum: 1,
          default: null,
          description:
            'held-out trials an odour; null: as many test trials as the task has; more are further trials that training never sees',
        },
        blankTrials: { type: 'integer', minimum: 2, default: 24, description: 'trials without odour' },
        durationMs: {
          type: ['number', 'null'],
          exclusiveMinimum: 0,
          default: null,
          unit: 'ms',
          description: 'how long every odour is on; null: as in the task',
        },
        binMs: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 50,
          unit: 'ms',
          description: 'bins of analyses over time',
        },
        outputsTimes: {
          type: 'object',
          additionalProperties: { type: 'number', minimum: 0 },
          default: {},
          description: 'population: factor on the weights of all its outputs; 0 silences it',
        },
        driveMv: {
          type: 'object',
          additionalProperties: { type: 'number' },
          default: {},
          unit: 'mV',
          description: 'population: added to the resting drive of its cells, as a current that lifts them by so much',
        },
        kernel: { enum: ['reference', 'wasm'], default: 'wasm', description: 'the code that steps cells' },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
