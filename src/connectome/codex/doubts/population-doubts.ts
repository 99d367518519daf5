/** What is doubtful about the populations: empty ones, names spelt otherwise, cells that other tables lack, cells without a transmitter. */
import { percent } from '../../../base/text.ts';
import type { CodexCells } from '../codex-cells.ts';
import { CODES, type EdgeCollector } from '../edge-collector.ts';
import type { Membership } from '../membership.ts';
import type { PathwayRules, Pattern } from '../rules.ts';
import type { Doubt } from './doubt.ts';
import { unknownIdDoubts } from './unknown-ids.ts';
import { foldWord, type ReadWord } from './word-reader.ts';

/** Up to this share of a population's cells may lack something (free parameter; v783 has at most .3 %). */
const FEW = 0.1;

const fields = ['superClass', 'class', 'subClass', 'primaryType'] as const;

const names = (pattern: Pattern | undefined): readonly string[] =>
  pattern === undefined ? [] : [pattern].flat().filter((text) => !text.includes('*'));

/** Words of the tables that are not those of the rules, but would be if spelt alike. */
function lookAlikes(codex: CodexCells, rules: PathwayRules): Doubt[] {
  const { classification, cellTypes } = codex.tables;
  return fields.flatMap((field) => {
    const table = field === 'primaryType' ? cellTypes : classification;
    const reader = table.words[field]!;
    const known = new Set(rules.populations.flatMap((rule) => names(rule[field])));
    const byFold = new Map([...known].map((name) => [foldWord(name), name]));
    return [...reader.words.values()].flatMap((word): Doubt[] => {
      const meant = known.has(word.as) || word.as === '' ? undefined : byFold.get(foldWord(word.as));
      if (meant === undefined) return [];
      const users = rules.populations.filter((rule) => names(rule[field]).includes(meant)).map(({ name }) => name);
      return [
        {
          kind: 'lookAlikes',
          refuses: true,
          count: word.rows,
          message: `${table.file}:${word.line} column ${reader.column} says '${word.written}' in ${word.rows} rows, the rule of ${users.join(', ')} '${meant}'`,
          cure: `spell it '${meant}' in the table, or change the rule (pathway.populations.${users[0]}.${field})`,
        },
      ];
    });
  });
}

/** Two spellings of one word in a column. */
function twoSpellings(codex: CodexCells): Doubt[] {
  const { classification, cellTypes } = codex.tables;
  return fields.flatMap((field) => {
    const table = field === 'primaryType' ? cellTypes : classification;
    const first = new Map<string, ReadWord>();
    return [...table.words[field]!.words.values()].flatMap((word): Doubt[] => {
      const fold = foldWord(word.as);
      const other = first.get(fold) ?? word;
      first.set(fold, other);
      if (other.as === word.as || word.as === '') return [];
      return [
        {
          kind: 'lookAlikes',
          refuses: true,
          count: Math.min(word.rows, other.rows),
          message: `${table.file}: column ${table.words[field]!.column} has both '${other.as}' (${other.rows} rows) and '${word.as}' (${word.rows} rows, first ${table.file}:${word.line})`,
          cure: 'spell them alike',
        },
      ];
    });
  });
}

function conditionsOf(rule: PathwayRules['populations'][number]): string {
  const given = [...fields, 'side' as const, 'keyword' as const].filter((key) => rule[key] !== undefined);
  return given.map((key) => `${key} '${[rule[key]!].flat().join("' or '")}'`).join(', ');
}

function emptyPopulations({ counts }: Membership, rules: PathwayRules): Doubt[] {
  return rules.populations.flatMap((rule, p): Doubt[] => {
    const { cells, untypedLeftOut } = counts[p]!;
    if (cells > 0) return [];
    const untyped = untypedLeftOut > 0 ? ` (${untypedLeftOut} cells meet it but have no primary type)` : '';
    return [
      {
        kind: 'emptyPopulations',
        refuses: true,
        count: 1,
        message: `population ${rule.name} has no cell: none has ${conditionsOf(rule)}${untyped}`,
        cure: `correct the tables or the rule, or remove the population (--set pathway.populations.${rule.name}=null)`,
      },
    ];
  });
}

