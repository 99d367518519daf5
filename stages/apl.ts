/** apl: records of one network with APL as it is, silenced, driven → what APL does to Kenyon cells. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { investigateApl } from '../src/analysis/investigate/apl.ts';
import { filesOf } from '../src/analysis/investigate/investigation.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import type { ActivityRecord } from '../src/analysis/record/activity-record.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Records of a network with APL as it is, silenced, driven → sparseness, similar and other odours.',
  params: investigateSchema,
  inputs: { records: { kind: 'spikes', about: 'one record a setting of the axis apl; one is named normal' } },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, the verdict, JSON' },
    figure: { kind: 'svg', about: 'the figure, SVG' },
  },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const records: Record<string, ActivityRecord> = {};
  for (const [k, path] of context.inputLists['records']!.entries()) {
    const name = String(context.inputAxes['records']?.[k]?.['apl'] ?? k);
    records[name] = decodeRecord(await readFile(path));
  }
  const own = investigateApl(records, context.params.seed);
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `apl: ${own.verdict.verdict}`, value: own.verdict.says }];
}
