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
        find: 'if (axis !== undefined) {',
        replace: 'if (axis === null) {',
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
];
