/** The `pathway` part of the parameters → rules: defaults filled in, names checked. Knows no tables and no files. */
import { type Diagnostic, UserError } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { NullModel } from '../null-models.ts';
import {
  defaultDropProjections,
  defaultPopulations,
  defaultSigns,
  type PathwayRules,
  type PopulationRule,
  type TransmitterRule,
} from './rules.ts';

/** What pipeline.yaml may say under `pathway`; all of it is optional. The schema: pathwayParamsSchema. */
export interface PathwayParams {
  readonly pairThreshold?: number;
  readonly transmitterRule?: TransmitterRule;
  readonly populations?: Readonly<Record<string, PopulationRule | null>>;
  readonly signs?: Readonly<Record<string, 1 | -1>>;
  readonly dropProjections?: readonly string[];
  readonly dropSelfLoops?: boolean;
  readonly tables?: Readonly<Record<string, string>>;
  readonly nullModel?: NullModel | null;
}

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
      ...{ type: 'integer', minimum: 1, default: 5 },
      description: 'Fewest synapses of a connected pair, summed over its neuropils.',
    },
    transmitterRule: {
      ...{ enum: ['neuron', 'majority', 'row'], default: 'neuron' },
      description:
        'Where the sign comes from: neurons.csv (one a cell), the commonest nt_type of the cell’s rows (one a cell), or the rows of each pair.',
    },
    populations: {
      ...{ type: 'object', default: {}, additionalProperties: { oneOf: [populationSchema, { type: 'null' }] } },
      description:
        'Populations to add, change (given keys replace those of the built-in rule) or remove (null). They take their cells before the built-in ones.',
    },
    signs: {
      ...{ type: 'object', additionalProperties: { enum: [1, -1] }, default: { ...defaultSigns } },
      description: 'Sign of each transmitter; the ones left out have none.',
    },
    dropProjections: {
      ...{ type: 'array', items: { type: 'string', pattern: '^[^>]+>[^>]+$' }, default: [...defaultDropProjections] },
      description: 'Projections to leave out, as "PRE>POST"; * stands for every population.',
    },
    dropSelfLoops: {
      type: 'boolean',
      default: false,
      description: 'Whether to leave out synapses of a cell on itself.',
    },
    tables: {
      ...{ type: 'object', additionalProperties: { type: 'string' }, default: {} },
      description: 'Other file names for connections, classification, cellTypes, neurons, names, labels.',
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

function mergedPopulations(changes: Readonly<Record<string, PopulationRule | null>>): [string, PopulationRule][] {
  const names = [...new Set([...Object.keys(defaultPopulations), ...Object.keys(changes)])];
  return names.flatMap((name): [string, PopulationRule][] => {
    const change = changes[name];
    return change === null ? [] : [[name, { ...defaultPopulations[name], ...change }]];
  });
}

const conditions = ['superClass', 'class', 'subClass', 'primaryType', 'keyword'] as const;

function wrongPopulations(populations: readonly [string, PopulationRule][]): Diagnostic[] {
  return populations.flatMap(([name, rule]): Diagnostic[] => {
    if (/[>→*/\s]/.test(name)) return [{ message: `pathway.populations: '${name}' may not hold >, →, *, / or spaces` }];
    if (conditions.some((key) => rule[key] !== undefined)) return [];
    const hint = `give it one of ${conditions.join(', ')}`;
    return [{ message: `pathway.populations.${name} would take every cell of the brain`, hint }];
  });
}

function wrongNames(where: string, used: readonly string[], known: readonly string[]): Diagnostic[] {
  return used
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = didYouMean(name, known);
      const message = `pathway.${where}: '${name}' is not known, there are: ${known.join(', ')}`;
      return hint === undefined ? { message } : { message, hint };
    });
}

/** Rules of the parameters. Throws UserError with every wrong name at once. */
export function pathwayRules(params: PathwayParams): PathwayRules {
  const changes = params.populations ?? {};
  const populations = mergedPopulations(changes);
  const names = populations.map(([name]) => name);
  const signs = params.signs ?? defaultSigns;
  const dropProjections = params.dropProjections ?? defaultDropProjections;
  const builtIn = [...names, ...Object.keys(defaultPopulations)];
  const wrong = [
    ...wrongPopulations(populations),
    ...wrongNames(
      'dropProjections',
      dropProjections.flatMap((text) => text.split('>')),
      ['*', ...new Set(builtIn)],
    ),
    ...populations.flatMap(([name, { transmitter, otherwise }]) =>
      wrongNames(
        `populations.${name}`,
        [transmitter, otherwise].filter((t) => t !== undefined),
        Object.keys(signs),
      ),
    ),
  ];
  if (wrong.length > 0) throw new UserError(wrong);
  return {
    populations: populations.map(([name, rule]) => ({ ...rule, name })),
    precedence: [...names.filter((name) => name in changes), ...names.filter((name) => !(name in changes))],
    transmitterRule: params.transmitterRule ?? 'neuron',
    pairThreshold: params.pairThreshold ?? 5,
    dropSelfLoops: params.dropSelfLoops ?? false,
    ...{ signs, dropProjections },
  };
}
