/** The report stage's parameters: schema, type, defaults and one sentence each. Draws nothing. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    report: {
      type: 'object',
      description: 'the page of a run, see docs/report.md',
      default: {},
      additionalProperties: false,
      properties: {
        proofs: {
          type: 'integer',
          minimum: 1,
          maximum: 20,
          default: 3,
          description:
            'test trials with an odour whose spikes the page holds its own against; one without comes on top',
        },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
