/** agree: several models of one task → how far they agree in what training changed, in their patterns of activity, in their errors. */
import { readFile, writeFile } from 'node:fs/promises';
import { columnsOf, odourMeans } from '../src/analysis/activity/odour-means.ts';
import { type Agreement, agreementOf, changesOf, dissimilarities } from '../src/analysis/compare/agreement.ts';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { mean, significant } from '../src/base/numbers.ts';
import { CsvTable } from '../src/formats/codex/csv-table.ts';
import { trialsOf } from '../src/odour/draw-trial.ts';
import type { OdourTask } from '../src/odour/odour-task.ts';
import { decodeOdourTask } from '../src/odour/odour-task-file.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { kernelTaskOf, kernelTrialsOf } from '../src/snn/network/kernel-task.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import type { Model } from '../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../src/snn/network/simulate.ts';
import { sliceOf } from '../src/snn/network/topology.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './agree/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Says how far models of one task agree: in what training changed, in patterns of activity, in errors.',
  params: paramsSchema,
  inputs: {
    models: { kind: 'model', about: 'trained networks, gathered from a matrix' },
    starts: { kind: 'model', about: 'what each began as, gathered from the same' },
    perOdour: { kind: 'csv', about: 'accuracy of each odour in each run, gathered from the same' },
    task: { kind: 'odour-task', about: 'the odours of the test trials' },
  },
  outputs: { agreement: { kind: 'json', about: 'Pearson r between every two models: mean, least, most' } },
  permissions: { workers: true },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { inputLists } = context;
  const { population } = context.params.agree;
  const task = decodeOdourTask(await readFile(context.inputs['task']!));
  checkOrder(context);
  const changes: ReadonlyMap<string, Float64Array>[] = [];
  const weights: number[] = [];
  const patterns: Float64Array[] = [];
  const errors: number[][] = [];
  for (const [i, path] of inputLists['models']!.entries()) {
    context.signal.throwIfAborted();
    const model = decodeModel(await readFile(path));
    const start = decodeModel(await readFile(inputLists['starts']![i]!));
    changes.push(changesOf(model, start));
    weights.push(agreementOf([model.network.weightNa, start.network.weightNa]).mean ?? 1);
    patterns.push(dissimilarities(patternsOf(context, model, task), task.odours.length));
    errors.push(errorsIn(inputLists['perOdour']![i]!, await readFile(inputLists['perOdour']![i]!)));
    context.progress(i + 1, inputLists['models']!.length, 'models');
  }
  const names = [...(changes[0]?.keys() ?? [])];
  const found: Record<string, Agreement> = {
    ...Object.fromEntries(names.map((name) => [name, agreementOf(changes.map((one) => one.get(name) ?? []))])),
    patterns: agreementOf(patterns),
    errors: agreementOf(errors),
  };
  const hardest = hardestOdours(task, errors);
  await writeFile(
    context.outputs['agreement']!,
    `${canonicalJson({ models: patterns.length, population, agreement: roundedAll(found), weightsWithStart: significant(mean(weights)), hardest })}\n`,
  );
  return Object.entries(found).map(([name, { mean: r }]) => ({
    label: `agreement in ${name === 'patterns' ? `${population} patterns` : name}`,
    value: r === null ? 'nothing varies' : `r ${significant(r, 3)}`,
  }));
}

/** All lists come from matrices of the same axes, or a model would be held against another's start. */
function checkOrder({ inputAxes }: StageContext<Params>): void {
  for (const port of ['starts', 'perOdour'])
    if (canonicalJson(inputAxes[port] ?? []) !== canonicalJson(inputAxes['models'] ?? []))
      throw new RangeError(`agree: ${port} and models are not gathered from matrices of the same axes`);
}

/** Mean counts [C, n] of the population's cells under the test trials. */
function patternsOf(context: StageContext<Params>, model: Model, task: OdourTask): Float64Array {
  const { kernel: kind, population } = context.params.agree;
  const kernel = openKernel(kind, kernelNetworkOf(model.network, model.steps), { threads: context.cpus });
  try {
    kernel.setParameters(kernelParametersOf(model.network));
    kernel.setTask(kernelTaskOf(task));
    const trials = trialsOf(task, 'test');
    const counts = spikeCounts(kernel, { trials: kernelTrialsOf(trials) });
    const labels = Int32Array.from(trials, ({ odour }) => odour);
    const { topology } = model.network;
    const { offset, size } = sliceOf(topology, population);
    return columnsOf(odourMeans(counts, labels, task.odours.length).all, topology.size, offset, size);
  } finally {
    kernel.close();
  }
}

/** 1 − accuracy of each odour. */
function errorsIn(file: string, bytes: Uint8Array): number[] {
  const errors: number[] = [];
  const table = new CsvTable(file, ['top1'], (row) => void errors.push(1 - row.number(0)));
  table.feed(bytes);
  table.end();
  return errors;
}

/** The five odours that are missed most, over all models. */
function hardestOdours(task: OdourTask, errors: readonly (readonly number[])[]) {
  const shares = task.odours.map(({ name }, c) => ({ name, error: significant(mean(errors.map((row) => row[c]!))) }));
  return shares.sort((a, b) => b.error - a.error).slice(0, 5);
}

function roundedAll(found: Record<string, Agreement>): Record<string, Record<string, number | null>> {
  const rounded = (value: number | null): number | null => (value === null ? null : significant(value));
  return Object.fromEntries(
    Object.entries(found).map(([name, { pairs, mean: r, least, most }]) => [
      name,
      { pairs, mean: rounded(r), least: rounded(least), most: rounded(most) },
    ]),
  );
}
