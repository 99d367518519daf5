/** The download stage's parameters and their schema. Fetches nothing. */
import type { JsonSchema } from '../../src/stage.ts';
import type { DownloadParams } from './sources.ts';
import type { SyntheticParams } from './synthetic-files.ts';

export interface Params {
  readonly download: DownloadParams;
  readonly synthetic?: SyntheticParams;
}

/** One sum of so many hex digits, or a list of which one must be right. */
function sums(digits: number): JsonSchema {
  const one = { type: 'string', pattern: `^[0-9a-fA-F]{${digits}}$` };
  return { oneOf: [one, { type: 'array', minItems: 1, items: one }] };
}

export const paramsSchema: JsonSchema = {
  type: 'object',
  required: ['download'],
  additionalProperties: false,
  properties: {
    synthetic: {
      type: 'object',
      additionalProperties: false,
      required: ['scale', 'odours'],
      properties: {
        scale: { type: 'number', minimum: 0.02, maximum: 4, description: 'size relative to FlyWire v783' },
        odours: { type: 'integer', minimum: 2, maximum: 10000, description: 'odours that become classes' },
        seed: {
          type: 'integer',
          minimum: 0,
          maximum: 4294967295,
          default: 1,
          description: 'of the invented data; real data have none',
        },
      },
    },
    download: {
      type: 'object',
      additionalProperties: false,
      required: ['sources'],
      properties: {
        mirror: {
          type: ['string', 'null'],
          description:
            'a folder, file: or http(s) URL that holds the same file names, also in codex/ and door/ below it',
        },
        sources: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            required: ['url'],
            properties: {
              url: {
                oneOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
                description: 'https:, http:, file:, synthetic:NAME or mirror:NAME; several are tried in turn',
              },
              sha256: sums(64),
              md5: sums(32),
              crc32c: sums(8),
              blake3: sums(64),
              about: {
                type: 'string',
                description: 'what it is; carried to every product made from it, like the next two',
              },
              licence: { type: 'string', description: 'e.g. CC BY-NC 4.0' },
              cite: { type: 'string', description: 'what to cite, e.g. a DOI' },
            },
          },
        },
        parallel: { type: 'integer', minimum: 1, maximum: 16, default: 4 },
        retries: { type: 'integer', minimum: 0, maximum: 20, default: 5 },
        retryDelayMs: { type: 'number', minimum: 0, default: 500, description: 'first wait; doubles each time' },
        idleTimeoutMs: { type: 'number', exclusiveMinimum: 0, default: 30000 },
      },
    },
  },
};
