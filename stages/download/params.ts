/** The download stage's parameters: schema, type, defaults and one sentence each. Fetches nothing. */
import type { Filled } from '../../src/base/schema.ts';

const hex64 = { type: 'string', pattern: '^[0-9a-fA-F]{64}$', description: '64 hexadecimal digits' } as const;
const hex32 = { type: 'string', pattern: '^[0-9a-fA-F]{32}$', description: '32 hexadecimal digits' } as const;
const hex8 = { type: 'string', pattern: '^[0-9a-fA-F]{8}$', description: '8 hexadecimal digits' } as const;

const sourceSchema = {
  type: 'object',
  description: 'one file: where it comes from and what it must be',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: {
      oneOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
      description:
        'https:, http:, file:, synthetic:NAME or mirror:NAME (only from the mirror; mirror:FOLDER/NAME looks there first); of several the next is tried where one has no such file',
    },
    sha256: {
      oneOf: [hex64 as typeof hex64, { type: 'array', minItems: 1, items: hex64 as typeof hex64 }],
      description: 'its SHA-256, or several of which one must be right; without any sum any content is taken',
    },
    md5: {
      oneOf: [hex32 as typeof hex32, { type: 'array', minItems: 1, items: hex32 as typeof hex32 }],
      description: 'the same in MD5',
    },
    crc32c: {
      oneOf: [hex8 as typeof hex8, { type: 'array', minItems: 1, items: hex8 as typeof hex8 }],
      description: 'the same in CRC-32C',
    },
    blake3: {
      oneOf: [hex64 as typeof hex64, { type: 'array', minItems: 1, items: hex64 as typeof hex64 }],
      description: 'the same in BLAKE3',
    },
    optional: {
      type: 'boolean',
      description:
        'true: where no place has the file the run goes on without it, and says so; a wrong sum is refused all the same',
    },
    about: { type: 'string', description: 'what it is; carried to every product made from it, like the next two' },
    licence: { type: 'string', description: 'e.g. CC BY-NC 4.0' },
    cite: { type: 'string', description: 'what to cite, e.g. a DOI' },
  },
} as const;

export const paramsSchema = {
  type: 'object',
  required: ['download'],
  additionalProperties: false,
  properties: {
    synthetic: {
      type: 'object',
      description: 'the synthetic data set, where a source asks for it',
      default: {},
      additionalProperties: false,
      properties: {
        scale: {
          type: 'number',
          minimum: 0.02,
          maximum: 4,
          default: 0.2,
          description: 'size of the connectome relative to FlyWire v783',
        },
        odours: {
          type: 'integer',
          minimum: 2,
          maximum: 10000,
          default: 60,
          description: 'odours that become classes',
        },
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
      description: 'where the raw files come from',
      additionalProperties: false,
      required: ['sources'],
      properties: {
        mirror: {
          type: ['string', 'null'],
          default: null,
          description:
            'a folder, file: or http(s) URL that holds the same file names, also in codex/ and door/ below it; null: none',
        },
        sources: {
          type: 'object',
          additionalProperties: sourceSchema as typeof sourceSchema,
          description: 'the files to fetch, by any name',
        },
        parallel: { type: 'integer', minimum: 1, maximum: 16, default: 4, description: 'files fetched at a time' },
        retries: {
          type: 'integer',
          minimum: 0,
          maximum: 20,
          default: 5,
          description: 'further attempts after a failed one',
        },
        retryDelayMs: {
          type: 'number',
          minimum: 0,
          default: 500,
          unit: 'ms',
          description: 'wait before the first further attempt; doubles each time',
        },
        idleTimeoutMs: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 30000,
          unit: 'ms',
          description: 'a connection that brings nothing for so long is given up',
        },
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type DownloadParams = Params['download'];
export type SourceParams = DownloadParams['sources'][string];
export type SyntheticParams = Params['synthetic'];
