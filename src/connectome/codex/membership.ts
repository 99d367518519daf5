/** Which cell belongs to which population, by rule. Knows no edges and no transmitters. */
import { userError } from '../../base/located-error.ts';
import { type ClassColumn, classColumns } from '../../formats/codex/codex.ts';
import type { CodexCell, CodexCells } from './codex-cells.ts';
import type { MembershipRule, PathwayRules, Pattern } from './rules.ts';

/** How a rule met the tables. */
export interface MembershipCount {
  readonly name: string;
  readonly cells: number;
  /** Cells that meet every condition but have no primary type, where the rule asks for one. */
  readonly untypedLeftOut: number;
  /** Cells that meet the rule but belong to a population that comes before. */
  readonly takenBefore: number;
  /** Listed ids of a keyword file that the tables do not have. */
  readonly unknownListed: number;
}

export interface Membership {
  /** The members of each population, as places in CodexCells.cells, by ascending root id. */
  readonly members: readonly Int32Array[];
  /** [cells] number of the cell among all members (population by population), −1 outside. */
  readonly memberOf: Int32Array;
  /** [P + 1] first member of each population. */
  readonly offsets: Int32Array;
  readonly counts: readonly MembershipCount[];
}

/** The columns of classification.csv that some rule looks at. */
export function classColumnsOf({ populations }: PathwayRules): readonly ClassColumn[] {
  const conditions = { super_class: 'superClass', class: 'class', sub_class: 'subClass' } as const;
  return classColumns.filter((column) => populations.some((rule) => rule[conditions[column]] !== undefined));
}

function matcher(pattern: Pattern | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const patterns = (typeof pattern === 'string' ? [pattern] : pattern).map(
    (text) =>
      new RegExp(
        `^${text
          .split('*')
          .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      ),
  );
  return (text) => patterns.some((regExp) => regExp.test(text));
}

/** Whether a cell meets every condition of a rule but that on missing types. */
function ruleMatcher(rule: MembershipRule, listed: ReadonlySet<bigint> | undefined): (cell: CodexCell) => boolean {
  const superClass = matcher(rule.superClass);
  const className = matcher(rule.class);
  const subClass = matcher(rule.subClass);
  const primaryType = matcher(rule.primaryType);
  const onSide = ({ side }: CodexCell): boolean =>
    rule.side === undefined || (rule.side === 'none' ? side !== 'left' && side !== 'right' : side === rule.side);
  return (cell) =>
    superClass(cell.superClass) &&
    className(cell.class) &&
    subClass(cell.subClass) &&
    primaryType(cell.primaryType) &&
    onSide(cell) &&
    (listed === undefined || listed.has(cell.rootId));
}

function listOf(keyword: string | undefined, lists: ReadonlyMap<string, readonly bigint[]>): Set<bigint> | undefined {
  if (keyword === undefined) return undefined;
  const ids = lists.get(keyword);
  if (ids === undefined) {
    const there = [...lists.keys()].map((name) => `root_ids_${name}.txt`).join(', ') || 'none';
    throw userError(`no list root_ids_${keyword}.txt among the tables`, `lists there: ${there}`);
  }
  return new Set(ids);
}

interface Taken {
  readonly members: Int32Array;
  readonly count: MembershipCount;
}

/** Takes the cells of one rule that nobody has taken before. */
function takeCells(
  { cells, index }: CodexCells,
  rule: PathwayRules['populations'][number],
  lists: ReadonlyMap<string, readonly bigint[]>,
  taken: Uint8Array,
): Taken {
  const listed = listOf(rule.keyword, lists);
  const matches = ruleMatcher(rule, listed);
  const members: number[] = [];
  let untypedLeftOut = 0;
  let takenBefore = 0;
  cells.forEach((cell, i) => {
    if (!matches(cell)) return;
    if (rule.untyped === false && cell.primaryType === '') untypedLeftOut += 1;
    else if (taken[i] === 1) takenBefore += 1;
    else {
      taken[i] = 1;
      members.push(i);
    }
  });
  members.sort((a, b) => (cells[a]!.rootId < cells[b]!.rootId ? -1 : 1));
  const unknownListed = listed === undefined ? 0 : [...listed].filter((id) => index.findId(id) < 0).length;
  const count = { name: rule.name, cells: members.length, untypedLeftOut, takenBefore, unknownListed };
  return { members: Int32Array.from(members), count };
}

/** Applies the rules in their order of precedence. Throws UserError when a keyword list is missing. cost: cells × populations. */
export function assignPopulations(
  codex: CodexCells,
  rules: PathwayRules,
  lists: ReadonlyMap<string, readonly bigint[]> = new Map(),
): Membership {
  const taken = new Uint8Array(codex.cells.length);
  const byName = new Map<string, Taken>();
  for (const name of rules.precedence) {
    const rule = rules.populations.find((population) => population.name === name)!;
    byName.set(name, takeCells(codex, rule, lists, taken));
  }
  const inOrder = rules.populations.map(({ name }) => byName.get(name)!);
  const memberOf = new Int32Array(codex.cells.length).fill(-1);
  const offsets = new Int32Array(inOrder.length + 1);
  inOrder.forEach(({ members }, p) => {
    members.forEach((cell, i) => {
      memberOf[cell] = offsets[p]! + i;
    });
    offsets[p + 1] = offsets[p]! + members.length;
  });
  return { members: inOrder.map((t) => t.members), memberOf, offsets, counts: inOrder.map((t) => t.count) };
}
