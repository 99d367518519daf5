/** Rows of connections.csv → pairs within the populations, counting what falls outside. Memory grows with the pairs kept, not with the rows. */
import { userError } from '../../base/located-error.ts';
import { type ConnectionRow, readConnections, scoredTransmitters } from '../../formats/codex/codex.ts';
import type { ByteSink } from '../../formats/codex/csv.ts';
import { IdIndex } from '../../formats/codex/id-index.ts';
import type { CodexCells } from './codex-cells.ts';
import { IdDigits } from './doubts/rounded-ids.ts';
import { transmitterSpellings, WordReader } from './doubts/word-reader.ts';
import type { Membership } from './membership.ts';
import { resolveTransmitter, tableTransmitters } from './own-transmitter.ts';
import { PairTable } from './pair-table.ts';
import type { PathwayRules } from './rules.ts';

/** Rows and their synapses. */
export interface RowCount {
  rows: number;
  synapses: number;
}

/** More than any atlas has; should there be more, the last ones count as one. */
const MOST_NEUROPILS = 4096;

/** Transmitter codes of rows; the last stands for none and for names that are not known. */
const codes = [...scoredTransmitters, ''];
export const CODES: number = codes.length;

/** The name of a code. */
export function transmitterOfCode(code: number): string {
  return codes[code]!;
}

export class EdgeCollector {
  readonly pairs: PairTable = new PairTable();
  readonly all: RowCount = { rows: 0, synapses: 0 };
  /** An end is in no table. */
  readonly unknown: RowCount = { rows: 0, synapses: 0 };
  readonly unknownIds: IdIndex = new IdIndex();
  file = 'connections.csv';
  /** Line of the first row with an unknown id, with a pair and neuropil that were there before; 0 for none. */
  readonly firstLine: { unknown: number; duplicate: number } = { unknown: 0, duplicate: 0 };
  /** Rows whose pair and neuropil were there before, within the populations. */
  duplicates = 0;
  /** Rows within the populations without a transmitter of their own. */
  withoutTransmitter = 0;
  readonly words: WordReader = new WordReader('nt_type', transmitterSpellings);
  readonly digits: { readonly pre: IdDigits; readonly post: IdDigits } = { pre: new IdDigits(), post: new IdDigits() };
  private readonly neuropils = new Map<string, number>();
  /** Place of the pair · MOST_NEUROPILS + number of the neuropil, of every row so far. */
  private readonly seen = new Set<number>();
  /** An end is in no population. */
  readonly outside: RowCount = { rows: 0, synapses: 0 };
  readonly inside: RowCount = { rows: 0, synapses: 0 };
  /** [members × CODES] rows, and synapses, of each member by the rows' own transmitter, to any target. */
  readonly rowsByCode: Int32Array;
  readonly synapsesByCode: Int32Array;
  /** Rows of members whose own transmitter and the neuron's are both given, and of these the equal ones. */
  readonly agreement: { compared: number; equal: number } = { compared: 0, equal: 0 };
  private readonly codex: CodexCells;
  private readonly membership: Membership;
  private readonly codeOf: ReadonlyMap<string, number> = new Map(codes.map((name, code) => [name, code]));
  /** [P × CODES] sign of a row by the population's rule; 0 is none. */
  private readonly rowSigns: Int8Array;
  /** [members] sign of a row without a transmitter, where the rule goes by rows: that of its neuron. */
  private readonly ownSigns: Int8Array | undefined;
  /** [members] population. */
  private readonly populationOf: Uint8Array;

  constructor(codex: CodexCells, membership: Membership, rules: PathwayRules) {
    this.codex = codex;
    this.membership = membership;
    const { offsets } = membership;
    const size = offsets[offsets.length - 1]!;
    this.rowsByCode = new Int32Array(size * CODES);
    this.synapsesByCode = new Int32Array(size * CODES);
    this.populationOf = new Uint8Array(size);
    membership.members.forEach((_, p) => {
      this.populationOf.fill(p, offsets[p], offsets[p + 1]);
    });
    this.rowSigns = Int8Array.from(
      rules.populations.flatMap(({ transmitter, otherwise }) =>
        codes.map((name) => rules.signs[transmitter ?? name] ?? rules.signs[otherwise ?? ''] ?? 0),
      ),
    );
    this.ownSigns = rules.transmitterRule === 'row' ? ownSigns(codex, membership, rules) : undefined;
  }

