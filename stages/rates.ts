/** rates: a record → rates at rest and in odours, by population, beside published bands. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { filesOf } from '../src/analysis/investigate/investigation.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { investigateRates } from '../src/analysis/investigate/rates.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Rates at rest and in odours, by population, beside published bands.',
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
  const own = investigateRates(record, context.params.seed);
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `rates: ${own.verdict.verdict}`, value: own.verdict.says }];
}
