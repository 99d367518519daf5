/** spinnaker-run: an exported project on the simulated board, in Loihi's integers, in NEST, in Brian2, in the board's own program under an emulator, mapped on a virtual board, or on a real one. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boardOf } from '../src/spinnaker/project/board-schema.ts';
import { encodeSpikes } from '../src/spinnaker/project/trial-data.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { runBoard } from './spinnaker-run/board.ts';
import { defaultFirmwareTrials, runFirmware } from './spinnaker-run/firmware.ts';
import { runLoihi } from './spinnaker-run/loihi.ts';
import type { Outcome } from './spinnaker-run/outcome.ts';
import { ownConfig } from './spinnaker-run/own-config.ts';
import { type Params, paramsSchema } from './spinnaker-run/params.ts';
import { runPeer } from './spinnaker-run/peers.ts';
import { type ExportedProject, readProject } from './spinnaker-run/project.ts';
import type { PythonRun } from './spinnaker-run/python.ts';
import { runSimulated } from './spinnaker-run/simulated.ts';
import { summaryOf } from './spinnaker-run/summary.ts';
import { runVirtual } from './spinnaker-run/virtual.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Runs the exported network: spikes, accuracy and distances to the trained model, or what a board would hold.',
  params: paramsSchema,
  inputs: {
    project: { kind: 'pynn-project', about: 'The exported PyNN project.' },
    model: { kind: 'model', about: 'The trained network it came from.' },
    task: { kind: 'odour-task', about: 'The trials.' },
  },
  outputs: {
    spikes: { kind: 'spikes', about: 'Spikes of the exported trials on the target.' },
    report: {
      kind: 'json',
      about: 'Accuracy, equal spikes and distances by population; cores, memory and load for `virtual`.',
    },
    summary: { kind: 'markdown', about: 'The report for people.' },
  },
  permissions: {
    network: true,
    childProcess: true,
    readsParams: ['spinnaker.configFile'],
    writes: ['~/.cache/cc-snn/venvs'],
  },
  sources: ({ spinnaker: { target, configFile } }) => (target === 'board' && configFile !== null ? [configFile] : []),
  run,
});
export default stage;

async function runTarget(context: StageContext<Params>, project: ExportedProject): Promise<Outcome> {
  const settings = context.params.spinnaker;
  const { target } = settings;
  const board = boardOf(project.head.board, settings.board);
  if (target === 'simulated') {
    return runSimulated(project, settings.trials, (done, total) => context.progress(done, total, 'trials'));
  }
  if (target === 'loihi') {
    return runLoihi(project, settings.trials, (done, total) => context.progress(done, total, 'trials'));
  }
  const python: PythonRun = {
    target: target === 'nest' || target === 'brian2' || target === 'firmware' ? target : 'spiNNaker',
    interpreter: settings.python,
    project: project.folder,
    workFolder: join(context.tmp, target),
    signal: context.signal,
    log: (message) => context.log(message),
  };
  if (target === 'firmware') {
    const trials = settings.exportedTrials ?? defaultFirmwareTrials;
    return runFirmware(project, python, board.version, { trials, seed: settings.seed ?? context.params.seed });
  }
  if (target === 'virtual') return runVirtual(project, python, board.version);
  if (target === 'board') {
    const own = settings.configFile === null ? undefined : await ownConfig(settings.configFile);
    const timeScaleFactor = settings.timeScaleFactor ?? project.head.timeScaleFactor;
    return runBoard(project, python, { board, timeScaleFactor, ...(own === undefined ? {} : { own }) });
  }
  return runPeer(project, python, settings.exportedTrials ?? project.trials.length);
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { inputs, outputs } = context;
  const project = await readProject(inputs['project']!, inputs['model']!, inputs['task']!);
  const target = context.params.spinnaker.target;
  const outcome = await runTarget(context, project);
  await writeFile(outputs['spikes']!, encodeSpikes({ [target]: outcome.spikes }));
  await writeFile(outputs['report']!, `${JSON.stringify({ target, ...outcome.report }, null, 2)}\n`);
  for (const warning of outcome.warnings ?? []) context.warn(warning);
  await writeFile(outputs['summary']!, summaryOf(target, outcome));
  return outcome.headlines;
}
