/** The spinnaker-run stage's parameters: schema, type, defaults and one sentence each. Runs nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';
import { boardOverrideSchema } from '../../src/spinnaker/project/board-schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    spinnaker: {
      type: 'object',
      description: 'where and how much of the exported network runs, see docs/spinnaker.md',
      default: {},
      additionalProperties: false,
      properties: {
        target: {
          enum: ['simulated', 'firmware', 'nest', 'brian2', 'virtual', 'board', 'loihi'],
          default: 'simulated',
          description: 'where the exported network runs',
        },
        trials: { type: 'integer', minimum: 1, default: 1, description: 'simulated, loihi: test trials of each odour' },
        exportedTrials: {
          type: ['integer', 'null'],
          minimum: 1,
          default: null,
          description:
            'firmware, nest, brian2: how many of the exported trials; null: 3 in firmware, all in the others',
        },
        board: boardOverrideSchema as typeof boardOverrideSchema,
        configFile: {
          type: ['string', 'null'],
          minLength: 1,
          default: null,
          description:
            'board: your own configuration of sPyNNaker (~/.spynnaker.cfg), for boards behind spalloc or a remote service; null: the board above',
        },
        timeScaleFactor: {
          type: ['number', 'null'],
          minimum: 1,
          default: null,
          description: 'board: slow-down against real time; null: as exported',
        },
        seed: {
          type: ['integer', 'null'],
          minimum: 0,
          maximum: 4294967295,
          default: null,
          description: 'firmware: of the order in which the packets of a tick arrive; null: the seed of all',
        },
        python: {
          type: 'string',
          default: 'python3',
          description: 'interpreter that makes the environment of firmware, nest, brian2, virtual and board',
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