/** Cells of a population that a table should know and does not. */
function missingCells(codex: CodexCells, { members, counts }: Membership, rules: PathwayRules): Doubt[] {
  const { neurons, cellTypes } = codex.tables;
  const doubt = (count: number, of: number, name: string, file: string, what: string): Doubt[] =>
    count <= FEW * of
      ? []
      : [
          {
            kind: 'missingCells',
            refuses: true,
            count,
            message: `${file}: ${count} of ${of} cells of ${name} (${percent(count / of)}) ${what}`,
            cure: 'take all tables from one release',
          },
        ];
  return rules.populations.flatMap((rule, p) => {
    const { cells, untypedLeftOut } = counts[p]!;
    const absent =
      rule.transmitter !== undefined ? 0 : members[p]!.reduce((n, cell) => n + Number(!neurons.has(cell)), 0);
    const untyped = cells === 0 ? 0 : untypedLeftOut;
    return [
      ...doubt(absent, cells, rule.name, neurons.file, 'have no row'),
      ...doubt(untyped, cells + untypedLeftOut, rule.name, cellTypes.file, 'have no primary type and were left out'),
    ];
  });
}

/** Whether the population sends anything by the rules. */
function sends(rules: PathwayRules, name: string): boolean {
  return !rules.dropProjections.some((text) => text === `${name}>*` || text === '*>*');
}

function noTransmitters(codex: CodexCells, membership: Membership, edges: EdgeCollector, rules: PathwayRules): Doubt[] {
  const hasRows = (member: number): boolean =>
    rules.transmitterRule !== 'neuron' &&
    edges.rowsByCode.subarray(member * CODES, (member + 1) * CODES - 1).some((rows) => rows > 0);
  return rules.populations.flatMap((rule, p): Doubt[] => {
    const members = membership.members[p]!;
    if (rule.transmitter !== undefined || !sends(rules, rule.name)) return [];
    const count = members.reduce((n, cell, i) => {
      const { ntType, likeliest } = codex.cells[cell]!;
      return n + Number(ntType === '' && likeliest === '' && !hasRows(membership.offsets[p]! + i));
    }, 0);
    if (count <= FEW * members.length) return [];
    const otherwise = rule.otherwise === undefined ? 'have no outputs' : `count as ${rule.otherwise}`;
    return [
      {
        kind: 'noTransmitters',
        refuses: true,
        count,
        message: `${codex.tables.neurons.file}: ${count} of ${members.length} cells of ${rule.name} have no predicted transmitter and would ${otherwise}`,
        cure: `take the table with its predictions (nt_type, or ach_avg … oct_avg), or say what they release (pathway.populations.${rule.name}.transmitter)`,
      },
    ];
  });
}

/** Ids of keyword lists that no table has. */
function listDoubts(
  codex: CodexCells,
  membership: Membership,
  rules: PathwayRules,
  lists: ReadonlyMap<string, readonly bigint[]>,
): Doubt[] {
  const known = codex.cells.map(({ rootId }) => rootId);
  return rules.populations.flatMap((rule, p) => {
    const rows = membership.counts[p]!.unknownListed;
    if (rule.keyword === undefined || rows === 0) return [];
    const listed = lists.get(rule.keyword) ?? [];
    const ids = listed.filter((id) => codex.index.findId(id) < 0);
    const line = listed.indexOf(ids[0]!) + 1;
    const file = `root_ids_${rule.keyword}.txt`;
    return unknownIdDoubts({ file, lacking: 'the tables', rows, of: new Set(listed).size, ids, line }, known);
  });
}

export function populationDoubts(
  codex: CodexCells,
  membership: Membership,
  edges: EdgeCollector,
  rules: PathwayRules,
  lists: ReadonlyMap<string, readonly bigint[]>,
): Doubt[] {
  return [
    ...lookAlikes(codex, rules),
    ...twoSpellings(codex).slice(0, 3),
    ...emptyPopulations(membership, rules),
    ...missingCells(codex, membership, rules),
    ...noTransmitters(codex, membership, edges, rules),
    ...listDoubts(codex, membership, rules, lists),
  ];
}
