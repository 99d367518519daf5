/** The stages of the investigations: files in, metrics, figure and verdict out; what is absent is skipped and said. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecord } from '../../src/analysis/record/record-file.ts';
import { withDefaults } from '../../src/base/schema.ts';
import type { StageContext } from '../../src/stage.ts';
import apl from '../../stages/apl.ts';
import overlap from '../../stages/overlap.ts';
import rates from '../../stages/rates.ts';
import score from '../../stages/score.ts';
import tuning from '../../stages/tuning.ts';
import valence from '../../stages/valence.ts';
import whitening from '../../stages/whitening.ts';
import { plantedRecord } from '../analysis/investigate/planted-record.ts';
import { files } from '../analysis/recordings/invented.ts';

/** A record of the five odours of the invented recordings. */
const record = plantedRecord({
  odours: 5,
  sizes: { ORN: 12, PN: 12, KC: 30, MBON: 4 },
  count: (name, cell, odour, trial) =>
    odour < 5 && (cell * 7 + odour * 3 + (name === 'KC' ? cell : 0)) % 5 < 2 ? 4 + (trial % 2) : 0,
});

interface Figures {
  readonly verdict: string;
  readonly says: string;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly conditions?: readonly { readonly name: string }[];
}

describe('stages of the investigations', () => {
  let folder: string;
  let inputs: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cc-snn-investigate-'));
    inputs = { record: join(folder, 'record'), tables: join(folder, 'tables'), empty: join(folder, 'empty') };
    await Promise.all([
      mkdir(inputs['tables']!),
      mkdir(inputs['empty']!),
      writeFile(inputs['record']!, encodeRecord(record)),
    ]);
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(inputs['tables']!, name), bytes);
  });
  after(() => rm(folder, { recursive: true }));

  /** Metrics of a stage, whose figure must say the verdict. */
  async function metricsOf(
    stage: typeof score,
    given: Readonly<Record<string, string>>,
    apls: readonly string[] = [],
  ): Promise<Figures> {
    const outputs = { metrics: join(folder, 'metrics.json'), figure: join(folder, 'figure.svg') };
    const context = {
      ...{ params: withDefaults(stage.params, { seed: 1, investigate: {} }), inputs: given, outputs },
      inputLists: { records: apls.map(() => inputs['record']!) },
      inputAxes: { records: apls.map((name) => ({ apl: name })) },
    };
    const lines = await stage.run(context as unknown as StageContext<never>);
    const metrics = JSON.parse(await readFile(outputs.metrics, 'utf8')) as Figures;
    assert.ok(lines![0]!.label.endsWith(metrics.verdict) && lines![0]!.value === metrics.says);
    assert.match(await readFile(outputs.figure, 'utf8'), /^<svg /);
    return metrics;
  }

  it('score every network that is given, and skip what has no recordings or no odour of theirs', async () => {
    const { record: own, tables, empty } = inputs as { readonly [name: string]: string };
    const both = await metricsOf(score, { trained: own!, untrained: own!, tables: tables! });
    assert.deepEqual(Object.keys(both.networks!), ['trained', 'untrained']);
    const none = await metricsOf(score, { trained: own!, tables: empty! });
    assert.equal(none.verdict, 'skipped');
    assert.match(none.says, /^no recordings among the tables \(odours\.csv and others\)/);
    const silent = join(folder, 'silent');
    await writeFile(silent, encodeRecord(plantedRecord({ odours: 0, sizes: { ORN: 2, KC: 2 }, count: () => 0 })));
    assert.match((await metricsOf(score, { trained: silent, tables: tables! })).says, /the records lack the 17 odours/);
  });

  it('answer from a record alone', async () => {
    for (const stage of [rates, tuning, whitening, overlap]) {
      const { verdict } = await metricsOf(stage, { record: inputs['record']! });
      assert.ok(['support', 'contradict', 'undecided'].includes(verdict), verdict);
    }
  });

  it('name the settings of APL by their axis, and skip valence without its table', async () => {
    const { conditions } = await metricsOf(apl, inputs, ['silenced', 'normal']);
    assert.deepEqual(
      conditions!.map(({ name }) => name),
      ['normal', 'silenced'],
    );
    assert.match(
      (await metricsOf(valence, { record: inputs['record']!, tables: inputs['empty']! })).says,
      /^knaden2012\.csv is not among/,
    );
  });
});
