/** recorded-task: recorded responses of receptor neurons and the pathway → an odour task that owes nothing to DoOR but the mean of its drive. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { meanPatterns } from '../src/analysis/recordings/glomerular-patterns.ts';
import { populationOf } from '../src/connectome/pathway.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { sourcesNamed, sourcesOfManifest } from '../src/formats/data-sources.ts';
import { readGlomeruli } from '../src/formats/recordings/glomeruli.ts';
import { readOdourSet } from '../src/formats/recordings/odour-names.ts';
import type { OdourTask } from '../src/odour/odour-task.ts';
import { decodeOdourTask, encodeOdourTask } from '../src/odour/odour-task-file.ts';
import { makeRecordedTask, type RecordedPatterns } from '../src/odour/recorded-task.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Recorded receptor neurons → an odour task like the one from DoOR; without recordings, a task without odours.',
  params: investigateSchema,
  inputs: {
    tables: { kind: 'folder', about: 'pebbled_dff.csv and odours.csv, where they are' },
    pathway: { kind: 'pathway', about: 'the input population and its types' },
    task: { kind: 'odour-task', about: 'the task whose sizes, baseline, trials and mean drive are taken over' },
  },
  outputs: { task: { kind: 'odour-task', about: 'classes, spike probabilities, trials (safetensors)' } },
  run,
});

export default stage;

const FILES = { responses: 'pebbled_dff.csv', odours: 'odours.csv' } as const;

/** A file of the folder; undefined where it is not there. */
function bytesOf(folder: string, name: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}

/** The means over flies of every odour that DoOR has too; undefined without recordings. */
async function recordedPatterns(folder: string): Promise<RecordedPatterns | undefined> {
  const [responses, names] = await Promise.all([bytesOf(folder, FILES.responses), bytesOf(folder, FILES.odours)]);
  if (responses === undefined || names === undefined) return undefined;
  const table = readGlomeruli(FILES.responses, responses);
  const keys = new Map(readOdourSet(FILES.odours, names, 'kc17').map(({ label, key }) => [label, key]));
  const glomeruli = [...new Set(table.flies.flatMap((fly) => fly.glomeruli))].sort();
  const odours = table.odours.map((name) => ({ key: keys.get(name) ?? name, name }));
  return { odours, glomeruli, response: meanPatterns(table, glomeruli) };
}

/** Nothing to run, but all that a record of it needs. */
function withoutOdours(like: OdourTask): OdourTask {
  return { ...like, odours: [], onProbability: new Float32Array(0), provenance: { skipped: 'no recordings' } };
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const folder = context.inputs['tables']!;
  const like = decodeOdourTask(await readFile(context.inputs['task']!));
  const population = populationOf(decodePathway(await readFile(context.inputs['pathway']!)), like.population);
  const recorded = await recordedPatterns(folder);
  if (recorded === undefined) {
    await writeFile(context.outputs['task']!, encodeOdourTask(withoutOdours(like)));
    return [{ label: 'recorded receptor neurons', value: `none: ${FILES.responses} is not among the tables` }];
  }
  const { task, gainHz, cells } = makeRecordedTask(
    recorded,
    population,
    like,
    context.params.investigate.recordedTask.gainHz,
  );
  const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  const data = sourcesNamed(sourcesOfManifest(manifest), Object.values(FILES));
  await writeFile(context.outputs['task']!, encodeOdourTask({ ...task, provenance: { ...task.provenance, data } }));
  const value = `${task.odours.length} odours, ${recorded.glomeruli.length} glomeruli (${cells} of ${population.size} cells), ${gainHz.toFixed(1)} Hz at ΔF/F = 1`;
  return [{ label: 'recorded receptor neurons', value }];
}
