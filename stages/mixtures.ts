/** mixtures: a model and a task → what two odours do together, at once and one after the other. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { filesOf } from '../src/analysis/investigate/investigation.ts';
import { investigateMixtures, mixOdours } from '../src/analysis/investigate/mixtures.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import { kernelNetworkOf, kernelParametersOf } from '../src/snn/network/simulate.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Runs pairs of odours at once and one after the other → answers, similarity, decoding.',
  params: investigateSchema,
  inputs: {
    model: { kind: 'model', about: 'the trained network' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
  },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, the verdict, JSON' },
    figure: { kind: 'svg', about: 'the figure, SVG' },
  },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const model = decodeModel(await readFile(context.inputs['model']!));
  const task = decodeOdourTask(await readFile(context.inputs['task']!));
  const kernel = openKernel('wasm', kernelNetworkOf(model.network, model.steps), { threads: 1 });
  kernel.setParameters(kernelParametersOf(model.network));
  const { pairs, trials, delaysMs } = context.params.investigate.mixtures;
  const plan = { pairs, trials, delaysMs, seed: context.params.seed };
  const own = investigateMixtures(mixOdours(kernel, model, task, plan), plan);
  kernel.close();
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `mixtures: ${own.verdict.verdict}`, value: own.verdict.says }];
}
