/** report: what a run made → one page to look at and to touch, with the trained network alive in it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../src/base/digest.ts';
import { decodePathway } from '../src/connectome/pathway-file.ts';
import { drawTrial, durationSteps } from '../src/odour/draw-trial.ts';
import type { OdourTask, Trial } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { chemicalClasses } from '../src/page/chemical-classes.ts';
import type { FigureTexts } from '../src/page/figures/figure.ts';
import { findings } from '../src/page/figures/finding-names.ts';
import { browserScript } from '../src/page/generated/browser-script.ts';
import { encodeLive } from '../src/page/live/live-network.ts';
import { type PageArtifact, reportPage, type SpikeProof } from '../src/page/report-page.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf } from '../src/snn/network/simulate.ts';
import {
  defineStage,
  type Headline,
  type PortContract,
  type StageContext,
  type StageDefinition,
} from '../src/stage.ts';
import { type Params, paramsSchema } from './report/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Puts a run on one page: figures, the trained network alive, and what proves both.',
  params: paramsSchema,
  inputs: {
    model: { kind: 'model', about: 'the trained network' },
    untrained: { kind: 'model', about: 'the network before training' },
    task: { kind: 'odour-task', about: 'odours and the input spikes that they cause' },
    pathway: { kind: 'pathway', about: 'names of the input cells’ types' },
    metrics: { kind: 'json', about: 'the figures of evaluate', optional: true },
    perOdour: { kind: 'csv', about: 'accuracy of each odour', optional: true },
    confusion: { kind: 'csv', about: 'odours taken for one another', optional: true },
    training: { kind: 'jsonl', about: 'the epochs of train', optional: true },
    board: { kind: 'json', about: 'the report of spinnaker-run', optional: true },
    ...findingPorts(),
    tables: { kind: 'folder', about: 'tables with DoOR’s list of odours, for chemical classes', optional: true },
  },
  outputs: { page: { kind: 'html', about: 'the page, one self-contained file' } },
  run,
});

export default stage;

/** Each finding and its picture. */
function findingPorts(): Record<string, PortContract> {
  return Object.fromEntries(
    Object.entries(findings).flatMap(([name, asks]): [string, PortContract][] => [
      [name, { kind: 'json', about: `verdict: ${asks}`, optional: true }],
      [`${name}Picture`, { kind: 'svg', about: `picture of ${name}`, optional: true }],
    ]),
  );
}

/** Inputs of text that figures are drawn from, and how the page calls them. */
const textInputs = {
  metrics: 'evaluate/metrics.json',
  perOdour: 'evaluate/per-odour.csv',
  confusion: 'evaluate/confusion.csv',
  training: 'train/metrics.jsonl',
  board: 'spinnaker-run/report.json',
} as const;

/** Inputs that the page names and does not carry. */
const largeInputs = {
  model: 'train/model.safetensors',
  untrained: 'train/untrained.safetensors',
  task: 'orn-spikes/task.safetensors',
  pathway: 'prep-pathway/pathway.safetensors',
} as const;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { inputs, outputs, params } = context;
  const artifacts: PageArtifact[] = [];
  const taken = async (name: string, label: string): Promise<Uint8Array> => {
    const bytes = await readFile(inputs[name]!);
    artifacts.push({ name, label, sha256: digestOf(bytes), bytes: bytes.length });
    return bytes;
  };
  const texts: Record<string, string> = {};
  const found = Object.keys(findings).flatMap((name) => [
    [name, `${name}: verdict`],
    [`${name}Picture`, `${name}: picture`],
  ]);
  for (const [name, label] of [...Object.entries(textInputs), ...found] as [string, string][])
    if (inputs[name] !== undefined) texts[name] = new TextDecoder().decode(await taken(name, label));
  if (inputs['tables'] !== undefined) {
    texts['classes'] = await chemicalClasses(await readFile(join(inputs['tables'], 'odor.RData')));
    const bytes = new TextEncoder().encode(texts['classes']);
    artifacts.push({ name: 'classes', label: 'classes of odor.RData', sha256: digestOf(bytes), bytes: bytes.length });
  }
  const model = decodeModel(await taken('model', largeInputs.model));
  const untrained = decodeModel(await taken('untrained', largeInputs.untrained));
  const task = decodeOdourTask(await taken('task', largeInputs.task));
  const pathway = decodePathway(await taken('pathway', largeInputs.pathway));
  const nose = pathway.populations.find(({ name }) => name === task.population);
  const live = encodeLive({
    ...{ trained: model, untrained, task },
    inputTypeNames: nose?.types ?? [],
    inputTypeIdx: nose?.typeIdx ?? new Int32Array(task.inputSize),
  });
  const proofs = spikeProofs(model, untrained, task, params.report.proofs);
  const html = reportPage({
    artifacts,
    proofs,
    model,
    texts: texts as FigureTexts,
    live,
    key: context.key,
    script: browserScript,
  });
  await writeFile(outputs['page']!, html);
  const size = `${(Buffer.byteLength(html) / 1e6).toFixed(2)} MB, the network ${(live.length / 1e6).toFixed(2)} MB of it`;
  return [{ label: 'page', value: size }];
}

/** Spikes of a few test trials, and of one without odour, as the pipeline's own kernel gives them. */
function spikeProofs(model: Model, untrained: Model, task: OdourTask, count: number): SpikeProof[] {
  const odours = task.odours.length;
  const trials = Array.from(
    { length: Math.min(count, odours) },
    (_, k): Trial => ({ split: 'test', odour: Math.floor((k * odours) / count), trial: 0 }),
  );
  const all: Trial[] = [...trials, { split: 'test', odour: odours, trial: 0 }];
  const [own, before] = [model, untrained].map((of) => {
    const kernel = openKernel('wasm', kernelNetworkOf(of.network, of.steps), { decayGradients: false });
    kernel.setParameters(kernelParametersOf(of.network));
    const digests = all.map((trial) => digestOf(kernel.record(drawTrial(task, trial)).spikes));
    kernel.close();
    return digests;
  });
  return all.map(({ odour, trial }, k) => ({
    ...{ odour, trial, onSteps: odour === odours ? 0 : durationSteps(task, all[k]!) },
    ...{ trained: own![k]!, untrained: before![k]! },
  }));
}
