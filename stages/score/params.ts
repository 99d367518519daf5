/** The score stage's parameters: schema, type, defaults and one sentence each. Scores nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { seed: seedSchema as typeof seedSchema },
} as const;

export type Params = Filled<typeof paramsSchema>;
