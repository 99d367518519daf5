/** baseline: pathway + odour task → the untrained network with readouts trained on the same trials and schedule, for many trainings at once. */
import { readFile, writeFile } from 'node:fs/promises';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { digestOf } from '../src/base/digest.ts';
import { percent } from '../src/base/text.ts';
import { version } from '../src/base/version.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { mergeSources, sourcesOf } from '../src/formats/data-sources.ts';
import { checkSplits } from '../src/odour/check-splits.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { encodeModel } from '../src/snn/network/model-file.ts';
import { BaselineRun } from '../src/snn/training/baseline-run.ts';
import { prepareTraining } from '../src/snn/training/prepare-training.ts';
import { openBackend } from '../src/snn/training/tf-backend.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './train/params.ts';
import { checkPopulations, startSettings, trainingSettings } from './train/settings.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Reads out the untrained network: what trainings that differ in nothing else have as their common baseline.',
  params: paramsSchema,
  inputs: {
    pathway: { kind: 'pathway', about: 'populations and projections' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
  },
  outputs: {
    untrained: { kind: 'model', about: 'the start with readouts trained as a training trains them' },
    summary: { kind: 'json', about: 'its accuracies, named as in the metrics of a training' },
  },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { params, inputs, outputs } = context;
  const { train } = params;
  const [pathwayFile, taskFile] = [await readFile(inputs['pathway']!), await readFile(inputs['task']!)];
  const [pathway, task] = [decodePathway(pathwayFile), decodeOdourTask(taskFile)];
  checkSplits(task, ['train', 'validation', 'test'], 'baseline');
  checkPopulations(train, pathway);
  const seed = train.seed ?? params.seed;
  const settings = trainingSettings(train, seed);
  const backend = await openBackend(train.backend);
  const start = startSettings(train, settings);
  const open = (network: Parameters<typeof openKernel>[1]) =>
    openKernel(train.kernel, network, { threads: context.cpus, decayGradients: false });
  const prepared = prepareTraining(pathway, task, start, open, { jumpBound: settings.jumpBound });
  const baseline = new BaselineRun({ ...prepared, task, settings });
  try {
    await baseline.run(async (step) => {
      context.progress(step, baseline.totalSteps, 'steps');
      // Lets signals in: a step waits for nothing by itself.
      if (step % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
      context.signal.throwIfAborted();
    });
    const summary = summaryOf(baseline);
    const given = context.given as Readonly<Record<string, unknown>>;
    const provenance = {
      baseline: given['train'] ?? {},
      seed,
      trialSeed: task.seed,
      backend,
      data: mergeSources(sourcesOf(pathway.provenance), sourcesOf(task.provenance)),
      inputs: { pathway: digestOf(pathwayFile), task: digestOf(taskFile) },
      version,
      metrics: summary,
    };
    await writeFile(outputs['untrained']!, encodeModel(baseline.model(provenance)));
    await writeFile(outputs['summary']!, `${canonicalJson(summary)}\n`);
    const main = summary[`test/untrained ${settings.readout}/accuracy`]!;
    return [{ label: `untrained network, ${settings.readout}`, value: `${percent(main)} of test trials` }];
  } finally {
    baseline.dispose();
    prepared.kernel.close();
  }
}

/** `test/untrained MBON/accuracy`, as a training names it. */
function summaryOf(baseline: BaselineRun): Readonly<Record<string, number>> {
  const rows = (['validation', 'test'] as const).flatMap((split) =>
    Object.entries(baseline.scores(split)).map(([name, { accuracy }]) => [`${split}/${name}/accuracy`, accuracy]),
  );
  return Object.fromEntries(rows) as Record<string, number>;
}
