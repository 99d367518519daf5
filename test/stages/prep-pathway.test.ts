/** The stage: a folder of tables → pathway, report and summary. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { withDefaults } from '../../src/base/schema.ts';
import type { PathwayReport } from '../../src/connectome/codex/report.ts';
import { decodePathway } from '../../src/connectome/pathway-file.ts';
import { syntheticCodexTables } from '../../src/connectome/synthetic/synthetic.ts';
import type { Headline, StageContext } from '../../src/stage.ts';
import { type Params, paramsSchema } from '../../stages/prep-pathway/params.ts';
import stage from '../../stages/prep-pathway.ts';

describe('stages/prep-pathway', () => {
  let root: string;
  let made: Record<string, string>;
  before(() => {
    made = syntheticCodexTables({ scale: 0.02, seed: 3 });
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prep-pathway-'));
    for (const folder of ['tables', 'out']) mkdirSync(join(root, folder));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const put = (tables: Record<string, string>): void => {
    for (const [name, text] of Object.entries(tables)) writeFileSync(join(root, 'tables', name), text);
  };
  const output = (name: string): Buffer => readFileSync(join(root, 'out', name));
  async function run(pathway: object = {}): Promise<readonly Headline[] | undefined> {
    const names = Object.keys(stage.outputs);
    const context: StageContext<Params> = {
      params: withDefaults(paramsSchema, { pathway }),
      given: { pathway },
      inputs: { tables: join(root, 'tables') },
      inputLists: {},
      inputAxes: {},
      outputs: Object.fromEntries(names.map((name) => [name, join(root, 'out', name)])),
      env: {},
      tmp: root,
      scratch: root,
      live: join(root, 'live'),
      key: '',
      cpus: 1,
      signal: new AbortController().signal,
      log: () => undefined,
      warn: () => undefined,
      progress: () => undefined,
    };
    return stage.run(context);
  }

  it('writes the pathway, its report and its summary, and says the totals', async () => {
    put(made);
    const headlines = await run();
    const pathway = decodePathway(output('pathway'));
    const report = JSON.parse(output('report').toString()) as PathwayReport;
    assert.deepEqual(
      pathway.populations.map((p) => p.size),
      report.populations.map((p) => p.size),
    );
    assert.equal(
      pathway.projections.reduce((n, p) => n + p.colIdx.length, 0),
      report.totals.edges,
    );
    assert.equal(report.tables['names'], made['names.csv']!.trimEnd().split('\n').length - 1);
    assert.match(headlines![0]!.value, new RegExp(`${report.totals.edges} connected pairs`));
    const summary = output('summary').toString();
    assert.match(summary, /\| ORN \| 212 \| 2,264 \|/);
    assert.match(summary, /class ALLN, typed; transmitter by the tables, else GABA\. 1 without a type left out\./);
    assert.match(summary, /projection DAN → KC: \d+ pairs/);
  });

  it('does without names and labels', async () => {
    const { 'names.csv': _names, 'processed_labels.csv': _labels, ...needed } = made;
    put(needed);
    await run();
    assert.equal((JSON.parse(output('report').toString()) as PathwayReport).tables['names'], undefined);
  });

  it('names every needed table that is missing, and what is there', async () => {
    put({ 'names.csv': made['names.csv']!, 'neurons.csv': made['neurons.csv']! });
    await assert.rejects(
      run(),
      /lacks connections\.csv, classification\.csv, consolidated_cell_types\.csv\n.*there are: names\.csv, neurons\.csv/,
    );
  });

  it('reads the connections from another file when told to', async () => {
    const { 'connections.csv': connections, ...others } = made;
    put({ ...others, 'mixed.csv': connections! });
    await run({ tables: { connections: 'mixed.csv' } });
  });

  it('takes keyword lists from the tables folder', async () => {
    const first = made['classification.csv']!.split('\n')[1]!.split(',')[0]!;
    put({ ...made, 'root_ids_mine.txt': `${first}\r\n` });
    await run({ populations: { MINE: { keyword: 'mine', transmitter: 'ACH' } } });
    const mine = decodePathway(output('pathway')).populations.find(({ name }) => name === 'MINE')!;
    assert.deepEqual([...mine.rootIds], [BigInt(first)]);
  });

  it('shuffles the wiring when asked, and says so everywhere', async () => {
    put(made);
    await run();
    const plain = decodePathway(output('pathway'));
    await run({ nullModel: { kind: 'swapEdges', seed: 5 } });
    const shuffled = decodePathway(output('pathway'));
    assert.deepEqual(shuffled.provenance['nullModel'], { kind: 'swapEdges', within: 'type', sides: 'mix', seed: 5 });
    assert.notDeepEqual(shuffled.projections, plain.projections);
    assert.deepEqual(
      shuffled.projections.map((p) => p.rowPtr),
      plain.projections.map((p) => p.rowPtr),
    );
    assert.match(
      output('summary').toString(),
      /This is a shuffled control\*\*: swapEdges within type, sides mixed, seed 5\./,
    );
  });

  it('says at the end of the run, in the report and in the summary what a shuffled control leaves', async () => {
    put(made);
    const headlines = await run({ nullModel: { kind: 'erdosRenyi', within: 'superType', sides: 'keep', seed: 5 } });
    const { nullModel, projections } = JSON.parse(output('report').toString()) as PathwayReport;
    const { leaves, ...rule } = nullModel!;
    assert.deepEqual(rule, { kind: 'erdosRenyi', within: 'superType', sides: 'keep', seed: 5 });
    assert.equal(leaves.projections.length, projections.length);
    assert.ok(leaves.pairs.kept > 0 && leaves.pairs.kept < leaves.pairs.of / 2, JSON.stringify(leaves.pairs));
    assert.ok(leaves.typePairs.kept < leaves.typePairs.of, 'edges leave their types');
    const labels = headlines!.map(({ label }) => label);
    assert.deepEqual(labels.slice(2), [
      'shuffled control',
      'left of the tables',
      'KC that keep the PN types of all claws',
    ]);
    assert.match(output('summary').toString(), /\| PN → KC \|( [\d.]+ % \|){5}/);
  });

  it('gives the same bytes for the same tables', async () => {
    put(made);
    await run();
    const once = ['pathway', 'report', 'summary'].map((name) => output(name).toString('base64'));
    await run();
    assert.deepEqual(
      ['pathway', 'report', 'summary'].map((name) => output(name).toString('base64')),
      once,
    );
  });

  it('has a schema that knows its parameters and refuses others', () => {
    const validate = new Ajv2020({ strict: false }).compile(stage.params);
    for (const pathway of [
      {},
      { pairThreshold: 5, transmitterRule: 'row', populations: { PN: { class: ['ALPN'] }, DAN: null } },
      { nullModel: null, signs: { ACH: 1 }, dropProjections: ['DAN>*'] },
      { nullModel: { kind: 'erdosRenyi', seed: 2 } },
    ]) {
      assert.ok(validate({ pathway }), JSON.stringify(validate.errors));
    }
    for (const pathway of [
      { pairTreshold: 5 },
      { tables: { conections: 'mixed.csv' } },
      { populations: { PN: { clas: 'ALPN' } } },
      { dropProjections: ['DAN'] },
    ]) {
      assert.ok(!validate({ pathway }));
    }
  });
});
