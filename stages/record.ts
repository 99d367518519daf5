/** record: a model and a task → counts and spike trains of held-out trials, with and without odour, for every investigation. */
import { readFile, writeFile } from 'node:fs/promises';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { changedNetwork } from '../src/analysis/record/changed-network.ts';
import { encodeRecord } from '../src/analysis/record/record-file.ts';
import { recordTrials } from '../src/analysis/record/record-trials.ts';
import { digestOf } from '../src/base/digest.ts';
import { type Pathway, populationOf } from '../src/connectome/pathway.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import type { OdourTask } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf } from '../src/snn/network/simulate.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'A model under held-out trials of a task → counts and spike trains, with and without odour, in one file.',
  params: investigateSchema,
  inputs: {
    model: { kind: 'model', about: 'the network: trained, or as it was before' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
    pathway: { kind: 'pathway', about: 'populations, for the types of the input cells' },
  },
  outputs: { record: { kind: 'spikes', about: 'trials, counts and spike trains (safetensors, docs/files.md)' } },
  permissions: { workers: true },
  run,
});

export default stage;

/** The task with every odour on for so long; null leaves it as it is. */
function withDuration(task: OdourTask, durationMs: number | null): OdourTask {
  if (durationMs === null) return task;
  if (durationMs > task.steps * task.dtMs) {
    throw new RangeError(
      `investigate.record.durationMs is ${durationMs}, a trial of the task has ${task.steps * task.dtMs} ms`,
    );
  }
  return { ...task, durationMs: { min: durationMs, max: durationMs } };
}

/** Throws RangeError where model, task and pathway do not belong together. */
function checkFit(model: Model, task: OdourTask, pathway: Pathway): void {
  const { topology } = model.network;
  const input = populationOf(pathway, task.population).size;
  const sizes = [topology.inputSize, task.inputSize, input];
  if (topology.inputPopulation !== task.population || sizes.some((size) => size !== input)) {
    throw new RangeError(
      `record: the model reads ${topology.inputSize} cells of ${topology.inputPopulation}, the task drives ${task.inputSize} of ${task.population}, the pathway has ${input}; make them from one pathway`,
    );
  }
  if (model.steps !== task.steps) {
    throw new RangeError(`record: the model runs ${model.steps} steps a trial, the task has ${task.steps}`);
  }
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { record: params } = context.params.investigate;
  const bytes = await readFile(context.inputs['model']!);
  const model = decodeModel(bytes);
  const task = withDuration(decodeOdourTask(await readFile(context.inputs['task']!)), params.durationMs);
  const pathway = decodePathway(await readFile(context.inputs['pathway']!));
  checkFit(model, task, pathway);
  const network = changedNetwork(model.network, params);
  const kernel = openKernel(params.kernel, kernelNetworkOf(network, model.steps), { threads: 1 });
  kernel.setParameters(kernelParametersOf(network));
  const plan = {
    odours: task.odours.map((_, c) => c),
    trials: params.trials ?? task.trials.test,
    blanks: params.blankTrials,
    binMs: params.binMs,
  };
  const recorded = recordTrials(kernel, { model, task, pathway }, plan, (done, total) => {
    if (done % 16 === 0 || done === total) context.progress(done, total, 'trials');
    context.signal.throwIfAborted();
  });
  kernel.close();
  const provenance = { model: digestOf(bytes), record: params, training: model.provenance, task: task.provenance };
  await writeFile(context.outputs['record']!, encodeRecord({ ...recorded, provenance }));
  const spikes = recorded.spikes.step.length;
  const value = `${task.odours.length} odours × ${plan.trials} trials, ${plan.blanks} without odour, ${spikes} spikes`;
  return [{ label: 'recorded', value }];
}
