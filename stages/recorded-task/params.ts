/** The parameters of recorded-task: schema, type, defaults and one sentence each. Knows no data. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    recordedTask: {
      type: 'object',
      description: 'an odour task from recorded receptor neurons instead of DoOR, see docs/investigations.md',
      default: {},
      additionalProperties: false,
      properties: {
        gainHz: {
          type: ['number', 'null'],
          exclusiveMinimum: 0,
          default: null,
          unit: 'Hz',
          description: 'rate added at ΔF/F = 1; null: so that cells get as much drive as from the same odours in DoOR',
        },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
