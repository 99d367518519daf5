/** The paper stage's parameters: schema, type, defaults and one sentence each. Draws nothing. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    paper: {
      type: 'object',
      description: 'figures and tables for a manuscript, see docs/report.md',
      default: {},
      additionalProperties: false,
      properties: {
        columnMm: { type: 'number', minimum: 40, maximum: 400, default: 85, description: 'width of a figure' },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
