/** The parameters of the investigations, one tree for all their stages: schema, defaults and one sentence each. Investigates nothing. */
import type { Filled } from '../../base/schema.ts';
import { seedSchema } from '../../base/seed-schema.ts';

const recordSchema = {
  type: 'object',
  description: 'what is recorded of a network',
  default: {},
  additionalProperties: false,
  properties: {
    trials: {
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      description:
        'held-out trials an odour; null: the test trials of the task; more are further ones that training never sees',
    },
    blankTrials: { type: 'integer', minimum: 2, default: 24, description: 'trials without odour' },
    durationMs: {
      type: ['number', 'null'],
      exclusiveMinimum: 0,
      default: null,
      unit: 'ms',
      description: 'how long every odour is on; null: as in the task',
    },
    binMs: { type: 'number', exclusiveMinimum: 0, default: 50, unit: 'ms', description: 'bins of analyses over time' },
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
      description: 'population: a current that would lift its cells at rest by so much',
    },
    kernel: { enum: ['reference', 'wasm'], default: 'wasm', description: 'the code that steps cells' },
  },
} as const;

export const investigateSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    investigate: {
      type: 'object',
      description: 'the investigations, see docs/investigations.md',
      default: {},
      additionalProperties: false,
      properties: {
        record: recordSchema as typeof recordSchema,
        apl: {
          type: 'object',
          default: {
            normal: {},
            silenced: { 'investigate.record.outputsTimes': { APL: 0 } },
            driven: { 'investigate.record.outputsTimes': { APL: 2 } },
          },
          description: 'the settings under which the APL neuron is recorded; one is called normal',
        },
        valence: {
          type: 'object',
          description: 'the reading of innate attraction',
          default: {},
          additionalProperties: false,
          properties: {
            permutations: {
              type: 'integer',
              minimum: 19,
              default: 1000,
              description: 'permutations of the attraction index',
            },
          },
        },
        learning: {
          type: 'object',
          description: 'aversive learning by the published rule',
          default: {},
          additionalProperties: false,
          properties: {
            types: {
              type: 'array',
              items: { type: 'string' },
              minItems: 1,
              default: ['MBON11'],
              description: 'types of output neurons whose compartment is punished; MBON11 is γ1pedc',
            },
            factor: { type: 'number', minimum: 0, default: 0.25, description: 'on the weight of a tagged synapse' },
            odours: {
              type: 'integer',
              minimum: 3,
              default: 6,
              description: 'odours that are trained in turn and tested',
            },
            trials: { type: 'integer', minimum: 1, default: 3, description: 'test trials an odour' },
          },
        },
        mixtures: {
          type: 'object',
          description: 'pairs of odours, at once and one after the other',
          default: {},
          additionalProperties: false,
          properties: {
            pairs: { type: 'integer', minimum: 2, default: 12, description: 'pairs of odours' },
            trials: { type: 'integer', minimum: 1, default: 3, description: 'trials a pair and delay' },
            delaysMs: {
              type: 'array',
              items: { type: 'number', minimum: 0 },
              minItems: 1,
              default: [0, 10, 20, 33, 50, 100],
              unit: 'ms',
              description: 'onset of the second odour after the first',
            },
          },
        },
        recordedTask: {
          type: 'object',
          description: 'an odour task from recorded receptor neurons instead of DoOR',
          default: {},
          additionalProperties: false,
          properties: {
            gainHz: {
              type: ['number', 'null'],
              exclusiveMinimum: 0,
              default: null,
              unit: 'Hz',
              description:
                'rate added at ΔF/F = 1; null: so that the recorded cells get as much drive as from the same odours in DoOR',
            },
          },
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type InvestigateParams = Filled<typeof investigateSchema>;
