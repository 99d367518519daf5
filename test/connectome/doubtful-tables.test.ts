/** Tables that are not what they seem: refused, or warned about; never silently another network. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { syntheticCodexTables } from '../../src/connectome/synthetic/synthetic.ts';
import { prepare } from './prepare-tables.ts';

type Tables = Readonly<Record<string, string>>;
const connections = 'connections.csv';
const classification = 'classification.csv';
const cellTypes = 'consolidated_cell_types.csv';
const neurons = 'neurons.csv';

/** A table with the fields of a column changed; `row` counts from 0. */
function changed(table: string, column: string, change: (field: string, row: number) => string): string {
  const [header, ...rows] = table.trimEnd().split('\n');
  const at = header!.split(',').indexOf(column);
  assert.ok(at >= 0, column);
  const lines = rows.map((line, row) => {
    const fields = line.split(',');
    fields[at] = change(fields[at]!, row);
    return fields.join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}

const body = (table: string): string => table.slice(table.indexOf('\n') + 1);

/** As pandas writes an id that became float64 and int64 again; as JavaScript prints one; as a spreadsheet cuts one. */
const rounded = (id: string): string => BigInt(Number(id)).toString();
const printed = (id: string): string =>
  BigInt(
    Number(id)
      .toString()
      .replace(/e\+?\d+$/, ''),
  ).toString();
const cut = (id: string): string => `${id.slice(0, 15)}${'0'.repeat(id.length - 15)}`;

/** Who is there and who connects to whom; types by their name alone change nothing of it. */
const wiring = ({ populations, projections }: Pathway) => [
  populations.map(({ name, rootIds }) => [name, rootIds]),
  projections,
];

describe('tables that are not what they seem', () => {
  let made: Tables;
  let plain: Uint8Array;
  before(() => {
    const {
      'names.csv': _names,
      'processed_labels.csv': _labels,
      ...needed
    } = syntheticCodexTables({ scale: 0.02, seed: 3 });
    made = needed;
    const { pathway, warnings } = prepare(made);
    plain = encodePathway(pathway);
    assert.deepEqual(warnings, []);
  });

  const change = (name: string, column: string, how: (field: string, row: number) => string): Tables => ({
    ...made,
    [name]: changed(made[name]!, column, how),
  });
  const bothEnds = (how: (field: string, row: number) => string): Tables => ({
    ...made,
    [connections]: changed(changed(made[connections]!, 'pre_root_id', how), 'post_root_id', how),
  });
  function refused(tables: Tables, ...patterns: readonly RegExp[]): void {
    assert.throws(
      () => prepare(tables),
      (error: Error) => {
        for (const pattern of patterns) assert.match(error.message, pattern);
        return true;
      },
    );
  }
  /** The same network, with a word about it. */
  function told(tables: Tables, pattern: RegExp, params: object = {}): void {
    const { pathway, warnings } = prepare(tables, params);
    assert.deepEqual(encodePathway(pathway), plain);
    assert.match(warnings.join('\n'), pattern);
  }

  describe('ids that went through a floating-point number', () => {
    for (const [what, how] of Object.entries({ rounded, printed, cut })) {
      it(`are recognised in the connections (${what})`, () => {
        refused(
          bothEnds(how),
          /connections\.csv: \d+ of \d+ unknown ids are rounded ones of the other tables \(\d+ was \d+\)/,
          /dtype=str/,
        );
      });
      it(`are recognised where all tables have them (${what})`, () => {
        const tables = Object.fromEntries(
          Object.entries(bothEnds(how)).map(([name, text]) => [
            name,
            name === connections ? text : changed(text, 'root_id', how),
          ]),
        );
        refused(
          tables,
          /classification\.csv: all ids of column root_id end in zeros/,
          /connections\.csv: all ids of column pre_root_id/,
        );
      });
    }
    it('are recognised in a part of the rows', () => {
      refused(
        bothEnds((id, row) => (row % 3 === 0 ? rounded(id) : id)),
        /unknown ids are rounded ones/,
      );
    });
  });

  it('refuses rows that are there twice, and says where the first is', () => {
    refused(
      { ...made, [connections]: made[connections]! + body(made[connections]!) },
      /connections\.csv: \d+ rows repeat a pair and neuropil, the first at connections\.csv:\d+/,
      /appended to itself/,
    );
  });

  it('tells of ids twice with equal fields, and refuses them with others', () => {
    for (const name of [classification, cellTypes, neurons]) {
      told(
        { ...made, [name]: made[name]! + body(made[name]!) },
        new RegExp(`${name}: \\d+ ids are there more than once, 0 of`),
      );
    }
    const others = body(changed(made[classification]!, 'class', () => 'MBON'));
    refused(
      { ...made, [classification]: made[classification]! + others },
      /classification\.csv: \d+ ids are there more than once, [1-9]\d* of them/,
    );
  });

  const names: Readonly<Record<string, string>> = {
    ACH: 'acetylcholine',
    GABA: 'Gaba',
    GLUT: 'glutamate',
    DA: 'dopamine',
    SER: '5-HT',
    OCT: 'Octopamine',
  };

  it('reads transmitters by their full names and in any case, and says so', () => {
    told(
      change(neurons, 'nt_type', (nt) => nt.toLowerCase()),
      /column nt_type has other spellings in \d+ rows: .*read as .*ACH/,
    );
    told(
      change(neurons, 'nt_type', (nt) => names[nt] ?? nt),
      /read as .*GABA/,
    );
  });

  it('refuses transmitters that nobody knows, but not those that the rules name', () => {
    const tables = change(neurons, 'nt_type', (nt) => (nt === 'GABA' ? 'GABBA' : nt));
    refused(
      tables,
      /neurons\.csv: column nt_type has unknown words in \d+ rows: 'GABBA' \(first neurons\.csv:\d+\)/,
      /pathway\.accept=\[unknownWords\]/,
    );
    assert.match(prepare(tables, { accept: ['unknownWords'] }).warnings.join(), /GABBA/);
    const signs = { ACH: 1, GABA: -1, GLUT: -1, GABBA: -1 } as const;
    assert.deepEqual(prepare(tables, { signs }).warnings, []);
  });

  it('refuses sides that nobody knows; reads L, R and any case', () => {
    told(
      change(classification, 'side', (side) => side.toUpperCase()),
      /column side has other spellings/,
    );
    told(
      change(classification, 'side', (side) => side.slice(0, 1)),
      /column side has other spellings/,
    );
    refused(
      change(classification, 'side', (side) => (side === 'left' ? 'dorsal' : side)),
      /column side has unknown words in \d+ rows: 'dorsal'/,
    );
  });

  it('reads words for nothing as empty fields', () => {
    for (const word of ['nan', 'NA', 'None', 'null', '<NA>']) {
      const empty = (field: string) => (field === '' ? word : field);
      const tables = {
        ...made,
        [neurons]: changed(made[neurons]!, 'nt_type', empty),
        [cellTypes]: changed(made[cellTypes]!, 'primary_type', empty),
        [classification]: changed(changed(made[classification]!, 'class', empty), 'sub_class', empty),
      };
      told(tables, new RegExp(`column nt_type has words for nothing in \\d+ rows: '${word}'`));
    }
  });

  it('takes blanks around names off', () => {
    told(
      change(cellTypes, 'primary_type', (type) => `${type} `),
      /primary_type has blanks around names in \d+ rows: .*they were taken off/,
    );
    told(
      change(classification, 'class', (name) => ` ${name}\u00a0`),
      /column class has blanks around names/,
    );
    told(
      change(cellTypes, 'primary_type', (type) => (type === 'APL' ? 'APL ' : type)),
      /in \d+ rows: 'APL '/,
    );
  });

  it('refuses ids of another release', () => {
    const other = bothEnds((id) => (BigInt(id) - 999_999_999_937n).toString());
    refused(
      other,
      /connections\.csv: (\d+) of \1 rows \(100\.0 %\) name ids that are not in the other tables/,
      /one release/,
    );
  });

  it('refuses more than 1 % of rows with unknown ids, tells of fewer, and takes them where they are meant', () => {
    const every = (n: number) =>
      change(connections, 'pre_root_id', (id, row) => (row % n === 7 ? `1${id.slice(1, -1)}7` : id));
    refused(every(50), /name ids that are not in the other tables, e\.g\. \d+ \(connections\.csv:\d+\)/);
    assert.match(prepare(every(500)).warnings.join(), /name ids that/);
    assert.match(prepare(every(50), { accept: ['unknownIds'] }).warnings.join(), /name ids that/);
    refused(
      change(neurons, 'root_id', (id) => `1${id.slice(1)}`),
      /neurons\.csv: .*name ids that are not in classification\.csv/,
      /cells of (LN|PN) .* have no row/,
    );
  });

  it('refuses classes and types that are spelt otherwise, and names the population that misses them', () => {
    refused(
      change(classification, 'class', (name) =>
        name.replace('Kenyon_Cell', 'Kenyon Cell').replace('olfactory', 'Olfactory'),
      ),
      /column class says 'Kenyon Cell' in \d+ rows, the rule of KC 'Kenyon_Cell'/,
      /population KC has no cell/,
      /population ORN has no cell/,
      /pathway\.populations\.KC=null/,
    );
    refused(
      change(classification, 'class', (name, row) => (row % 2 ? name.replace('ALPN', 'alpn') : name)),
      /says 'alpn' in \d+ rows, the rule of PN 'ALPN'/,
    );
  });

  it('refuses an empty population or projection of the built-in ones, and takes one that is meant', () => {
    const noApl = change(cellTypes, 'primary_type', (type) => (type === 'APL' ? 'other' : type));
    refused(noApl, /population APL has no cell: none has primaryType 'APL'/);
    assert.match(prepare(noApl, { accept: ['emptyPopulations'] }).warnings.join(), /population APL has no cell/);
    prepare(noApl, { populations: { APL: null } });
    assert.throws(
      () => prepare(made, { pairThreshold: 100000 }),
      /no edge ORN → PN, .*KC → MBON; \d+ pairs have fewer than pairThreshold 100000/,
    );
  });

  it('refuses rows whose ends are exchanged', () => {
    const text = made[connections]!.replace('pre_root_id,post_root_id', 'post_root_id,pre_root_id');
    refused({ ...made, [connections]: text }, /no edge|pairs go from PN to ORN/);
  });

  it('refuses neurons without any prediction', () => {
    const lines = made[neurons]!.trimEnd()
      .split('\n')
      .map((line, i) =>
        line
          .split(',')
          .map((field, k) => (i === 0 || k === 0 ? field : ''))
          .join(','),
      );
    refused(
      { ...made, [neurons]: `${lines.join('\n')}\n` },
      /cells of LN have no predicted transmitter and would count as GABA/,
    );
  });

  it('takes the neuron’s transmitter for rows without one, where the rule goes by rows', () => {
    const blank = change(connections, 'nt_type', () => '');
    const byNeuron = prepare(made).pathway.projections;
    const { pathway, warnings } = prepare(blank, { transmitterRule: 'row' });
    assert.deepEqual(pathway.projections, byNeuron);
    assert.match(
      warnings.join(),
      /\d+ of \d+ rows \(100\.0 %\) name no transmitter, and transmitterRule is row; that of their neuron/,
    );
    assert.deepEqual(prepare(blank, { transmitterRule: 'majority' }).pathway.projections, byNeuron);
    assert.match(prepare(blank, { transmitterRule: 'majority' }).warnings.join(), /neurons\.csv decides/);
  });

  it('says what is wrong with a table that is not one of UTF-8 text, commas and lines', () => {
    const text = made[classification]!;
    const cases: [string, RegExp][] = [
      [text.replaceAll(',', '\t'), /separated by tabs\n {2}save it with commas/],
      [text.replaceAll(',', ';'), /separated by semicolons/],
      [text.replaceAll('\n', '\r'), /lines end in CR alone/],
      ['<!DOCTYPE html><html></html>', /web page/],
      [`${text.split('\n')[0]}\n`, /classification\.csv: a header and no rows/],
      [
        text.replace('class,', 'class,class,').replaceAll('\n', '\n'),
        /column 'class' is there twice|fields, the header has/,
      ],
      [[...text].map((c) => `${c}\u0000`).join(''), /not UTF-8 text/],
      [[...text.replaceAll('\n', '\r\n')].map((c) => `${c}\u0000`).join(''), /not UTF-8 text/],
      [text.replaceAll('\n', '\r').repeat(Math.ceil(3e6 / text.length)), /lines end in CR alone/],
    ];
    for (const [bad, pattern] of cases) refused({ ...made, [classification]: bad }, pattern);
  });

  it('does without a column of classes that no rule looks at, and wants one that a rule looks at', () => {
    const without = (column: string): Tables => {
      const [header, ...rows] = made[classification]!.trimEnd().split('\n');
      const at = header!.split(',').indexOf(column);
      const lines = [header!, ...rows].map((line) => line.split(',').filter((_, k) => k !== at));
      return { ...made, [classification]: `${lines.map((fields) => fields.join(',')).join('\n')}\n` };
    };
    for (const column of ['sub_class', 'super_class']) {
      const { pathway, warnings } = prepare(without(column));
      assert.deepEqual([encodePathway(pathway), warnings], [plain, []]);
    }
    refused(without('class'), /classification\.csv:1 no column 'class'/);
    assert.throws(
      () => prepare(without('sub_class'), { populations: { PN: { subClass: 'uniglomerular' } } }),
      /classification\.csv:1 no column 'sub_class'/,
    );
  });

  it('tells everything at once', () => {
    const tables = {
      ...bothEnds(rounded),
      [neurons]: changed(made[neurons]!, 'nt_type', () => 'x'),
      [cellTypes]: changed(made[cellTypes]!, 'primary_type', (t) => t.replace('APL', 'apl')),
    };
    refused(tables, /rounded ones/, /unknown words/, /population APL has no cell/, /says 'apl'/);
  });

  it('is harmless, refused or told, whatever is done to a column', () => {
    const columns: [string, string][] = [
      [connections, 'pre_root_id'],
      [connections, 'post_root_id'],
      [classification, 'root_id'],
      [classification, 'class'],
      [classification, 'side'],
      [cellTypes, 'primary_type'],
      [cellTypes, 'root_id'],
      [neurons, 'nt_type'],
      [neurons, 'root_id'],
    ];
    const ways: Readonly<Record<string, (field: string) => string>> = {
      upper: (f) => f.toUpperCase(),
      lower: (f) => f.toLowerCase(),
      blank: (f) => `${f} `,
      before: (f) => `\t${f}`,
      dashes: (f) => f.replaceAll('_', '-'),
      spaces: (f) => f.replaceAll('_', ' '),
      nan: (f) => (f === '' ? 'NaN' : f),
      float: (f) => (/^\d{17,}$/.test(f) ? rounded(f) : f),
      sheet: (f) => (/^\d{17,}$/.test(f) ? cut(f) : f),
      point: (f) => (/^\d{17,}$/.test(f) ? `${f}.0` : f),
      quoted: (f) => `"${f}"`,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...columns),
        fc.constantFrom(...Object.keys(ways)),
        fc.integer({ min: 1, max: 4 }),
        ([name, column], way, every) => {
          let result: ReturnType<typeof prepare>;
          try {
            result = prepare(change(name, column, (field, row) => (row % every === 0 ? ways[way]!(field) : field)));
          } catch (error) {
            return (error as Error).name === 'UserError';
          }
          return result.warnings.length > 0 || isDeepStrictEqual(wiring(result.pathway), wiring(prepare(made).pathway));
        },
      ),
      { numRuns: process.env['CC_SNN_LONG'] === undefined ? 60 : 1000, seed: 7 },
    );
  });
});
