/** A run as a program calls it: few options, events, a summary. The door of the package; the command line goes to run.ts by itself. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../base/located-error.ts';
import type { Listener, Summary } from '../model/events.ts';
import { pipelineFile } from '../model/find-project.ts';
import { lockFileName } from '../model/project.ts';
import { cacheFolder } from '../model/project-path.ts';
import { checkFolders } from '../store/check-folders.ts';
import { runPipeline } from './run.ts';

/** What `pipeline run` is told by its flags. */
export interface ProjectRun {
  /** The folder with pipeline.yaml; the present one when left out. */
  readonly root?: string;
  /** Stages, instances or output paths; the list `default`, or every stage, when left out. */
  readonly targets?: readonly string[];
  readonly profiles?: readonly string[];
  /** `KEY=VALUE`, as after --set. */
  readonly sets?: readonly string[];
  /** Processor cores to use at most. */
  readonly jobs?: number;
  /** `cache/` in the project when left out. */
  readonly cacheDir?: string;
  /** Run though nothing changed: every selected stage, or these. */
  readonly force?: true | readonly string[];
  /** After a failure, go on with what does not depend on it. */
  readonly keepGoing?: boolean;
  /** Say what would be done and do nothing. */
  readonly dryRun?: boolean;
  /** Stops the run in order. */
  readonly signal?: AbortSignal;
  /** Called for everything that happens: starts, logs, progress, ends. */
  readonly onEvent?: Listener;
}

/**
 * Brings a project's stages up to date, as `pipeline run` does, and counts how they ended; a stage that failed is a count, and its error an event.
 * @throws UserError where pipeline.yaml or an option is wrong, with every place.
 */
export async function runProject(options: ProjectRun = {}): Promise<Summary> {
  const { targets = [], profiles = [], sets = [], force = [], keepGoing = false, dryRun = false } = options;
  const root = realpathSync(resolve(options.root ?? '.'));
  const cacheDir = resolve(root, options.cacheDir ?? cacheFolder);
  const project = { root, file: pipelineFile, lock: lockFileName(pipelineFile, profiles), cacheDir };
  const trouble = checkFolders(project);
  if (trouble !== undefined) throw new UserError([trouble]);
  const outcome = await runPipeline({
    project,
    ...{ targets, profiles, sets, force, keepGoing, dryRun, frozen: false, lock: false, jobs: options.jobs },
    commandLine: [
      'runProject',
      ...targets,
      ...profiles.map((name) => `--profile=${name}`),
      ...sets.map((set) => `--set=${set}`),
    ],
    signal: options.signal ?? new AbortController().signal,
    emit: options.onEvent ?? (() => undefined),
  });
  if (!outcome.ok) throw new UserError(outcome.error);
  return outcome.value.summary;
}
