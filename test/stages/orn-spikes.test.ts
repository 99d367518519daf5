import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDefaults } from '../../src/base/schema.ts';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import type { OdourTask } from '../../src/odour/odour-task.ts';
import { decodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { syntheticDoor } from '../../src/odour/synthetic/synthetic-door.ts';
import type { OdourTaskReport } from '../../src/odour/task-report.ts';
import type { Headline, StageContext } from '../../src/stage.ts';
import { type Params, paramsSchema } from '../../stages/orn-spikes/params.ts';
import stage from '../../stages/orn-spikes.ts';
import { populationOfTypes } from '../odour/door-example.ts';

interface Run {
  readonly task: OdourTask;
  readonly report: OdourTaskReport;
  readonly raster: string;
  readonly headlines: readonly Headline[] | undefined;
}

const types = [
  'DM1',
  'DM2',
  'DM5',
  'DL5',
  'VA2',
  'VC3',
  'DL2d',
  'DL2v',
  'DC1',
  'VM6l',
  'DA1',
  'VL1',
  'DM6',
  'VM2',
  'VA6',
];
const population = populationOfTypes(types.flatMap((type) => new Array<string>(4).fill(`ORN_${type}`)));
const pathway: Pathway = { populations: [population], projections: [], provenance: {} };

describe('stage orn-spikes', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cc-snn-orn-'));
    await mkdir(join(folder, 'tables'));
    const door = syntheticDoor({ odours: 12, seed: 5 });
    for (const [name, bytes] of Object.entries(door)) await writeFile(join(folder, 'tables', name), bytes);
    await writeFile(join(folder, 'pathway.safetensors'), encodePathway(pathway));
  });
  after(() => rm(folder, { recursive: true }));

  async function ornSpikes(odours: Record<string, unknown> = {}, tables = 'tables', keep?: string): Promise<Run> {
    const out = (name: string) => join(folder, name);
    const trials = { train: 2, validation: 1, test: 1 };
    const context = {
      params: withDefaults(paramsSchema, { odours: { trials, silentOdours: 'drop', ...odours }, seed: 3 }),
      inputs: {
        tables: join(folder, tables),
        pathway: join(folder, 'pathway.safetensors'),
        ...(keep === undefined ? {} : { keep: join(folder, keep) }),
      },
      outputs: { task: out('task'), report: out('report.json'), raster: out('raster.svg') },
      log: () => {},
      warn: () => {},
      progress: () => {},
    } as unknown as StageContext<Params>;
    const headlines = await stage.run(context);
    return {
      task: decodeOdourTask(await readFile(out('task'))),
      report: JSON.parse(await readFile(out('report.json'), 'utf8')) as OdourTaskReport,
      raster: await readFile(out('raster.svg'), 'utf8'),
      headlines,
    };
  }

  it('makes a task for the population, in its order, that trials can be drawn from', async () => {
    const { task, report, headlines } = await ornSpikes();
    assert.deepEqual([task.population, task.inputSize, task.seed], ['ORN', 60, 3]);
    assert.equal(task.odours.length, report.odours.counts.used);
    assert.ok(task.odours.length >= 10, `${task.odours.length}`);
    assert.match(headlines?.[0]?.value ?? '', /^\d+ of 29, for 60 ORN cells$/);
    assert.deepEqual(report.input.withoutData.types, ['ORN_DA1', 'ORN_VM6l']);
    const events = drawTrial(task, { split: 'test', odour: 0, trial: 0 });
    assert.equal(events.stepPtr.length, 501);
    const silent = population.types.indexOf('ORN_VM6l');
    for (let i = 0; i < task.inputSize; i++) {
      if (population.typeIdx[i] === silent) assert.equal(task.onProbability[i], task.offProbability[i]);
    }
  });

  it('draws a picture with one path a glomerulus that holds every spike of the trial', async () => {
    const { raster, task } = await ornSpikes();
    const odour = task.odours.findIndex(({ name }) => raster.includes(`>${name}</text>`));
    assert.ok(odour >= 0);
    const spikes = drawTrial(task, { split: 'test', odour, trial: 0 }).cell.length;
    const paths = [...raster.matchAll(/<path transform=[^>]* d="([^"]*)"/g)].map((found) => found[1]!);
    assert.equal(paths.length, 15);
    assert.equal(paths.join('').split('h1').length - 1, spikes);
    assert.ok(raster.includes(`${spikes} spikes`));
  });

  it('gives the same bytes for the same parameters and others for another rule', async () => {
    const [one, two] = [await ornSpikes(), await ornSpikes()];
    assert.deepEqual(one, two);
    const other = await ornSpikes({ composites: 'draw' });
    assert.notDeepEqual(other.task.onProbability, one.task.onProbability);
    assert.equal(other.report.rules.input.composites, 'draw');
  });

  it('takes odours by a list in the parameters or in a file, not in both', async () => {
    const all = (await ornSpikes()).task.odours;
    const [a, b] = [all[2]!, all[5]!];
    const listed = await ornSpikes({ keep: [b.name, a.key] });
    assert.deepEqual(listed.task.odours, [a, b]);
    assert.deepEqual(listed.report.rules.odours.keep, [b.name, a.key]);
    await writeFile(join(folder, 'keep.txt'), `# two\n${a.name}\n${b.key}\n`);
    assert.deepEqual((await ornSpikes({}, 'tables', 'keep.txt')).task.odours, [a, b]);
    await assert.rejects(ornSpikes({ keep: [a.name, b.name] }, 'tables', 'keep.txt'), /both list odours/);
    await assert.rejects(ornSpikes({ keep: [a.name, `${b.name}s`] }), new RegExp(`did you mean '${b.name}'`));
  });

  it('takes a rule written out, and says which table or population is missing', async () => {
    const { report } = await ornSpikes({ rule: { columns: 'all', minResponders: 6 } });
    assert.deepEqual(report.rules.odours, { columns: 'all', sfr: 'keep', threshold: null, minResponders: 6, drop: [] });
    await assert.rejects(ornSpikes({}, 'nowhere'), /lacks response\.matrix\.RData\n {2}name it in download\.sources/);
    await assert.rejects(ornSpikes({ population: 'PN' }), /no population 'PN', there are: ORN/);
  });
});
