/** valence: a record and the attraction of odours → whether the network's activity tells it, with and without a fit. Figures, a picture, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, skipped } from '../src/analysis/investigate/investigation.ts';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { investigateValence } from '../src/analysis/investigate/valence.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import { readAttraction, readMbonValence } from '../src/formats/recordings/valence.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'A record and the attraction of flies to odours → how much of it each layer tells.',
  params: investigateSchema,
  inputs: {
    record: { kind: 'spikes', about: 'record of the network' },
    tables: { kind: 'folder', about: 'knaden2012.csv and mbon_valence.csv, where they are' },
  },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, the verdict, JSON' },
    figure: { kind: 'svg', about: 'the figure, SVG' },
  },
  run,
});

export default stage;

const HEADING = 'Innate attraction, read from the network';

/** A file of the folder; undefined where it is not there. */
function bytesOf(folder: string, name: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const folder = context.inputs['tables']!;
  const [attraction, signs] = await Promise.all([
    bytesOf(folder, 'knaden2012.csv'),
    bytesOf(folder, 'mbon_valence.csv'),
  ]);
  const record = decodeRecord(await readFile(context.inputs['record']!));
  const { seed, investigate } = context.params;
  const own =
    attraction === undefined
      ? skipped(HEADING, 'knaden2012.csv is not among the tables')
      : (investigateValence(
          record,
          readAttraction('knaden2012.csv', attraction),
          signs === undefined ? undefined : readMbonValence('mbon_valence.csv', signs),
          seed,
          investigate.valence.permutations,
        ) ?? skipped(HEADING, 'fewer than 20 odours of the record are in knaden2012.csv'));
  const files = filesOf(own);
  await writeFile(context.outputs['metrics']!, files.metrics);
  await writeFile(context.outputs['figure']!, files.figure);
  return [{ label: `valence: ${own.verdict.verdict}`, value: own.verdict.says }];
}
