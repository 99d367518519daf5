/** The `pathway` parameters → rules, names checked. Knows no tables and no files. */
import { type Diagnostic, UserError } from '../../src/base/located-error.ts';
import { didYouMean } from '../../src/base/suggest.ts';
import { defaultPopulations, type PathwayRules, type PopulationRule } from '../../src/connectome/codex/rules.ts';
import type { PathwayParams } from './params.ts';

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
  const { populations: changes, signs, dropProjections } = params;
  const populations = mergedPopulations(changes);
  const names = populations.map(([name]) => name);
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
    transmitterRule: params.transmitterRule,
    uncertainSigns: params.uncertainSigns,
    pairThreshold: params.pairThreshold,
    dropSelfLoops: params.dropSelfLoops,
    signs,
    dropProjections,
  };
}
