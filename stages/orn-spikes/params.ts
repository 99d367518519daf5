/** The orn-spikes stage's parameters: schema, type, defaults and one sentence each. Knows no data. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';
import { odourRuleNames } from '../../src/odour/choose-odours.ts';
import { unmeasuredRules } from '../../src/odour/unmeasured.ts';

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    odours: {
      type: 'object',
      description: 'odours, their input spikes and the trials, see docs/odours.md',
      default: {},
      additionalProperties: false,
      properties: {
        rule: {
          anyOf: [
            { enum: odourRuleNames as typeof odourRuleNames },
            {
              type: 'object',
              description: 'a rule written out; what is left out is as in mapped-measured',
              additionalProperties: false,
              properties: {
                columns: { enum: ['mapped', 'single', 'code', 'all'], description: 'units that count' },
                sfr: {
                  enum: ['keep', 'subtract'],
                  description: "whether each unit's spontaneous rate is taken off first",
                },
                threshold: {
                  type: ['number', 'null'],
                  description: 'a unit responds above this; null: when it was measured',
                },
                minResponders: { type: 'integer', minimum: 1, description: 'units that must respond' },
                drop: { type: 'array', items: { type: 'string' }, description: 'InChIKeys or names left out' },
              },
            },
          ],
          default: 'mapped-measured',
          description: 'which odours become classes: a named rule, or one written out',
        },
        minResponders: {
          type: ['integer', 'null'],
          minimum: 1,
          default: null,
          description: "units in which an odour must respond; null: the rule's own number",
        },
        keep: {
          type: ['array', 'null'],
          items: { type: 'string', minLength: 1 },
          minItems: 2,
          default: null,
          description: 'names or InChIKeys of the odours that become classes, these and no others; null: by the rule',
        },
        population: { type: 'string', default: 'ORN', description: 'the population that hears the odours' },
        units: {
          enum: ['mapped', 'single', 'code'],
          default: 'mapped',
          description:
            'units that speak for a glomerulus: all that DoOR maps to it, those of no sum over glomeruli, or the one of its code',
        },
        composites: {
          enum: ['mean', 'draw'],
          default: 'mean',
          description: 'of several units of a glomerulus: their mean, or one drawn for each cell',
        },
        sfr: {
          enum: ['keep', 'subtract'],
          default: 'keep',
          description: 'whether the spontaneous rate is part of the responses that drive cells, or taken off',
        },
        unmeasured: {
          enum: unmeasuredRules as typeof unmeasuredRules,
          default: 'zero',
          description:
            'response of cells whose units were not measured for an odour: none, the mean of what each unit answers, or what a few factors of odours and units predict',
        },
        rateHz: {
          type: 'object',
          description: 'spike rate of an input cell: baseline + gain · response',
          default: {},
          additionalProperties: false,
          properties: {
            baseline: { type: 'number', minimum: 0, default: 8, unit: 'Hz', description: 'rate without odour' },
            gain: {
              type: 'number',
              minimum: 0,
              default: 192,
              unit: 'Hz',
              description: 'rate added at a response of 1',
            },
          },
        },
        presynaptic: {
          type: 'object',
          description:
            'inhibition of receptor cells: the drive of a glomerulus over 1 + strength · what its inhibiting cells hear of the odour',
          default: {},
          additionalProperties: false,
          properties: {
            strength: {
              type: 'number',
              minimum: 0,
              default: 0,
              description:
                'at 1 the mean glomerulus loses half of its drive in the mean odour; 0: none. Needs LN>ORN in the pathway (pathway.dropProjections)',
            },
            from: { type: 'string', minLength: 1, default: 'LN', description: 'the population that inhibits' },
          },
        },
        durationMs: {
          type: 'object',
          description: 'how long an odour lasts in a trial, drawn evenly',
          default: {},
          additionalProperties: false,
          properties: {
            min: { type: 'number', minimum: 0, default: 70, unit: 'ms', description: 'shortest' },
            max: { type: 'number', minimum: 0, default: 500, unit: 'ms', description: 'longest' },
          },
        },
        steps: { type: 'integer', minimum: 1, default: 500, unit: 'steps', description: 'length of a trial' },
        dtMs: { type: 'number', exclusiveMinimum: 0, default: 1, unit: 'ms', description: 'length of a step' },
        trials: {
          type: 'object',
          description: 'trials an odour (and, for training, an epoch)',
          default: {},
          additionalProperties: false,
          properties: {
            train: { type: 'integer', minimum: 0, default: 20, description: 'drawn anew each epoch' },
            validation: { type: 'integer', minimum: 0, default: 3, description: 'looked at after each epoch' },
            test: { type: 'integer', minimum: 0, default: 3, description: 'looked at once, at the end' },
          },
        },
        seed: {
          type: ['integer', 'null'],
          minimum: 0,
          maximum: 4294967295,
          default: null,
          description: 'of the trials; null: the seed of all',
        },
        silentOdours: {
          enum: ['refuse', 'drop'],
          default: 'refuse',
          description: 'what becomes of odours that drive no cell',
        },
        identicalOdours: {
          enum: ['refuse', 'drop'],
          default: 'refuse',
          description: 'what becomes of all but the first of odours that no cell can tell apart',
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type OdourParams = Params['odours'];
