/** Faults in parameters: their schemas, defaults, checks before a run, --set, and the wiring of stages. */
import { faultsIn, type Mutant } from './mutant.ts';

export const paramsMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/base/schema.ts',
    ['base/schema'],
    [
      {
        id: 'P1',
        what: 'null is taken for something left out',
        find: "if (value === undefined && 'default' in schema)",
        replace: "if ((value ?? undefined) === undefined && 'default' in schema)",
      },
      {
        id: 'P2',
        what: 'items of lists get no defaults',
        find: 'list.map((item) => fill(items, item, root)) : list;',
        replace: 'list : list;',
      },
      {
        id: 'P3',
        what: 'a form of a union fits without the keys that it requires',
        find: 'if (!required.every((key) => Object.hasOwn(value, String(key)))) return false;',
        replace: '',
      },
      {
        id: 'P4',
        what: 'a fraction is a whole number',
        find: "if (type === 'integer') return Number.isInteger(value);",
        replace: "if (type === 'integer') return Number.isFinite(value);",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/check-params.ts',
    ['runner/params/mistakes'],
    [
      {
        id: 'P5',
        what: 'a mistake of --set is told at pipeline.yaml',
        find: 'const set = load.sets.findLast(',
        replace: 'const set = load.sets.slice(load.sets.length).findLast(',
        titled: 'of --set states the constraint',
      },
      {
        id: 'P6',
        what: 'a mistake of a matrix axis is told at the parameter',
        find: 'if (isWithin(key, axis))',
        replace: "if (axis === '')",
        titled: 'of a profile, of the file and of a matrix axis',
      },
      {
        id: 'P7',
        what: 'a mistake is told once for each stage',
        find: 'const key = JSON.stringify([diagnostic.at, diagnostic.message]);',
        replace: 'const key = JSON.stringify([diagnostic.at, diagnostic.message, stage?.id]);',
        titled: 'is told of all stages that see it in one line',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/schema-words.ts',
    ['runner/params/mistakes'],
    [
      {
        id: 'P8',
        what: 'a least value is called one that must be exceeded',
        find: 'minimum: `at least ${limit}`,',
        replace: 'minimum: `above ${limit}`,',
        titled: 'of --set states the constraint',
      },
      {
        id: 'P9',
        what: 'choices are not suggested for',
        find: 'didYouMean(error.data, choices.map(String)) : undefined;',
        replace: 'undefined : undefined;',
        titled: 'of --set states the constraint',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/check-kinds.ts',
    ['runner/code/check-modules'],
    [
      {
        id: 'P10',
        what: 'an input may read an artifact of any kind',
        find: 'if (found === undefined || isA(',
        replace: 'if (found !== undefined || isA(',
      },
      {
        id: 'P11',
        what: 'any word is a kind',
        find: 'if (isKind(kind)) continue;',
        replace: "if (typeof kind === 'string') continue;",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/set-value.ts',
    ['runner/load/load-errors'],
    [
      {
        id: 'P12',
        what: 'what follows a # in --set is lost in silence',
        find: "[/^#/, 'is a YAML comment, which would be lost'],",
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/params.ts',
    ['stages/params-schema'],
    [
      {
        id: 'P20',
        what: 'the default learning rate is another than the page says',
        find: 'default: 0.015,',
        replace: 'default: 0.05,',
      },
      {
        id: 'P21',
        what: 'no epochs at all are taken',
        find: "epochs: { type: 'integer', minimum: 1, default: 6",
        replace: "epochs: { type: 'integer', minimum: 0, default: 6",
      },
      {
        id: 'P22',
        what: 'labels may be smoothed beyond one half',
        find: 'maximum: 0.5,',
        replace: 'maximum: 1,',
      },
      {
        id: 'P23',
        what: 'a jump bound of nothing is not taken any more',
        find: "type: ['number', 'null'],\n          exclusiveMinimum: 0,",
        replace: "type: 'number',\n          exclusiveMinimum: 0,",
      },
    ],
  ),
  ...faultsIn(
    'stages/prep-pathway/params.ts',
    ['stages/params-schema'],
    [
      {
        id: 'P24',
        what: 'pairs count from one synapse on',
        find: "default: 5,\n          unit: 'synapses'",
        replace: "default: 1,\n          unit: 'synapses'",
      },
    ],
  ),
  ...faultsIn(
    'stages/export/params.ts',
    ['stages/params-schema'],
    [
      {
        id: 'P25',
        what: 'ranges are measured on test trials too few',
        find: 'default: 24,',
        replace: 'default: 2,',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/settings.ts',
    ['stages/train-parts'],
    [
      {
        id: 'P26',
        what: 'the strength of the prior is left at the default of a group',
        find: 'parameterSpecs(params.parameters, params.prior.strength)',
        replace: 'parameterSpecs(params.parameters)',
      },
      {
        id: 'P27',
        what: 'no jump bound means a bound of 0',
        find: 'jumpBound ?? Number.POSITIVE_INFINITY',
        replace: 'jumpBound ?? 0',
      },
      {
        id: 'P28',
        what: 'the bands that are asked for are ignored',
        find: 'bands: rates.bands ?? defaultBands',
        replace: 'bands: defaultBands',
      },
      {
        id: 'P29',
        what: 'a readout that the pathway lacks is not told by name',
        find: "['readout', [params.readout]],",
        replace: "['readout', []],",
      },
      {
        id: 'P30',
        what: 'calibration runs as many rounds as it has trials',
        find: 'calibrationRounds: calibration.rounds',
        replace: 'calibrationRounds: calibration.trials',
      },
    ],
  ),
  ...faultsIn(
    'src/base/schema.ts',
    ['base/schema'],
    [
      {
        id: 'P31',
        what: 'an empty list of forms refuses every value',
        find: 'if (forms.length > 0 && !forms.some(',
        replace: 'if (!forms.some(',
      },
      {
        id: 'P32',
        what: 'defaults are shared, not copied',
        find: "structuredClone(schema['default'])",
        replace: "schema['default']",
      },
      {
        id: 'P33',
        what: 'a key whose value is null counts as missing',
        find: 'if (filled.has(key) || !isRecord(below)) continue;',
        replace: 'if ((filled.get(key) ?? undefined) !== undefined || !isRecord(below)) continue;',
      },
      {
        id: 'P34',
        what: 'a reference is looked for beside the part that holds it',
        find: "for (const part of schemasIn(schema, 'allOf')) filled = fill(part, filled, root);",
        replace: "for (const part of schemasIn(schema, 'allOf')) filled = fill(part, filled, part);",
      },
      {
        id: 'P35',
        what: 'keys that a form forbids fit it',
        find: ': below !== false;',
        replace: ': true;',
      },
      {
        id: 'P36',
        what: 'escaped slashes in a reference are taken as they stand',
        find: "step.replaceAll('~1', '/').replaceAll('~0', '~')",
        replace: 'step',
      },
    ],
  ),
  ...faultsIn(
    'src/base/describe-schema.ts',
    ['base/suggest'],
    [
      {
        id: 'P37',
        what: 'an excluded least value is called the least',
        find: '`above ${exclusiveMinimum}`',
        replace: '`of at least ${exclusiveMinimum}`',
      },
      {
        id: 'P38',
        what: 'the length of a pair is not told',
        find: 'minItems !== undefined && minItems === maxItems ?',
        replace: 'minItems === maxItems && maxItems === 3 ?',
      },
    ],
  ),
  ...faultsIn(
    'src/base/suggest.ts',
    ['base/suggest'],
    [
      {
        id: 'P39',
        what: 'swapped letters count as two mistakes, and the nearest name is not found',
        find: 'a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]',
        replace: 'a[i - 1] === b[j - 2] && a[i - 2] === b[j - 2]',
      },
    ],
  ),
];
