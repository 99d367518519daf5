/** learning: a model and a task → what the published rule of aversive learning does to output neurons. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { filesOf, skipped } from '../src/analysis/investigate/investigation.ts';
import { investigateLearning, learnOdours } from '../src/analysis/investigate/learning.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import { kernelNetworkOf } from '../src/snn/network/simulate.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Trains odours one by one by the published rule → response to the trained odour and to others.',
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
  const { types, factor, trials, odours: count } = context.params.investigate.learning;
  const all = task.steps * task.dtMs;
  const steady = { ...task, durationMs: { min: all, max: all } };
  const every = Math.max(1, Math.floor(task.odours.length / count));
  const odours = task.odours.map((_, c) => c).filter((c) => c % every === 0);
  const plan = { types, factor, trials, odours: odours.slice(0, count) };
  const outcomes = learnOdours(kernel, model, steady, plan);
  const own =
    outcomes === undefined
      ? skipped('Aversive learning by the published rule', `fewer than three odours drive ${types.join(', ')}`)
      : investigateLearning(outcomes, plan);
  kernel.close();
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `learning: ${own.verdict.verdict}`, value: own.verdict.says }];
}
