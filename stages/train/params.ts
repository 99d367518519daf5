/** The train stage's parameters: schema, type, defaults and one sentence each. Trains nothing. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';

const bandSchema = {
  type: 'object',
  description: 'one band; squared relative hinges outside [lo, hi]',
  additionalProperties: false,
  required: ['population', 'scope', 'weight'],
  properties: {
    population: { type: 'string', description: 'whose cells' },
    scope: {
      enum: ['cellTrial', 'cell', 'population', 'active', 'evokedActive', 'restShare', 'correlation'],
      description: 'what is bounded, see docs/training.md',
    },
    trials: { enum: ['odour', 'rest'], description: 'trials with an odour, or without; left out: odour' },
    lo: { type: 'number', unit: 'Hz, or a fraction', description: 'least' },
    hi: { type: 'number', unit: 'Hz, or a fraction', description: 'most' },
    weight: { type: 'number', minimum: 0, description: 'factor on this term' },
  },
} as const;

const groupSchema = {
  type: 'object',
  description: 'a group of parameters; what is left out is as docs/training.md says for what it is',
  additionalProperties: false,
  required: ['what'],
  properties: {
    what: { enum: ['gain', 'tauM', 'vThresh', 'iOffset', 'tauSynE', 'tauSynI'], description: 'what is trained' },
    sharedBy: {
      enum: ['pair', 'transmitter', 'type', 'synapse', 'network', 'population', 'neuron'],
      description: 'which cells or synapses have it in common',
    },
    bounds: {
      type: 'array',
      items: { type: 'number' },
      minItems: 2,
      maxItems: 2,
      description: 'least and most, in its unit',
    },
    learningRate: { type: 'number', exclusiveMinimum: 0, description: 'factor on train.learningRate; left out: 1' },
    prior: {
      type: 'object',
      description: 'pull towards the start; left out: train.prior',
      additionalProperties: false,
      required: ['strength'],
      properties: { strength: { type: 'number', minimum: 0, description: 'λ of λ·Σu²' } },
    },
  },
} as const;

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    train: {
      type: 'object',
      description: 'the training, see docs/training.md',
      default: {},
      additionalProperties: false,
      properties: {
        epochs: { type: 'integer', minimum: 1, default: 6, description: 'passes over fresh training trials' },
        batch: { type: 'integer', minimum: 1, default: 24, description: 'odour trials a step' },
        learningRate: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 0.015,
          description: "Adam's rate for the network at the first step; half a cosine to 0",
        },
        readoutLearningRate: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 0.1,
          description: 'the same for all readouts',
        },
        parameters: {
          type: 'array',
          items: {
            oneOf: [
              {
                enum: ['gain', 'tauM', 'vThresh', 'iOffset', 'tauSynE', 'tauSynI', 'readout'],
                description: 'a name alone',
              },
              groupSchema as typeof groupSchema,
            ],
            description: 'a name, or an object with what differs from its default',
          },
          default: ['gain', 'tauM', 'vThresh', 'iOffset', 'readout'],
          description: 'what is trained; readouts always are',
        },
        prior: {
          type: 'object',
          description: 'pull of all parameters towards the connectome',
          default: {},
          additionalProperties: false,
          properties: { strength: { type: 'number', minimum: 0, default: 0, description: 'λ of λ·Σu²' } },
        },
        objective: {
          enum: ['odours', 'rates'],
          default: 'odours',
          description: 'what trains the network: naming odours within the bands, or the rate terms alone, a control',
        },
        readout: { type: 'string', default: 'MBON', description: 'population whose spike counts train the network' },
        otherReadouts: {
          type: 'array',
          items: { type: 'string' },
          default: ['PN', 'KC'],
          description: 'populations that are read out beside, without training the network',
        },
        baseline: {
          type: 'boolean',
          default: true,
          description: 'read out the untrained network beside, on the same trials and schedule',
        },
        rates: {
          type: 'object',
          description: 'terms that keep rates in bands',
          default: {},
          additionalProperties: false,
          properties: {
            strength: { type: 'number', minimum: 0, default: 1, description: 'factor on all of them' },
            margin: {
              type: 'number',
              minimum: 0,
              exclusiveMaximum: 1,
              default: 0.1,
              description: 'share of each limit by which the loss aims inside it',
            },
            restTrials: {
              type: 'integer',
              minimum: 0,
              default: 8,
              description: 'trials without odour in each step, for the bands of rest alone; 0 leaves those out',
            },
            bands: {
              type: ['array', 'null'],
              items: bandSchema as typeof bandSchema,
              default: null,
              description: 'the bands; null: the physiological ones of docs/training.md',
            },
          },
        },
        labelSmoothing: {
          type: 'number',
          minimum: 0,
          maximum: 0.5,
          default: 0,
          description: 'share of the probability that is spread over all odours',
        },
        surrogate: {
          type: 'object',
          description: 'the triangle that stands for ds/dV in the backward pass',
          default: {},
          additionalProperties: false,
          properties: {
            relativeWidth: {
              type: 'number',
              exclusiveMinimum: 0,
              default: 0.5,
              description: 'half-width over vThresh − vReset',
            },
            damping: { type: 'number', exclusiveMinimum: 0, default: 0.2, description: 'factor on its slope' },
          },
        },
        jumpBound: {
          type: ['number', 'null'],
          exclusiveMinimum: 0,
          default: 0.25,
          description:
            'most that one recurrent synapse may lift its target, relative to threshold (0.25 is safe, 0.5 is not); null: no bound',
        },
        gradient: {
          type: 'object',
          description: 'limits on the gradient of the network; norms of healthy runs lie between 1 and 100',
          default: {},
          additionalProperties: false,
          properties: {
            clipNorm: {
              type: 'number',
              exclusiveMinimum: 0,
              default: 1,
              description: 'longer gradients are scaled to this norm',
            },
            skipNorm: {
              type: 'number',
              exclusiveMinimum: 0,
              default: 1000,
              description: 'steps with longer gradients are left out',
            },
            mostSkipped: {
              type: 'integer',
              minimum: 1,
              default: 50,
              description: 'more such steps in a row stop the training',
            },
          },
        },
        calibration: {
          type: 'object',
          description: 'forward runs that set the thresholds of the untrained network',
          default: {},
          additionalProperties: false,
          properties: {
            trials: { type: 'integer', minimum: 1, default: 64, description: 'training trials used' },
            rounds: { type: 'integer', minimum: 0, default: 12, description: 'rounds' },
            seed: {
              type: ['integer', 'null'],
              minimum: 0,
              maximum: 4294967295,
              default: null,
              description: "picks those trials, hence the start; null: the trials' own seed",
            },
            restMostHz: {
              type: 'object',
              description: 'most that a single cell of a population fires without odour',
              default: { KC: 1 },
              additionalProperties: { type: 'number', exclusiveMinimum: 0, unit: 'Hz', description: 'of a population' },
            },
            restTargetHz: {
              type: 'object',
              description: 'mean rate of each type of a population without odour, held by an offset current',
              default: { KC: 0.05, MBON: 5 },
              additionalProperties: { type: 'number', exclusiveMinimum: 0, unit: 'Hz', description: 'of a population' },
            },
            leastThreshold: {
              type: 'number',
              exclusiveMinimum: 0,
              default: 0.5,
              description: 'lowest threshold, relative to the uncalibrated one',
            },
          },
        },
        targetRateHz: {
          type: 'object',
          description: 'mean rate of each population in the untrained network, which fixes its gains',
          default: {},
          additionalProperties: { type: 'number', exclusiveMinimum: 0, unit: 'Hz', description: 'another population' },
          properties: {
            ORN: { type: 'number', exclusiveMinimum: 0, default: 12, unit: 'Hz', description: 'receptor neurons' },
            LN: { type: 'number', exclusiveMinimum: 0, default: 15, unit: 'Hz', description: 'local neurons' },
            PN: { type: 'number', exclusiveMinimum: 0, default: 15, unit: 'Hz', description: 'projection neurons' },
            KC: { type: 'number', exclusiveMinimum: 0, default: 1, unit: 'Hz', description: 'Kenyon cells' },
            APL: { type: 'number', exclusiveMinimum: 0, default: 24, unit: 'Hz', description: 'the APL cell' },
            MBON: { type: 'number', exclusiveMinimum: 0, default: 20, unit: 'Hz', description: 'output neurons' },
            DAN: { type: 'number', exclusiveMinimum: 0, default: 3, unit: 'Hz', description: 'dopaminergic neurons' },
          },
        },
        excitation: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 2,
          description: 'excitatory drive of a population at the target rates, over the uncalibrated threshold',
        },
        inhibition: {
          type: 'number',
          exclusiveMinimum: 0,
          default: 0.5,
          description: 'inhibitory over excitatory drive of a population at those rates',
        },
        dropOutputsOf: {
          type: 'array',
          items: { type: 'string' },
          default: [],
          description: 'populations without fast outputs, beyond the projections that the pathway leaves out',
        },
        seed: {
          type: ['integer', 'null'],
          minimum: 0,
          maximum: 4294967295,
          default: null,
          description: 'of the order of training trials; null: the seed of all',
        },
        checkpointEvery: {
          type: 'integer',
          minimum: 1,
          default: 10,
          unit: 'epochs',
          description: 'epochs between the checkpoints that are kept; there is always one at the end',
        },
        log: {
          type: 'object',
          description: 'how the run is called at W&B',
          default: {},
          additionalProperties: false,
          properties: {
            project: { type: 'string', minLength: 1, default: 'CC_SNN', description: 'name of the project' },
            name: {
              type: ['string', 'null'],
              default: null,
              description: 'name of the run; null: train- and the beginning of the key',
            },
            group: { type: ['string', 'null'], default: null, description: 'group of the run; null: none' },
            tags: { type: 'array', items: { type: 'string' }, default: [], description: 'labels' },
          },
        },
        kernel: {
          enum: ['reference', 'wasm'],
          default: 'wasm',
          description: 'the code that steps cells; both give the same bits, the reference slowly',
        },
        backend: {
          enum: ['wasm', 'tensorflow'],
          default: 'wasm',
          description: 'the tfjs backend of readouts and optimizer',
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type TrainParams = Params['train'];
