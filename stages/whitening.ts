/** whitening: a record → how alike, how unequal and how many-dimensional odours are, layer by layer and bin by bin. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { filesOf } from '../src/analysis/investigate/investigation.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { investigateWhitening } from '../src/analysis/investigate/whitening.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'How alike, how unequal and how many-dimensional odours are, layer by layer and bin by bin.',
  params: investigateSchema,
  inputs: { record: { kind: 'spikes', about: 'record of the network' } },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, the verdict, JSON' },
    figure: { kind: 'svg', about: 'the figure, SVG' },
  },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const record = decodeRecord(await readFile(context.inputs['record']!));
  const own = investigateWhitening(record);
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `whitening: ${own.verdict.verdict}`, value: own.verdict.says }];
}
