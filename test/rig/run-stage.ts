/** Runs a stage in a temporary folder, as the runner would, and gives back its outputs. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDefaults } from '../../src/base/schema.ts';
import type { AxisValues, Headline, StageContext, StageDefinition } from '../../src/stage.ts';

export interface StageRunOptions {
  readonly params: unknown;
  /** Bytes of each input file. */
  readonly inputs: Readonly<Record<string, Uint8Array>>;
  /** Inputs gathered from a matrix: bytes of each file, and where it stands on the axes. */
  readonly gathered?: Readonly<Record<string, readonly (readonly [axes: AxisValues, bytes: Uint8Array])[]>>;
  /** Output names; those that end in / are folders. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Called at each progress report, e.g. to abort. */
  readonly onProgress?: (done: number, unit: string | undefined, abort: () => void) => void;
  readonly cpus?: number;
  readonly key?: string;
  /** An earlier run's folder, whose scratch is kept. */
  readonly folder?: string;
}

export interface StageRun {
  readonly folder: string;
  readonly headlines: readonly Headline[] | undefined;
  readonly error: unknown;
  readonly log: readonly string[];
  readonly warnings: readonly string[];
  /** Every output file below its folder, by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

async function filesBelow(folder: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const read = await Promise.all(paths.map(async (p) => [p.slice(folder.length + 1), await readFile(p)] as const));
  return Object.fromEntries(read.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function writeGathered(
  folder: string,
  ports: NonNullable<StageRunOptions['gathered']>,
): Promise<Pick<StageContext, 'inputLists' | 'inputAxes'>> {
  const lists: Record<string, string[]> = {};
  const axes: Record<string, AxisValues[]> = {};
  for (const [name, files] of Object.entries(ports)) {
    lists[name] = files.map((_, i) => join(folder, `${name}-${i}`));
    axes[name] = files.map(([place]) => place);
    for (const [i, [, bytes]] of files.entries()) await writeFile(lists[name][i]!, bytes);
  }
  return { inputLists: lists, inputAxes: axes };
}

/** Runs the stage once; an error is returned, not thrown. Remove `folder` afterwards. */
export async function runStage<P>(stage: StageDefinition<P>, options: StageRunOptions): Promise<StageRun> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'cc-snn-stage-')));
  const staging = join(folder, 'outputs');
  await rm(staging, { recursive: true, force: true });
  for (const name of ['outputs', 'inputs', 'tmp', 'scratch']) await mkdir(join(folder, name), { recursive: true });
  const inputs: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(options.inputs)) {
    inputs[name] = join(folder, 'inputs', name);
    await writeFile(inputs[name], bytes);
  }
  const gathered = await writeGathered(join(folder, 'inputs'), options.gathered ?? {});
  const outputs: Record<string, string> = {};
  for (const [name, path] of Object.entries(options.outputs)) {
    outputs[name] = join(staging, path);
    if (path.endsWith('/')) await mkdir(outputs[name], { recursive: true });
  }
  const abort = new AbortController();
  const log: string[] = [];
  const warnings: string[] = [];
  const context: StageContext<P> = {
    params: withDefaults(stage.params, options.params) as P,
    given: options.params,
    inputs,
    ...gathered,
    outputs,
    env: {},
    tmp: join(folder, 'tmp'),
    scratch: join(folder, 'scratch'),
    live: join(folder, 'live'),
    key: options.key ?? '0123456789abcdef'.repeat(4),
    cpus: options.cpus ?? 1,
    signal: abort.signal,
    log: (message) => log.push(message),
    warn: (message) => warnings.push(message),
    progress: (done, total, unit) => {
      if (done > total) throw new RangeError(`progress: ${done} of ${total} ${unit}`);
      options.onProgress?.(done, unit, () => abort.abort());
    },
  };
  let headlines: readonly Headline[] | undefined;
  let error: unknown;
  try {
    headlines = await stage.run(context);
  } catch (thrown) {
    error = thrown;
  }
  return { folder, headlines, error, log, warnings, files: await filesBelow(staging) };
}
