/** A pathway report as Markdown for people. Knows no tables and no rules beyond what the report says. */

import { percent, thousands } from '../../base/text.ts';
import type { Kept } from '../null-models/what-is-left.ts';
import type { PairCount } from './pair-count.ts';
import type { CountSpread, ProjectionStatistics } from './projection-statistics.ts';
import type { NullModelReport, PathwayReport, PopulationReport } from './report.ts';
import type { PopulationRule, TransmitterRule } from './rules.ts';
import type { UncertainSigns } from './uncertain-signs.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const named = (type: string): string => (type === '' ? 'none' : type);

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, n]) => `${named(name)} ${thousands(n)}`)
    .join(', ');
}

function ruleText({ transmitter, otherwise, unconnected, untyped, ...conditions }: PopulationRule): string {
  const parts = Object.entries(conditions)
    .filter(([key]) => key !== 'name')
    .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(' or ') : String(value)}`);
  if (untyped === false) parts.push('typed');
  if (unconnected === 'drop') parts.push('with an edge');
  const released =
    transmitter === undefined
      ? `by the tables${otherwise === undefined ? '' : `, else ${otherwise}`}`
      : `${transmitter} (set)`;
  return `${parts.join(', ')}; transmitter ${released}`;
}

function populationTable(populations: readonly PopulationReport[]): string {
  return table(
    [
      'population',
      'cells',
      'reference',
      'left',
      'right',
      'no side',
      'types',
      'untyped',
      'no edge',
      'no input',
      'no output',
    ],
    populations.map((p) => [
      p.name,
      ...[thousands(p.size), p.referenceCells === null ? '–' : thousands(p.referenceCells)],
      ...[p.left, p.right, p.noSide, p.types, p.untyped, p.unconnected, p.withoutInput, p.withoutOutput].map(thousands),
    ]),
  );
}

function populationLines(populations: readonly PopulationReport[]): string {
  return populations
    .map((p) => {
      const types = p.commonest.map(([type, n]) => `${type} ${thousands(n)}`).join(', ');
      const gone = [
        p.untypedLeftOut > 0 ? `${thousands(p.untypedLeftOut)} without a type left out` : '',
        p.takenBefore > 0 ? `${thousands(p.takenBefore)} belong to another population` : '',
        p.unknownListed > 0 ? `${thousands(p.unknownListed)} listed ids are in no table` : '',
        p.cells > p.size ? `${thousands(p.cells - p.size)} without an edge left out` : '',
      ].filter((text) => text !== '');
      return [
        `- **${p.name}**: ${ruleText(p.rule)}.`,
        gone.length === 0 ? '' : ` ${gone.join('; ')}.`,
        `\n  Releases: ${counted(p.transmitters)} (cells by source: ${counted(p.transmitterSources)}).`,
        types === '' ? '' : `\n  Commonest types: ${types}${p.types > p.commonest.length ? ', …' : ''}.`,
      ].join('');
    })
    .join('\n');
}

const spread = ({ mean, median, max }: CountSpread): string => `${mean} / ${median} / ${max}`;

function projectionTable(projections: readonly ProjectionStatistics[]): string {
  return table(
    ['projection', 'pairs', 'synapses', 'excitatory', 'synapses a pair', 'out-degree', 'in-degree', 'crossing'],
    projections.map((p) => [
      `${p.pre} → ${p.post}`,
      ...[thousands(p.pairs), thousands(p.synapses), percent(p.excitatoryPairs / p.pairs)],
      ...[spread(p.weight), spread(p.outDegree), spread(p.inDegree), percent(p.sides.crossing / p.pairs)],
    ]),
  );
}

const transmitterRules: Readonly<Record<TransmitterRule, string>> = {
  neuron: 'one transmitter a cell: nt_type of neurons.csv, that of its type or the like where that is not sure (below)',
  majority: 'one transmitter a cell: the commonest nt_type of its rows of connections.csv',
  row: 'the rows of each pair, each with its own nt_type; the larger sum of synapses gives the sign',
};

function pairLine(what: string, { pairs, synapses }: PairCount): string[] {
  return pairs === 0 ? [] : [`  - ${what}: ${thousands(pairs)} pairs, ${thousands(synapses)} synapses`];
}

function leftOut({ rows, edgeCounts, rules, pairs }: PathwayReport): string {
  const { outside, unknown, inside, all } = rows;
  return [
    `- ${thousands(all.rows)} rows with ${thousands(all.synapses)} synapses were read; ${thousands(outside.rows)} rows (${thousands(outside.synapses)} synapses) have an end outside the populations`,
    ...(unknown.rows === 0
      ? []
      : [
          `- ids in no table: ${thousands(unknown.ids)}, in ${thousands(unknown.rows)} rows (${thousands(unknown.synapses)} synapses)`,
        ]),
    `- the ${thousands(inside.rows)} rows within the populations are ${thousands(pairs)} pairs, summed over neuropils; of these were left out:`,
    ...pairLine(`fewer than ${rules.pairThreshold} synapses in all`, edgeCounts.belowThreshold),
    ...Object.entries(edgeCounts.dropped).flatMap(([name, n]) => pairLine(`projection ${name.replace('>', ' → ')}`, n)),
    ...Object.entries(edgeCounts.withoutSign).flatMap(([name, n]) =>
      pairLine(`${name} cells whose transmitter has no sign`, n),
    ),
    ...pairLine(`self-loops (${edgeCounts.selfLoopsDropped ? 'left out' : 'kept'})`, edgeCounts.selfLoops),
  ].join('\n');
}

const sourceTexts: Readonly<Record<string, string>> = {
  type: 'have that of the sure cells of their type',
  otherwise: 'the stand-in of their population',
  average: 'that of their largest average',
  rows: 'that of their rows',
  none: 'none that has a sign',
  excluded: 'none, and no outputs',
};

/** What hangs on a population's cells without a sure prediction. */
function uncertainText(found: UncertainSigns, { uncertainSigns: { rule, margin } }: PathwayReport['rules']): string {
  const { population, cells, of, ties, medianLead, sources, sends, excites, all } = found;
  const decided = Object.entries(sources).map(([source, n]) => `${thousands(n)} ${sourceTexts[source]}`);
  return (
    `- ${population}: the transmitter of ${thousands(cells)} of ${thousands(of)} cells is uncertain (lead of the largest average up to ${margin}, ` +
    `median ${medianLead}, ${ties} exact ties); by the rule '${rule}' ${decided.join(', ')}. They send ${thousands(sends.pairs)} of ` +
    `${thousands(all.pairs)} pairs (${percent(sends.pairs / all.pairs)}), of which ${percent(excites.pairs / sends.pairs)} excite.`
  );
}

function signText({ rules, rows, edgeCounts, uncertainSigns: uncertain }: PathwayReport): string {
  const signs = Object.entries(rules.signs).map(([name, sign]) => `${name} ${sign > 0 ? 'excites' : 'inhibits'}`);
  const { compared, equal } = rows.agreement;
  return [
    `The sign of a pair: ${transmitterRules[rules.transmitterRule]}. ${signs.join(', ')}.`,
    `Of ${thousands(compared)} rows that name a transmitter, ${percent(equal / compared)} name that of their neuron; ` +
      `${thousands(edgeCounts.mixedRows.pairs)} pairs have rows of both signs.`,
    ...uncertain.map((found) => uncertainText(found, rules)),
  ].join('\n');
}

const share = ({ kept, of }: Kept): string => percent(kept / of);

/** What a control is, in words: `swapEdges within type, sides mixed, seed 1`. */
export function nullModelText({ kind, within, sides, seed }: NullModelReport): string {
  return `${kind} within ${within}, sides ${sides === 'keep' ? 'kept' : 'mixed'}, seed ${seed}`;
}

function nullModelLines(nullModel: NullModelReport): string[] {
  const { leaves } = nullModel;
  const row = (name: string, left: Omit<typeof leaves, 'projections'>, combinations: string): string[] => [
    name,
    ...[left.pairs, left.weights, left.signs, left.typePairs].map(share),
    combinations,
  ];
  return [
    `**This is a shuffled control**: ${nullModelText(nullModel)}. What it leaves of the tables' wiring:`,
    '',
    table(
      ['projection', 'pairs', 'weights', 'signs', 'pairs of types', 'combinations of input types'],
      [
        ...leaves.projections.map((left) => row(`${left.pre} → ${left.post}`, left, share(left.combinations))),
        row('all', leaves, '–'),
      ],
    ),
    '',
    'Pairs: of cells that are connected still; weights, signs: pairs that have theirs still; pairs of types: edges that are still between the same',
    'two types; combinations: receivers whose inputs are of the same types as before, each as often.',
    '',
  ];
}

/** The report as Markdown. Determinism: a function of the report alone. */
export function pathwaySummary(report: PathwayReport): string {
  const { cells, edges, synapses } = report.totals;
  const shuffled = report.nullModel === null ? [] : nullModelLines(report.nullModel);
  return `${[
    '# Pathway',
    '',
    `${thousands(cells)} cells, ${thousands(edges)} connected pairs, ${thousands(synapses)} synapses.`,
    '',
    ...shuffled,
    '## Populations',
    '',
    populationTable(report.populations),
    '',
    'Reference: what the earlier CC_SNN project reported for FlyWire v783; a synthetic or partial data set gives other numbers.',
    'No edge, no input, no output: members without an edge of that kind after everything below was left out.',
    '',
    populationLines(report.populations),
    '',
    '## Signs',
    '',
    signText(report),
    '',
    '## Projections',
    '',
    'Synapses a pair, out-degree and in-degree: mean / median / maximum; degrees over connected cells.',
    '',
    projectionTable(report.projections),
    '',
    '## Left out',
    '',
    leftOut(report),
  ].join('\n')}\n`;
}
