/** Tables → pathway: the rules that the real tables need, each on a fixture small enough to check by hand. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOfJson } from '../../src/base/digest.ts';
import { syntheticCodexTables } from '../../src/connectome/synthetic/synthetic.ts';
import { buildFromTables, edgeTexts, type FixtureCell, type FixtureRow, fixtureTables } from './build-from-tables.ts';

/** Ids that are one and the same as doubles. */
const BASE = 720575940600000000n;
const id = (n: number): bigint => BASE + BigInt(n);
const ORN = id(1);
const LN = id(2);
const PN = id(3);
const KC = id(4);
const DAN = id(5);

const cells: readonly FixtureCell[] = [
  [ORN, 'olfactory', 'ORN_DA1', 'left', 'SER'],
  [LN, 'ALLN', 'lLN1', 'left', 'GABA'],
  [PN, 'ALPN', 'DA1_lPN', 'right', 'ACH'],
  [KC, 'Kenyon_Cell', 'KCab', 'right', ''],
  [DAN, 'DAN', 'PAM01', '', 'DA'],
];

function built(rows: readonly FixtureRow[], params: Parameters<typeof buildFromTables>[1] = {}): string[] {
  return edgeTexts(buildFromTables(fixtureTables(cells, rows), params).pathway);
}

describe('connectome/build: pairs', () => {
  it('sums a pair over its neuropils, in whatever order the rows come', () => {
    const rows: FixtureRow[] = [
      [PN, KC, 'MB_CA_R', 7, 'ACH'],
      [ORN, PN, 'AL_R', 4, 'ACH'],
      [PN, KC, 'LH_R', 2, 'ACH'],
      [ORN, PN, 'AL_L', 1, 'ACH'],
    ];
    const wanted = [`ORN:${ORN}>PN:${PN} 5`, `PN:${PN}>KC:${KC} 9`];
    assert.deepEqual(built(rows), wanted);
    assert.deepEqual(built([...rows].reverse()), wanted);
  });

  it('holds the threshold against the total of the pair, not against rows', () => {
    const rows: FixtureRow[] = [
      [PN, KC, 'MB_CA_R', 3, 'ACH'],
      [PN, KC, 'UNASGD', 2, 'ACH'],
      [ORN, PN, 'AL_L', 4, 'ACH'],
    ];
    const { pathway, report } = buildFromTables(fixtureTables(cells, rows));
    assert.deepEqual(edgeTexts(pathway), [`PN:${PN}>KC:${KC} 5`]);
    assert.deepEqual(report.edgeCounts.belowThreshold, { pairs: 1, synapses: 4 });
    assert.equal(built(rows, { pairThreshold: 4 }).length, 2);
    assert.deepEqual(built(rows, { pairThreshold: 6 }), []);
  });

  it('keeps or drops self-loops as told, and counts them either way', () => {
    const tables = fixtureTables(cells, [[PN, PN, 'AL_R', 8, 'ACH']]);
    for (const dropSelfLoops of [false, true]) {
      const { pathway, report } = buildFromTables(tables, { dropSelfLoops });
      assert.equal(edgeTexts(pathway).length, dropSelfLoops ? 0 : 1);
      assert.deepEqual(report.edgeCounts.selfLoops, { pairs: 1, synapses: 8 });
    }
  });

  it('leaves out what would reach receptor cells and what dopamine cells send, unless told otherwise', () => {
    const rows: FixtureRow[] = [
      [LN, ORN, 'AL_L', 9, 'GABA'],
      [DAN, KC, 'MB_ML_R', 6, 'DA'],
      [PN, KC, 'MB_CA_R', 5, 'ACH'],
    ];
    const { pathway, report } = buildFromTables(fixtureTables(cells, rows));
    assert.deepEqual(edgeTexts(pathway), [`PN:${PN}>KC:${KC} 5`]);
    assert.deepEqual(report.edgeCounts.dropped, {
      'DAN>KC': { pairs: 1, synapses: 6 },
      'LN>ORN': { pairs: 1, synapses: 9 },
    });
    const kept = built(rows, { dropProjections: [], populations: { DAN: { otherwise: 'ACH' } } });
    assert.deepEqual(kept, [`LN:${LN}>ORN:${ORN} -9`, `PN:${PN}>KC:${KC} 5`, `DAN:${DAN}>KC:${KC} 6`]);
  });

  it('counts rows with an end in no table and rows with an end in no population', () => {
    const other: FixtureCell = [id(6), 'ALIN', 'ALIN_a', 'left', 'ACH'];
    const tables = fixtureTables(
      [...cells, other],
      [
        [ORN, id(99), 'AL_L', 5, 'ACH'],
        [id(98), id(99), 'AL_L', 6, 'ACH'],
        [ORN, id(6), 'AL_L', 7, 'ACH'],
        [ORN, PN, 'AL_L', 8, 'ACH'],
      ],
    );
    const { rows } = buildFromTables(tables).report;
    assert.deepEqual(rows.all, { rows: 4, synapses: 26 });
    assert.deepEqual(rows.unknown, { rows: 2, synapses: 11, ids: 2 });
    assert.deepEqual(rows.outside, { rows: 1, synapses: 7 });
    assert.deepEqual(rows.inside, { rows: 1, synapses: 8 });
  });

  it('tells neighbouring ids beyond 2^53 apart', () => {
    assert.equal(Number(ORN), Number(LN));
    assert.deepEqual(built([[LN, PN, 'AL_L', 5, 'GABA']]), [`LN:${LN}>PN:${PN} -5`]);
  });

  it('reads Windows line ends and a byte-order mark as it reads the plain file', () => {
    const tables = fixtureTables(cells, [[ORN, PN, 'AL_L', 8, 'ACH']]);
    const windows = Object.fromEntries(
      Object.entries(tables).map(([name, text]) => [name, `\uFEFF${text.replaceAll('\n', '\r\n')}`]),
    );
    assert.deepEqual(buildFromTables(windows), buildFromTables(tables));
  });
});

