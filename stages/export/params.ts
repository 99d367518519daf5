/** The export stage's parameters: schema, type, defaults and one sentence each. Exports nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { boardSchema } from '../../src/spinnaker/project/board-schema.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    export: {
      type: 'object',
      description: 'the exported project, see docs/spinnaker.md',
      default: {},
      additionalProperties: false,
      properties: {
        trials: {
          type: 'integer',
          minimum: 1,
          default: 20,
          description: 'test trials whose input and predicted spikes go along',
        },
        calibrationTrials: {
          type: 'integer',
          minimum: 1,
          default: 24,
          description: 'validation trials simulated to find the ranges of voltages and ring buffers',
        },
        quantisation: {
          type: 'object',
          description: "how the network becomes the board's integers",
          default: {},
          additionalProperties: false,
          properties: {
            rule: {
              enum: ['calibrated', 'stock'],
              default: 'calibrated',
              description: "measured ranges, or sPyNNaker's worst case with units as trained",
            },
            headroom: {
              type: 'number',
              minimum: 1,
              default: 1.5,
              description: 'ring buffers hold this times the largest input measured',
            },
            weightBits: {
              type: 'integer',
              minimum: 2,
              maximum: 16,
              default: 16,
              description:
                "bits of a weight: 16 are SpiNNaker's, 8 SpiNNaker 2's; fewer are run on 16-bit hardware as they are",
            },
            maxScale: {
              type: 'number',
              minimum: 1,
              default: 1024,
              description: 'largest factor on voltages and weights',
            },
          },
        },
        trialsPerRun: {
          type: 'integer',
          minimum: 1,
          default: 1,
          description: 'trials that a board does in one run, without a reset between; 1: each from rest, as trained',
        },
        gapSteps: {
          type: 'integer',
          minimum: 16,
          default: 100,
          description: 'steps without input between trials of one run',
        },
        readoutOnBoard: {
          type: 'boolean',
          default: true,
          description:
            'whether the board names the odour by cells of its own, one a class, whose voltages are the logits; false: the host counts spikes',
        },
        neuronsPerCore: {
          type: 'integer',
          minimum: 1,
          maximum: 256,
          default: 256,
          description: 'cells on one core of the board',
        },
        timeScaleFactor: {
          type: 'number',
          minimum: 1,
          default: 10,
          description: 'the board runs this much slower than real time',
        },
        nir: {
          enum: ['norse', 'snntorch', 'spikingjelly'],
          default: 'norse',
          description:
            'which reader the NIR graph suits: time constants by cell, the same in steps of 0.1 ms, or by population',
        },
        board: boardSchema as typeof boardSchema,
      },
    },
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
