/** The prep-pathway stage's parameters: schema, type, defaults and one sentence each. Checks nothing by itself. */
import type { Filled } from '../../src/base/schema.ts';
import { seedSchema } from '../../src/base/seed-schema.ts';
import { doubtKinds } from '../../src/connectome/codex/doubts/doubt.ts';
import { nullModelKinds } from '../../src/connectome/null-models/null-models.ts';

const patternForms = [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] as const;

const populationSchema = {
  type: 'object',
  description:
    'who belongs to the population (every condition given must hold; * stands for any text) and what its cells release',
  additionalProperties: false,
  properties: {
    superClass: { oneOf: patternForms as typeof patternForms, description: 'super_class of classification.csv' },
    class: { oneOf: patternForms as typeof patternForms, description: 'class of classification.csv, e.g. ALPN' },
    subClass: {
      oneOf: patternForms as typeof patternForms,
      description: 'sub_class of classification.csv, e.g. uniglomerular',
    },
    primaryType: {
      oneOf: patternForms as typeof patternForms,
      description: 'primary_type of consolidated_cell_types.csv, e.g. "ORN_*"',
    },
    side: { enum: ['left', 'right', 'none'], description: 'only cells of this side' },
    keyword: { type: 'string', description: 'only the ids listed in root_ids_<keyword>.txt' },
    untyped: { type: 'boolean', description: 'whether cells without a primary type may be members; left out: true' },
    transmitter: { type: 'string', description: 'what all its cells release, whatever the tables say' },
    otherwise: {
      type: 'string',
      description: 'what stands in for a transmitter without a sign; left out, such cells have no outputs',
    },
    unconnected: { enum: ['keep', 'drop'], description: 'whether cells without an edge stay; left out: keep' },
  },
} as const;

export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    pathway: {
      type: 'object',
      description: 'how the Codex tables become the pathway, see docs/data.md',
      default: {},
      additionalProperties: false,
      properties: {
        pairThreshold: {
          type: 'integer',
          minimum: 1,
          default: 5,
          unit: 'synapses',
          description: 'fewest synapses of a connected pair, summed over its neuropils',
        },
        transmitterRule: {
          enum: ['neuron', 'majority', 'row'],
          default: 'neuron',
          description:
            'where the sign comes from: neurons.csv (one a cell), the commonest nt_type of the cell’s rows (one a cell), or the rows of each pair',
        },
        uncertainSigns: {
          type: 'object',
          description:
            'signs of cells whose transmitter is not sure: no nt_type in neurons.csv, and no average that leads',
          default: {},
          additionalProperties: false,
          properties: {
            rule: {
              enum: ['type', 'otherwise', 'topScore', 'exclude'],
              default: 'type',
              description:
                "what decides: the sure cells of its primary type, the population's stand-in (otherwise), the largest average, or nothing: no outputs; the first and third fall back on the second",
            },
            margin: {
              type: 'number',
              minimum: 0,
              maximum: 1,
              default: 0.1,
              description:
                'lead of the largest average over the second above which a prediction without nt_type is sure',
            },
          },
        },
        populations: {
          type: 'object',
          default: {},
          additionalProperties: { oneOf: [populationSchema as typeof populationSchema, { type: 'null' }] },
          description:
            'populations to add, change (given keys replace those of the built-in rule) or remove (null); they take their cells before the built-in ones',
        },
        signs: {
          type: 'object',
          additionalProperties: { enum: [1, -1] },
          default: { ACH: 1, GABA: -1, GLUT: -1 },
          description:
            'sign of each transmitter, those left out have none: acetylcholine excites; GABA and, in the fly’s brain, glutamate inhibit (doi:10.1073/pnas.1220560110)',
        },
        dropProjections: {
          type: 'array',
          items: { type: 'string', pattern: '^[^>]+>[^>]+$' },
          default: ['DAN>*', '*>ORN'],
          description:
            'projections to leave out, as "PRE>POST", * for every population: dopamine is not a fast transmitter, and receptor cells are the input',
        },
        dropSelfLoops: {
          type: 'boolean',
          default: false,
          description: 'whether to leave out synapses of a cell on itself',
        },
        tables: {
          type: 'object',
          default: {},
          additionalProperties: false,
          description: 'file names of the tables',
          properties: {
            connections: { type: 'string', default: 'connections.csv', description: 'synapses by pair and neuropil' },
            classification: { type: 'string', default: 'classification.csv', description: 'classes of the cells' },
            cellTypes: {
              type: 'string',
              default: 'consolidated_cell_types.csv',
              description: 'types of the cells',
            },
            neurons: { type: 'string', default: 'neurons.csv', description: 'transmitters of the cells' },
            names: { type: 'string', default: 'names.csv', description: 'may be missing' },
            labels: { type: 'string', default: 'processed_labels.csv', description: 'may be missing' },
          },
        },
        accept: {
          type: 'array',
          items: { enum: doubtKinds as typeof doubtKinds },
          uniqueItems: true,
          default: [],
          description:
            'doubts about the tables that are meant so, e.g. of a subset: told as warnings instead of refused',
        },
        nullModel: {
          oneOf: [
            { type: 'null' },
            {
              type: 'object',
              description: 'a control',
              additionalProperties: false,
              required: ['kind'],
              properties: {
                kind: {
                  enum: nullModelKinds as typeof nullModelKinds,
                  description: 'what is shuffled',
                },
                within: {
                  enum: ['type', 'superType', 'population', null],
                  default: null,
                  description:
                    'cells that count as alike: of one primary type, of one larger type (docs/data.md), or of the population; null: type, but population for permuteSigns and randomClaws',
                },
                sides: {
                  enum: ['keep', 'mix', null],
                  default: null,
                  description:
                    'whether only cells of one side count as alike, so that no pair comes to cross the midline; null: mix, but keep for randomClaws',
                },
                seed: {
                  type: ['integer', 'null'],
                  minimum: 0,
                  maximum: 4294967295,
                  default: 1,
                  description: 'of the shuffling; null: the seed of all, where the stage declares it',
                },
              },
            },
          ],
          default: null,
          description:
            'a shuffled control: weights permuted, edges swapped with degrees kept, edges drawn at random, signs permuted, or the inputs of Kenyon cells drawn by how often they occur',
        },
      },
    },
    seed: seedSchema as typeof seedSchema,
  },
} as const;

export type Params = Filled<typeof paramsSchema>;
export type PathwayParams = Params['pathway'];