describe('connectome/build: transmitters and signs', () => {
  /** A projection neuron that neurons.csv calls cholinergic; most of its rows say GABA; the rows onto the Kenyon cell are divided. */
  const conflicting: FixtureRow[] = [
    [PN, KC, 'MB_CA_R', 9, 'ACH'],
    [PN, KC, 'LH_R', 4, 'GABA'],
    [PN, LN, 'AL_L', 5, 'GABA'],
    [PN, LN, 'AL_R', 5, 'GABA'],
  ];

  it('by neuron: neurons.csv decides', () => {
    assert.deepEqual(built(conflicting, { transmitterRule: 'neuron' }), [
      `PN:${PN}>LN:${LN} 10`,
      `PN:${PN}>KC:${KC} 13`,
    ]);
  });

  it('by majority: the commonest transmitter of the rows decides for every target', () => {
    const { pathway, report } = buildFromTables(fixtureTables(cells, conflicting), { transmitterRule: 'majority' });
    assert.deepEqual(edgeTexts(pathway), [`PN:${PN}>LN:${LN} -10`, `PN:${PN}>KC:${KC} -13`]);
    assert.deepEqual(report.populations[2]!.transmitterSources, { rows: 1 });
  });

  it('by row: the larger sum of synapses of the pair decides for the pair', () => {
    const { pathway, report } = buildFromTables(fixtureTables(cells, conflicting), { transmitterRule: 'row' });
    assert.deepEqual(edgeTexts(pathway), [`PN:${PN}>LN:${LN} -10`, `PN:${PN}>KC:${KC} 13`]);
    assert.deepEqual(report.edgeCounts.mixedRows, { pairs: 1, synapses: 13 });
    assert.deepEqual(report.rows.agreement, { compared: 4, equal: 1 });
  });

  it('by row, in a tie: the neuron decides', () => {
    const tie: FixtureRow[] = [
      [PN, KC, 'MB_CA_R', 5, 'ACH'],
      [PN, KC, 'LH_R', 5, 'GABA'],
    ];
    assert.deepEqual(built(tie, { transmitterRule: 'row' }), [`PN:${PN}>KC:${KC} 10`]);
  });

  it('by majority, in a tie of rows: more synapses decide', () => {
    const tie: FixtureRow[] = [
      [PN, KC, 'MB_CA_R', 5, 'ACH'],
      [PN, LN, 'AL_L', 6, 'GABA'],
    ];
    assert.deepEqual(built(tie, { transmitterRule: 'majority' }), [`PN:${PN}>LN:${LN} -6`, `PN:${PN}>KC:${KC} -5`]);
  });

  it('sets receptor cells to acetylcholine whatever the tables say, under every rule', () => {
    for (const transmitterRule of ['neuron', 'majority', 'row'] as const) {
      assert.deepEqual(built([[ORN, PN, 'AL_L', 5, 'SER']], { transmitterRule }), [`ORN:${ORN}>PN:${PN} 5`]);
    }
  });

  it('takes the largest average where nt_type is empty, and the stand-in where that has no sign', () => {
    const local: FixtureCell[] = [
      [id(11), 'ALLN', 'a', 'left', '', [0.1, 0.2, 0.2, 0.1, 0.4, 0]],
      [id(12), 'ALLN', 'b', 'left', '', [0.1, 0.4, 0.2, 0.1, 0.2, 0]],
      [id(13), 'ALLN', 'c', 'left', ''],
      [id(14), 'ALLN', 'd', 'left', 'OCT'],
    ];
    const rows = local.map(([pre]): FixtureRow => [pre, PN, 'AL_L', 5, 'ACH']);
    const { pathway, report } = buildFromTables(fixtureTables([...cells, ...local], rows));
    const weights = edgeTexts(pathway).map((text) => text.split(' ')[1]);
    assert.deepEqual(weights, ['5', '-5', '-5', '-5']);
    const population = report.populations.find(({ name }) => name === 'LN')!;
    assert.deepEqual(population.transmitterSources, { average: 1, neurons: 1, otherwise: 3 });
    assert.deepEqual(population.transmitters, { ACH: 1, GABA: 4 });
  });

  it('leaves out and counts what a cell sends whose transmitter has no sign and no stand-in', () => {
    const tables = fixtureTables(cells, [[DAN, KC, 'MB_ML_R', 6, 'DA']]);
    const { pathway, report } = buildFromTables(tables, { dropProjections: [] });
    assert.deepEqual(edgeTexts(pathway), []);
    assert.deepEqual(report.edgeCounts.withoutSign, { DAN: { pairs: 1, synapses: 6 } });
    const signs = { ACH: 1, GABA: -1, GLUT: -1, DA: 1 } as const;
    assert.deepEqual(edgeTexts(buildFromTables(tables, { dropProjections: [], signs }).pathway), [
      `DAN:${DAN}>KC:${KC} 6`,
    ]);
  });
});

