/** The gunzip stage's parameters: schema, type, defaults and one sentence each. Unpacks nothing. */
import type { Filled } from '../../src/base/schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    gunzip: {
      type: 'object',
      description: 'limits on unpacking: a file that becomes more is taken for a decompression bomb',
      default: {},
      additionalProperties: false,
      properties: {
        maxRatio: {
          type: 'number',
          minimum: 1,
          default: 200,
          description: 'unpacked bytes for each packed one, at most',
        },
        maxBytes: {
          type: 'number',
          minimum: 1,
          default: 8589934592,
          unit: 'bytes',
          description: 'unpacked bytes of one file, at most',
        },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type GunzipParams = Params['gunzip'];