  /** Whether the table tells neuropils apart. */
  get hasNeuropils(): boolean {
    return this.neuropils.size > 1 || !this.neuropils.has('');
  }

  /** Takes the table's bytes. */
  sink(file = 'connections.csv'): ByteSink {
    this.file = file;
    return readConnections((row) => this.take(row), file);
  }

  private take(row: ConnectionRow): void {
    const { synCount } = row;
    const pre = this.codex.index.find(row.preHi, row.preLo);
    const post = this.codex.index.find(row.postHi, row.postLo);
    this.all.rows += 1;
    this.all.synapses += synCount;
    this.digits.pre.add(row.preHi, row.preLo);
    this.digits.post.add(row.postHi, row.postLo);
    if (pre < 0 || post < 0) this.takeUnknown(row, pre, post);
    const preMember = pre < 0 ? -1 : this.membership.memberOf[pre]!;
    const postMember = post < 0 ? -1 : this.membership.memberOf[post]!;
    const code = preMember < 0 ? 0 : this.tally(preMember, pre, row);
    if (preMember < 0 || postMember < 0) {
      if (pre >= 0 && post >= 0) {
        this.outside.rows += 1;
        this.outside.synapses += synCount;
      }
      return;
    }
    this.inside.rows += 1;
    this.inside.synapses += synCount;
    if (code === CODES - 1) this.withoutTransmitter += 1;
    const own = code === CODES - 1 ? this.ownSigns?.[preMember] : undefined;
    const sign = own ?? this.rowSigns[this.populationOf[preMember]! * CODES + code]!;
    this.noteNeuropil(this.addToPair(row, preMember, postMember, sign), row);
  }

  private addToPair(row: ConnectionRow, pre: number, post: number, sign: number): number {
    try {
      return this.pairs.add(pre, post, row.synCount, sign);
    } catch (error) {
      throw userError((error as Error).message, 'is syn_count a count?', { file: this.file, line: row.line });
    }
  }

  private noteNeuropil(pair: number, row: ConnectionRow): void {
    const { neuropil } = row;
    const number = this.neuropils.get(neuropil) ?? Math.min(this.neuropils.size, MOST_NEUROPILS - 1);
    this.neuropils.set(neuropil, number);
    const key = pair * MOST_NEUROPILS + number;
    if (!this.seen.has(key)) this.seen.add(key);
    else if (this.duplicates++ === 0) this.firstLine.duplicate = row.line;
  }

  private tally(member: number, cell: number, row: ConnectionRow): number {
    const ntType = this.words.read(row.ntType, row.line);
    const code = this.codeOf.get(ntType) ?? CODES - 1;
    this.rowsByCode[member * CODES + code]! += 1;
    this.synapsesByCode[member * CODES + code]! += row.synCount;
    const own = this.codex.cells[cell]!.ntType;
    if (own !== '' && ntType !== '') {
      this.agreement.compared += 1;
      if (own === ntType) this.agreement.equal += 1;
    }
    return code;
  }

  private takeUnknown(row: ConnectionRow, pre: number, post: number): void {
    if (this.unknown.rows === 0) this.firstLine.unknown = row.line;
    this.unknown.rows += 1;
    this.unknown.synapses += row.synCount;
    if (pre < 0) this.unknownIds.add(row.preHi, row.preLo);
    if (post < 0) this.unknownIds.add(row.postHi, row.postLo);
  }
}

/** Of every member, by the neurons' table alone. */
function ownSigns(codex: CodexCells, membership: Membership, rules: PathwayRules): Int8Array {
  const found = tableTransmitters(codex, membership, rules);
  const signs = membership.members.flatMap((members, p) =>
    Array.from(members, (_, i) => {
      const own = resolveTransmitter(rules.populations[p]!, rules, found[membership.offsets[p]! + i]!);
      return rules.signs[own.transmitter] ?? 0;
    }),
  );
  return Int8Array.from(signs);
}