describe('connectome/build: populations', () => {
  const many: readonly FixtureCell[] = [
    ...cells,
    [id(21), 'olfactory', '', 'right', 'ACH'],
    [id(22), 'olfactory', 'ORN_DM1', 'right', 'ACH'],
    [id(23), 'MBIN', 'APL', 'left', 'GABA'],
    [id(24), 'MBIN', 'DPM', 'left', 'DA'],
    [id(25), 'ALPN', 'M_lPNm11', 'left', 'GABA'],
  ];
  const tables = fixtureTables(many, [[ORN, PN, 'AL_L', 8, 'ACH']]);
  const sizes = (params: Parameters<typeof buildFromTables>[1], lists?: ReadonlyMap<string, readonly bigint[]>) =>
    Object.fromEntries(buildFromTables(tables, params, lists).pathway.populations.map((p) => [p.name, p.size]));

  it('are the seven of the olfactory pathway, by ascending root id, untyped cells counted', () => {
    const { pathway, report } = buildFromTables(tables);
    const wanted = { ORN: 2, LN: 1, PN: 2, KC: 1, APL: 1, MBON: 0, DAN: 1 };
    assert.deepEqual(Object.fromEntries(pathway.populations.map((p) => [p.name, p.size])), wanted);
    assert.equal(report.populations[0]!.untypedLeftOut, 1);
    const pn = pathway.populations[2]!;
    assert.deepEqual([...pn.rootIds], [PN, id(25)]);
    assert.deepEqual(
      [pn.types, [...pn.typeIdx], [...pn.side]],
      [
        ['DA1_lPN', 'M_lPNm11'],
        [0, 1],
        [2, 1],
      ],
    );
    assert.deepEqual(
      [pn.transmitters, [...pn.transmitterIdx]],
      [
        ['ACH', 'GABA'],
        [0, 1],
      ],
    );
  });

  it('are changed key by key, added before the built-in ones, and removed by null', () => {
    const populations = {
      ORN: { untyped: true },
      MULTI: { class: 'ALPN', primaryType: ['M_*', 'X*'], otherwise: 'ACH' },
      DPM: { primaryType: 'DPM', transmitter: 'ACH' },
      MBON: null,
    };
    const wanted = { ORN: 3, LN: 1, PN: 1, KC: 1, APL: 1, DAN: 1, MULTI: 1, DPM: 1 };
    assert.deepEqual(sizes({ populations }), wanted);
    const { report } = buildFromTables(tables, { populations });
    assert.equal(report.populations.find(({ name }) => name === 'PN')!.takenBefore, 1);
  });

  it('are chosen by side and by a list of root ids', () => {
    assert.equal(sizes({ populations: { ORN: { side: 'left' } } })['ORN'], 1);
    assert.equal(sizes({ populations: { DAN: { side: 'none' } } })['DAN'], 1);
    const lists = new Map([['DA1', [ORN, PN, id(77)]]]);
    const populations = { PN: { keyword: 'DA1' } };
    assert.equal(sizes({ populations }, lists)['PN'], 1);
    assert.equal(buildFromTables(tables, { populations }, lists).report.populations[2]!.unknownListed, 1);
    assert.throws(() => sizes({ populations }), /no list root_ids_DA1\.txt among the tables\n {2}lists there: none/);
  });

  it('keep cells without an edge and count them, or drop them', () => {
    const kept = buildFromTables(tables);
    assert.equal(kept.report.populations[0]!.unconnected, 1);
    const { pathway, report } = buildFromTables(tables, { populations: { ORN: { unconnected: 'drop' } } });
    assert.deepEqual([...pathway.populations[0]!.rootIds], [ORN]);
    assert.equal(report.populations[0]!.unconnected, 1);
    assert.deepEqual(edgeTexts(pathway), edgeTexts(kept.pathway));
  });
});

