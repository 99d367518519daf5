/** orn-spikes: DoOR's tables and the pathway's receptor neurons → the odour task, a report of every choice, a picture of one trial. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../src/base/located-error.ts';
import { percent } from '../src/base/text.ts';
import { populationOf } from '../src/connectome/pathway.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { sourcesNamed, sourcesOfManifest } from '../src/formats/data-sources.ts';
import { checkDoor } from '../src/odour/check-door.ts';
import { readDoor } from '../src/odour/door/door-tables.ts';
import { durationSteps } from '../src/odour/draw-trial.ts';
import { makeOdourTask } from '../src/odour/make-odour-task.ts';
import { parseOdourList } from '../src/odour/odour-list.ts';
import type { OdourTask, Trial } from '../src/odour/odour-task.ts';
import { encodeOdourTask } from '../src/odour/odour-task-file.ts';
import { lateralWiring } from '../src/odour/presynaptic.ts';
import { rasterSvg } from '../src/odour/raster-svg.ts';
import { silentCells, taskDoubts } from '../src/odour/task-doubts.ts';
import type { OdourTaskReport } from '../src/odour/task-report.ts';
import type { UnmeasuredRule } from '../src/odour/unmeasured.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './orn-spikes/params.ts';
import { odourTaskRules } from './orn-spikes/rules.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'DoOR responses and the input population → odours, spike probabilities of each cell, trials by seed.',
  params: paramsSchema,
  inputs: {
    tables: { kind: 'folder', about: 'response.matrix.RData, odor.RData, DoOR.mappings.RData.' },
    pathway: { kind: 'pathway', about: 'The pathway, for the cells of the input population and their types.' },
    keep: { kind: 'text', about: 'Odours to keep, one a line, in place of odours.keep.', optional: true },
  },
  outputs: {
    task: { kind: 'odour-task', about: 'Classes, spike probabilities per cell and odour, trials (safetensors).' },
    report: { kind: 'json', about: 'Every choice, drop and count, and how alike the odours are (JSON).' },
    raster: { kind: 'svg', about: 'Spikes of one trial by glomerulus (SVG).' },
  },
  run,
});
export default stage;

const doorFiles = {
  responseMatrix: 'response.matrix.RData',
  odor: 'odor.RData',
  mappings: 'DoOR.mappings.RData',
} as const;

/** The bytes of one of DoOR's files; says what to do when it is not there. */
async function doorFile(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw userError(`the tables folder lacks ${name}`, 'name it in download.sources');
  }
}

/** The odours of the input `keep`, where there is one. */
async function odourList({ inputs, params }: StageContext<Params>): Promise<readonly string[] | undefined> {
  const path = inputs['keep'];
  if (path === undefined) return undefined;
  if (params.odours.keep !== null)
    throw userError('orn-spikes: odours.keep and the input keep both list odours', 'give one of them');
  return parseOdourList(await readFile(path, 'utf8'));
}

/** A strong odour (nine in ten are weaker), and of its trials the one whose duration is nearest to the middle. */
function tellingTrial(task: OdourTask): Trial {
  const totals = task.odours.map((_, odour) => {
    const row = task.onProbability.subarray(odour * task.inputSize, (odour + 1) * task.inputSize);
    return { odour, total: row.reduce((a, b) => a + b, 0) };
  });
  totals.sort((a, b) => a.total - b.total || a.odour - b.odour);
  const { odour } = totals[Math.floor(0.9 * totals.length)]!;
  const split = (['test', 'validation', 'train'] as const).find((name) => task.trials[name] > 0) ?? 'train';
  const trials = Array.from(
    { length: Math.max(1, task.trials[split]) },
    (_, trial): Trial => ({ split, odour, trial }),
  );
  const middle = (task.durationMs.min + task.durationMs.max) / 2 / task.dtMs;
  const off = (trial: Trial) => Math.abs(durationSteps(task, trial) - middle);
  return trials.reduce((best, trial) => (off(trial) < off(best) ? trial : best));
}

/** How far the pattern of DoOR's holes alone names the odours, and whether the cells hear it. */
function maskText({ mask }: OdourTaskReport, unmeasured: UnmeasuredRule): string {
  const heard = unmeasured === 'zero' ? 'part of the input' : `filled: ${unmeasured}`;
  return `${percent(mask.names)} of the odours (${mask.distinct} patterns; ${heard})`;
}

/** What presynaptic inhibition leaves, where there is any. */
function presynapticHeadline({ input: { presynaptic } }: OdourTaskReport): Headline[] {
  if (presynaptic === null) return [];
  const { left, strength } = presynaptic;
  const value = `${percent(left.median)} of the drive in the median pair of odour and glomerulus (${percent(left.least)}–${percent(left.most)}), strength ${strength}`;
  return [{ label: 'left by presynaptic inhibition', value }];
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { odours: params, seed } = context.params;
  const rules = odourTaskRules(params, await odourList(context));
  const folder = context.inputs['tables']!;
  const door = await readDoor({
    responseMatrix: await doorFile(folder, doorFiles.responseMatrix),
    odor: await doorFile(folder, doorFiles.odor),
    mappings: await doorFile(folder, doorFiles.mappings),
  });
  checkDoor(door, rules);
  const pathway = decodePathway(await readFile(context.inputs['pathway']!));
  const population = populationOf(pathway, params.population);
  const { strength, from } = rules.presynaptic;
  const wiring = strength === 0 ? undefined : lateralWiring(pathway, population.name, from);
  const { task, report } = makeOdourTask(door, population, rules, params.seed ?? seed, wiring);
  const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  const data = sourcesNamed(sourcesOfManifest(manifest), Object.values(doorFiles));
  const named = { ...task, provenance: { ...task.provenance, data } };
  await writeFile(context.outputs['task']!, encodeOdourTask(named));
  await writeFile(context.outputs['report']!, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(context.outputs['raster']!, rasterSvg(task, population, tellingTrial(task)));
  const { counts } = report.odours;
  const { train, validation, test } = task.trials;
  context.log(silentCells(report));
  for (const doubt of taskDoubts(report)) context.warn(doubt);
  return [
    { label: 'odours', value: `${counts.used} of ${counts.inDoor}, for ${population.size} ${population.name} cells` },
    { label: 'told by what was measured at all', value: maskText(report, params.unmeasured) },
    ...presynapticHeadline(report),
    { label: 'trials', value: `${train} an odour and epoch to train, ${validation} to validate, ${test} to test` },
  ];
}
