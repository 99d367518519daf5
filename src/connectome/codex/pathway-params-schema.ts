/** JSON Schema of the `pathway` parameters: what may be set, and what it means to people. Checks nothing by itself. */
import { doubtKinds } from './doubts/doubt.ts';
import { defaultDropProjections, defaultSigns } from './rules.ts';

const pattern = {
  oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
};

const populationSchema = {
  type: 'object',
  description:
    'Who belongs to the population (every condition given must hold; * stands for any text) and what its cells release.',
  additionalProperties: false,
  properties: {
    superClass: { ...pattern, description: 'super_class of classification.csv.' },
    class: { ...pattern, description: 'class of classification.csv, e.g. ALPN.' },
    subClass: { ...pattern, description: 'sub_class of classification.csv, e.g. uniglomerular.' },
    primaryType: { ...pattern, description: 'primary_type of consolidated_cell_types.csv, e.g. "ORN_*".' },
    side: { enum: ['left', 'right', 'none'], description: 'Only cells of this side.' },
    keyword: { type: 'string', description: 'Only the ids listed in root_ids_<keyword>.txt.' },
    untyped: { type: 'boolean', description: 'Whether cells without a primary type may be members (default true).' },
    transmitter: { type: 'string', description: 'What all its cells release, whatever the tables say.' },
    otherwise: {
      type: 'string',
      description: 'What stands in for a transmitter without a sign; left out, such cells have no outputs.',
    },
    unconnected: { enum: ['keep', 'drop'], description: 'Whether cells without an edge stay (default keep).' },
  },
};

/** JSON Schema of the `pathway` parameters. */
export const pathwayParamsSchema: Readonly<Record<string, unknown>> = {
  type: 'object',
  description: 'How the Codex tables become the pathway.',
  additionalProperties: false,
  properties: {
    pairThreshold: {
      type: 'integer',
      minimum: 1,
      default: 5,
      description: 'Fewest synapses of a connected pair, summed over its neuropils.',
    },
    transmitterRule: {
      enum: ['neuron', 'majority', 'row'],
      default: 'neuron',
      description:
        'Where the sign comes from: neurons.csv (one a cell), the commonest nt_type of the cell’s rows (one a cell), or the rows of each pair.',
    },
    populations: {
      type: 'object',
      default: {},
      additionalProperties: { oneOf: [populationSchema, { type: 'null' }] },
      description:
        'Populations to add, change (given keys replace those of the built-in rule) or remove (null). They take their cells before the built-in ones.',
    },
    signs: {
      type: 'object',
      additionalProperties: { enum: [1, -1] },
      default: defaultSigns,
      description: 'Sign of each transmitter; the ones left out have none.',
    },
    dropProjections: {
      type: 'array',
      items: { type: 'string', pattern: '^[^>]+>[^>]+$' },
      default: defaultDropProjections,
      description: 'Projections to leave out, as "PRE>POST"; * stands for every population.',
    },
    dropSelfLoops: {
      type: 'boolean',
      default: false,
      description: 'Whether to leave out synapses of a cell on itself.',
    },
    tables: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description: 'Other file names for connections, classification, cellTypes, neurons, names, labels.',
    },
    accept: {
      type: 'array',
      items: { enum: doubtKinds },
      uniqueItems: true,
      default: [],
      description: 'Doubts about the tables that are meant so, e.g. of a subset: told as warnings instead of refused.',
    },
    nullModel: {
      oneOf: [
        { type: 'null' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['kind'],
          properties: {
            kind: { enum: ['permuteWeights', 'swapEdges', 'erdosRenyi', 'permuteSigns'] },
            seed: { type: 'integer', minimum: 0, default: 1 },
          },
        },
      ],
      default: null,
      description:
        'A shuffled control: weights permuted, edges swapped with degrees kept, edges drawn at random, or signs permuted; all within pairs of cell types.',
    },
  },
};