describe('connectome/build: signs of cells whose transmitter is uncertain', () => {
  // Averages DA SER GABA GLUT ACH OCT. Of type A two sure cells say GLUT and one ACH; of type B one GABA, one ACH; of type C none is sure.
  const uncertain: readonly (readonly [name: string, type: string, averages: readonly number[]])[] = [
    ['ledByAch', 'A', [0.1, 0.1, 0.2, 0.2, 0.3, 0.1]],
    ['tied', 'A', [0.27, 0.25, 0.1, 0.1, 0.27, 0.01]],
    ['tieOfType', 'B', [0, 0, 0.2, 0.2, 0.25, 0]],
    ['alone', 'C', [0, 0, 0.2, 0.2, 0.25, 0]],
    ['untyped', '', [0, 0, 0.2, 0.2, 0.25, 0]],
    ['nothing', 'A', [0, 0, 0, 0, 0, 0]],
    ['wellLed', 'D', [0, 0, 0.2, 0.2, 0.31, 0]],
  ];
  const sure: readonly FixtureCell[] = ['GLUT', 'GLUT', 'ACH', 'GABA', 'ACH'].map((nt, i) => [
    id(60 + i),
    'ALLN',
    i < 3 ? 'A' : 'B',
    'left',
    nt,
  ]);
  const fixture: readonly FixtureCell[] = [
    ...cells,
    ...sure,
    ...uncertain.map(([, type, averages], i): FixtureCell => [id(70 + i), 'ALLN', type, 'left', '', averages]),
  ];
  const rows = uncertain.map((_, i): FixtureRow => [id(70 + i), PN, 'AL_L', 9, 'ACH']);
  const tables = fixtureTables(fixture, rows);
  const make = (uncertainSigns: object, more: object = {}) =>
    buildFromTables(tables, { populations: { LN: { untyped: true } }, uncertainSigns, ...more });
  /** +, − or nothing of each uncertain cell's edge. */
  const signs = (uncertainSigns: object, more: object = {}): string => {
    const texts = edgeTexts(make(uncertainSigns, more).pathway);
    return uncertain
      .map((_, i) => texts.find((text) => text.startsWith(`LN:${id(70 + i)}>`)))
      .map((text) => (text === undefined ? '0' : text.endsWith(' -9') ? '-' : '+'))
      .join('');
  };

  it('come from the sure cells of the type, else from the population, by the default rule', () => {
    assert.equal(signs({}), '------+');
    assert.equal(signs({}, { populations: { LN: { untyped: true, otherwise: 'ACH' } } }), '--+++-+');
    const sources = make({}).report.populations[1]!.transmitterSources;
    assert.deepEqual(sources, { average: 1, neurons: 6, otherwise: 3, type: 3 });
  });

  it('are all those of the population, those of the largest average but for exact ties, or none, as told', () => {
    assert.equal(signs({ rule: 'otherwise' }), '------+');
    assert.equal(signs({ rule: 'otherwise' }, { populations: { LN: { untyped: true, otherwise: 'ACH' } } }), '+++++++');
    assert.equal(signs({ rule: 'topScore' }), '+-+++-+');
    assert.equal(signs({ rule: 'exclude' }), '000000+');
  });

  it('are uncertain up to the margin itself, as in Codex, and above it no longer', () => {
    assert.equal(signs({ rule: 'exclude', margin: 0.11 }), '0000000');
    assert.equal(signs({ rule: 'exclude', margin: 0.1 }), '000000+');
    assert.equal(signs({ rule: 'exclude', margin: 0.05 }), '+00000+');
    assert.equal(signs({ rule: 'exclude', margin: 0 }), '+0+++0+');
  });

  it('do not touch cells with an nt_type, populations with a set transmitter, or cells whose rows decide', () => {
    assert.equal(make({ rule: 'exclude' }).report.edgeCounts.withoutSign['LN']!.pairs, 6);
    const set = { populations: { LN: { untyped: true, transmitter: 'GLUT' } } };
    assert.equal(signs({ rule: 'exclude' }, set), '-------');
    assert.equal(signs({ rule: 'exclude' }, { transmitterRule: 'majority' }), '+++++++');
    assert.equal(signs({ rule: 'exclude' }, { transmitterRule: 'row' }), '+++++++');
  });

  it('are counted: cells, ties, what decided, and the edges that hang on them', () => {
    const { uncertainSigns } = make({ rule: 'topScore' }).report;
    assert.deepEqual(uncertainSigns.slice(0, 1), [
      {
        population: 'LN',
        cells: 6,
        of: 13,
        ties: 2,
        medianLead: 0.05,
        sources: { average: 4, otherwise: 2 },
        sends: { pairs: 6, synapses: 54 },
        excites: { pairs: 4, synapses: 36 },
        all: { pairs: 7, synapses: 63 },
      },
    ]);
  });
});

