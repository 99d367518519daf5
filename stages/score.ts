/** score: records of networks beside recordings of flies → how alike odours are to each layer, answers, tuning; ceilings, controls, a verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { investigateSchema, type InvestigateParams as Params } from '../src/analysis/investigate/params-schema.ts';
import { plainData } from '../src/analysis/investigate/verdict.ts';
import { decodeRecord } from '../src/analysis/record/record-file.ts';
import {
  type FlyReference,
  type ReferenceFile,
  readReference,
  referenceFiles,
} from '../src/analysis/recordings/fly-reference.ts';
import { flyFigures, type NetworkScore, scoreNetwork } from '../src/analysis/recordings/score.ts';
import { BEST_PUBLISHED_R, type Scores, scoreFigure, scoreVerdict } from '../src/analysis/recordings/score-figure.ts';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';

const about = (what: string) => ({ kind: 'spikes', about: what, optional: true }) as const;

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Records of networks beside recordings of flies → scores with intervals, ceilings and controls.',
  params: investigateSchema,
  inputs: {
    trained: { kind: 'spikes', about: 'record of the trained network' },
    untrained: about('record of the network before training'),
    recorded: about('record of the trained network driven by recorded receptor neurons'),
    recordedUntrained: about('record of the untrained network driven by recorded receptor neurons'),
    tables: { kind: 'folder', about: 'the recordings, where they are' },
  },
  outputs: {
    metrics: { kind: 'json', about: 'every figure, JSON' },
    figure: { kind: 'svg', about: 'similarity of odours against each layer of flies, SVG' },
  },
  run,
});

export default stage;

/** Input name → the name under which its network is shown. */
const shown: Readonly<Record<string, string>> = {
  trained: 'trained',
  untrained: 'untrained',
  recorded: 'trained, recorded ORN',
  recordedUntrained: 'untrained, recorded ORN',
};

async function referenceIn(folder: string): Promise<FlyReference | undefined> {
  const found = new Map<ReferenceFile, Uint8Array>();
  for (const file of Object.keys(referenceFiles) as ReferenceFile[]) {
    const bytes = await readFile(join(folder, referenceFiles[file])).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (bytes !== undefined) found.set(file, bytes);
  }
  return readReference((file) => found.get(file));
}

async function scoresOf(context: StageContext<Params>, reference: FlyReference): Promise<Scores> {
  const scores: Record<string, NetworkScore> = {};
  for (const [input, name] of Object.entries(shown)) {
    const path = context.inputs[input];
    if (path === undefined) continue;
    const score = scoreNetwork(decodeRecord(await readFile(path)), reference, context.params.seed);
    if (score !== null) scores[name] = score;
  }
  return scores;
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const reference = await referenceIn(context.inputs['tables']!);
  const scores = reference === undefined ? {} : await scoresOf(context, reference);
  const mbonOdours = Object.values(scores)[0]?.mbon?.odours ?? [];
  const flies = reference === undefined ? { layers: {}, kenyon: null, mbon: null } : flyFigures(reference, mbonOdours);
  const skipped =
    reference === undefined
      ? `no recordings among the tables (${referenceFiles.odours} and others): nothing to score against`
      : 'the records lack the 17 odours of the recordings';
  const verdict = Object.keys(scores).length > 0 ? scoreVerdict(scores) : { ...scoreVerdict({}), says: skipped };
  const metrics = { ...verdict, networks: scores, flies, published: { bestKenyonR: BEST_PUBLISHED_R } };
  await writeFile(context.outputs['metrics']!, `${canonicalJson(plainData(metrics))}\n`);
  const notes = [
    'Dots: value with 95 % interval over odours; small strokes: r with each fly. None of it was trained on.',
    verdict.verdict === 'skipped' ? `Skipped: ${verdict.says}.` : `${Object.values(scores)[0]!.odours} odours.`,
  ];
  await writeFile(context.outputs['figure']!, scoreFigure(scores, flies, notes));
  return [{ label: `score: ${verdict.verdict}`, value: verdict.says }];
}
