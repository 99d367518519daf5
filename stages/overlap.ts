/** overlap: a record → how far odours lie apart in ORN, KC and MBON; the published trio. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { filesOf } from '../src/analysis/investigate/investigation.ts';
import { investigateOverlap } from '../src/analysis/investigate/overlap.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'How far odours lie apart in ORN, KC and MBON; the published trio.',
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
  const own = investigateOverlap(record);
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `overlap: ${own.verdict.verdict}`, value: own.verdict.says }];
}