/** What the rules say, written down as plainly as can be: the oracle for random tables. */
function naiveEdges(fixture: readonly FixtureCell[], rows: readonly FixtureRow[]): string[] {
  const names: Readonly<Record<string, string>> = { olfactory: 'ORN', ALLN: 'LN', ALPN: 'PN', Kenyon_Cell: 'KC' };
  const totals = new Map<string, number>();
  for (const [pre, post, , synapses] of rows) {
    totals.set(`${pre} ${post}`, (totals.get(`${pre} ${post}`) ?? 0) + synapses);
  }
  const member = (rootId: string): FixtureCell | undefined =>
    fixture.find(([cell, className, type]) => `${cell}` === rootId && (type !== '' || className === 'Kenyon_Cell'));
  const texts: string[] = [];
  for (const [pair, total] of totals) {
    const [pre, post] = pair.split(' ').map(member);
    if (total < 5 || pre === undefined || post === undefined || post[1] === 'olfactory') continue;
    const transmitter = pre[1] === 'olfactory' || pre[1] === 'Kenyon_Cell' ? 'ACH' : pre[4];
    const excites = transmitter === 'ACH' || (transmitter === 'SER' && pre[1] === 'ALPN');
    texts.push(`${names[pre[1]]}:${pre[0]}>${names[post[1]]}:${post[0]} ${excites ? total : -total}`);
  }
  return texts.sort();
}

const randomTables = fc.record({
  cells: fc.array(
    fc.tuple(
      fc.constantFrom('olfactory', 'ALLN', 'ALPN', 'Kenyon_Cell'),
      fc.constantFrom('', 'a', 'b'),
      fc.constantFrom('left', 'right', ''),
      fc.constantFrom('ACH', 'GABA', 'GLUT', 'SER'),
    ),
    { minLength: 1, maxLength: 10 },
  ),
  rows: fc.array(
    fc.tuple(
      fc.nat(12),
      fc.nat(12),
      fc.constantFrom('AL_L', 'UNASGD'),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('ACH', 'GABA', ''),
    ),
    { maxLength: 60 },
  ),
});

describe('connectome/build: properties', () => {
  it('equals the plain statement of the rules on random tables, chunked anyhow', () => {
    fc.assert(
      fc.property(randomTables, fc.integer({ min: 1, max: 40 }), ({ cells: drawn, rows: drawnRows }, chunk) => {
        const fixture = drawn.map((cell, i): FixtureCell => [id(i), ...cell]);
        const rows = drawnRows.map(([pre, post, ...rest]): FixtureRow => [id(pre), id(post), ...rest]);
        const tables = fixtureTables(fixture, rows);
        const bytes = new TextEncoder().encode(tables['connections.csv']);
        const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
          bytes.subarray(i * chunk, (i + 1) * chunk),
        );
        const { pathway } = buildFromTables({ ...tables, 'connections.csv': chunks });
        assert.deepEqual(edgeTexts(pathway).sort(), naiveEdges(fixture, rows));
      }),
      { numRuns: 200 },
    );
  });

  it('gives these very edges for a small synthetic data set', () => {
    const { pathway, report } = buildFromTables(syntheticCodexTables({ scale: 0.02, seed: 3 }));
    const sizes = Object.fromEntries(report.populations.map((p) => [p.name, p.size]));
    assert.deepEqual(sizes, { ORN: 212, LN: 9, PN: 147, KC: 106, APL: 2, MBON: 96, DAN: 28 });
    assert.deepEqual(report.totals, { cells: 600, edges: 5664, synapses: 74600 });
    assert.equal(digestOfJson(edgeTexts(pathway)), 'a130b69c046c31abf94ede140e3585b5334c6edbeea9f9a65c373d2659e3e4eb');
  });
});
