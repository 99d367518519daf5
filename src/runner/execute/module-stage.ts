/** Runs a module stage in its own Node process under Node's permission model: it sees its code, its inputs, its staging folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDefaults } from '../../base/schema.ts';
import type { AxisValues, StagePermissions } from '../../stage.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { StageContract } from '../code/describe-modules.ts';
import { besidePath, expandDevice, isSandboxed, moduleSandbox } from '../key/sandbox.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { Json, PlannedStage } from '../model/plan.ts';
import { stagedOutputs } from '../store/outputs.ts';
import { outsidePath, statIfThere } from '../store/outside-path.ts';
import { explainDenied } from './denied-access.ts';
import { endingWords } from './ending.ts';
import { gate } from './gate.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import { inputPaths, readablePaths } from './input-paths.ts';
import { type JobEnd, reasonOf, type StageJob } from './stage-job.ts';
import { followProcess, type ProcessEnd, startError } from './stage-process.ts';
import type { Usage } from './usage.ts';

/** Without a contract it may do nothing beyond its inputs and outputs, and gets the parameters as they were given. */
export async function runModuleStage(
  job: StageJob,
  closure: CodeClosure,
  contract: StageContract | undefined,
): Promise<JobEnd> {
  const permissions = contract?.permissions ?? {};
  const params = withDefaults(contract?.params ?? {}, job.stage.params) as Json;
  const host = fileURLToPath(new URL('./host.js', import.meta.url));
  const inputs = inputPaths(job);
  const node = [process.execPath, ...nodeFlags(job, { inputs, params, closure, permissions }, host), host];
  const contained = isSandboxed(job.stage);
  const words = contained ? [...moduleSandbox(permissions.network === true), ...node] : node;
  const child = begin(job, words);
  const last = listen(child, job);
  const tell = (message: ToHost): void => {
    if (child.connected) child.send(message);
  };
  tell(jobMessage(job, { inputs, params, closure }));
  const { signal, base, onSpawn, onLine } = job;
  const onAbort = (): void => tell({ type: 'abort', reason: reasonOf(signal) });
  const end = await followProcess(child, { signal, folder: base, contained, onSpawn, onLine, onAbort });
  await lastWords(child);
  return { ...endOf(job, last(), end), usage: moreOf(end.usage, last()) };
}

/** Throws a StartError where the system refuses at once. */
function begin(job: StageJob, words: readonly string[]): ChildProcess {
  try {
    return spawn('bash', ['-c', `${gate}"$@"`, 'bash', ...words], {
      cwd: job.root,
      env: { ...pick(process.env, ['PATH', 'HOME']), ...job.env, PIPELINE_STAGING: job.base },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      detached: true,
    });
  } catch (error) {
    throw startError(error);
  }
}

/** What the child said before it ended may come after the news of its end. */
async function lastWords(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 500);
  await once(child, 'disconnect', { signal: patience.signal }).catch(() => undefined);
  clearTimeout(timer);
  if (child.connected) child.disconnect();
}

/** The child knows its own use better than looks from outside, and nothing of its children's. */
function moreOf(seen: Usage, last: FromHost | undefined): Usage {
  const own = last?.type === 'done' || last?.type === 'failed' ? last.usage : undefined;
  if (own === undefined) return seen;
  return {
    cpuSeconds: Math.max(seen.cpuSeconds ?? 0, own.cpuSeconds),
    peakMemoryBytes: Math.max(seen.peakMemoryBytes ?? 0, own.peakMemoryBytes),
  };
}

/** Collects the child's messages; gives its last word. */
function listen(child: ChildProcess, job: StageJob): () => FromHost | undefined {
  let last: FromHost | undefined;
  child.on('message', (message: FromHost) => {
    if (message.type === 'log') for (const line of message.line.split('\n')) job.onLine(line);
    else if (message.type === 'warning') job.onWarning(message.text);
    else if (message.type === 'progress') job.onProgress(message.done, message.total, message.unit, message.figures);
    else last = message;
  });
  return () => last;
}

function endOf(job: StageJob, last: FromHost | undefined, { code, signal }: ProcessEnd): JobEnd {
  if (job.signal.aborted) return { ok: false, message: reasonOf(job.signal), final: false };
  if (last?.type === 'done') return { ok: true, headlines: last.headlines };
  if (last?.type !== 'failed') return { ok: false, message: endingWords(code, signal) };
  for (const line of last.stack.split('\n')) job.onLine(line);
  if (last.denied === undefined) return { ok: false, message: last.message };
  const module = job.stage.work.kind === 'module' ? job.stage.work.module : '';
  return { ok: false, final: true, ...explainDenied(last.denied, job.stage, module, job.root) };
}

/** Input name → absolute paths. */
type InputPaths = ReadonlyMap<string, readonly string[]>;

/** What a stage runs on. */
interface Surroundings {
  readonly inputs: InputPaths;
  /** With defaults filled in. */
  readonly params: Json;
  readonly closure: CodeClosure;
  readonly permissions: StagePermissions;
}

function jobMessage(job: StageJob, { inputs, params, closure }: Omit<Surroundings, 'permissions'>): ToHost {
  const { stage, root } = job;
  const first: Record<string, string> = {};
  for (const [name, paths] of inputs) if (paths.length > 0) first[name] = paths[0]!;
  const outputs = stagedOutputs(stage.outputs, instanceFolder(stage)).map(({ name, path }) => [
    name,
    join(job.staging, path),
  ]);
  return {
    type: 'job',
    entry: join(root, closure.entry),
    params,
    given: stage.params,
    inputs: first,
    inputLists: Object.fromEntries(inputs) as Record<string, readonly string[]>,
    inputAxes: gatheredAxes(stage),
    outputs: Object.fromEntries(outputs) as Record<string, string>,
    env: job.env,
    tmp: job.tmp,
    scratch: job.scratch,
    live: job.live,
    key: job.gathered.key,
    cpus: job.cpus,
  };
}

function gatheredAxes({ inputs }: PlannedStage): Record<string, readonly AxisValues[]> {
  const lists = Object.entries(inputs).flatMap(([name, input]) =>
    input.kind === 'artifact' && input.axes !== undefined ? [[name, input.axes] as const] : [],
  );
  return Object.fromEntries(lists) as Record<string, readonly AxisValues[]>;
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Node 20 calls it --experimental-permission, later ones --permission. */
function permissionFlag(): string {
  return process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
}

function nodeFlags(job: StageJob, { inputs, params, closure, permissions }: Surroundings, host: string): string[] {
  const { sandbox } = job.stage;
  if (sandbox?.on === false) return ['--no-warnings'];
  const write = [
    ...(sandbox?.paths ?? []).map((path) => besidePath(path, job.root)),
    ...(sandbox?.devices ?? []).flatMap(expandDevice),
    ...(job.stage.passEnv?.includes('TMPDIR') === true && job.env['TMPDIR'] ? [job.env['TMPDIR']] : []),
    job.staging,
    job.tmp,
    job.scratch,
    job.live,
    ...(permissions.writes ?? []).map((path) => outsidePath(job.root, path)),
  ];
  const read = [
    host,
    ...closure.files.map(({ file }) => join(job.root, file)),
    ...codeFolders(job.root, closure),
    ...readablePaths(job, inputs),
    ...parameterPaths(params, permissions, job.root),
    ...job.gathered.sources.flatMap(({ path }) => withTarget(path)),
    ...write,
  ];
  return [
    '--no-warnings',
    permissionFlag(),
    ...withoutCovered(read).map((path) => `--allow-fs-read=${path}`),
    ...withoutCovered(write).map((path) => `--allow-fs-write=${path}`),
    ...(permissions.workers === true ? ['--allow-worker'] : []),
    ...(permissions.childProcess === true ? ['--allow-child-process'] : []),
  ];
}

/** Once each, and without what lies in a folder that is there too: Node 20 refuses a folder itself when a path below it is also allowed. */
function withoutCovered(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const folders = new Set([...all].filter((path) => statIfThere(path)?.isDirectory() === true));
  const isCovered = (path: string): boolean => {
    for (let above = dirname(path); above !== dirname(above); above = dirname(above))
      if (folders.has(above)) return true;
    return false;
  };
  return [...all].filter((path) => !isCovered(path));
}

/** Packages (with what lies beside them), links to packages, and the package.json files that Node's resolution looks at. */
function codeFolders(root: string, closure: CodeClosure): string[] {
  const folders = closure.packageFolders.map((folder) => {
    const cut = folder.lastIndexOf('/node_modules/');
    return cut < 0 ? folder : folder.slice(0, cut + '/node_modules'.length);
  });
  const manifests = [root];
  for (const { file } of closure.files)
    for (let at = dirname(file); at !== '.'; at = dirname(at)) manifests.push(join(root, at));
  const links = Object.entries(closure.links).filter(([path, folder]) => path !== folder);
  return [
    ...folders,
    ...links.map(([path]) => join(root, path)),
    ...[...new Set(manifests)].map((folder) => join(folder, 'package.json')).filter((path) => existsSync(path)),
  ];
}

function parameterPaths(params: Json, permissions: StagePermissions, root: string): string[] {
  const values = (permissions.readsParams ?? []).flatMap((name) => valuesAt(params, name.split('.')));
  return values.flatMap((value) => {
    if (value === '' || /^(?!file:)[a-z][a-z0-9+.-]*:/i.test(value)) return [];
    return withTarget(pathOf(value, root));
  });
}

/** Of a path or a file: URL; one that names another computer stands for no file here. */
function pathOf(value: string, root: string): string {
  if (!value.startsWith('file:')) return outsidePath(root, value);
  if (!value.startsWith('file:/')) return outsidePath(root, decodeURIComponent(value.slice('file:'.length)));
  const url = new URL(value);
  return fileURLToPath(url.host === '' ? url : new URL(`file://${url.pathname}`));
}

/** A path, and where it leads if it is a link. */
function withTarget(path: string): string[] {
  return existsSync(path) ? [path, realpathSync(path)] : [path];
}

/** The texts at a dotted name; `*` stands for any key, a list for each of its items. */
function valuesAt(tree: Json | undefined, [key, ...rest]: readonly string[]): string[] {
  if (Array.isArray(tree)) return tree.flatMap((item: Json) => valuesAt(item, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return typeof tree === 'string' ? [tree] : [];
  if (typeof tree !== 'object' || tree === null) return [];
  const record = tree as { readonly [name: string]: Json };
  const chosen = key === '*' ? Object.values(record) : [record[key]];
  return chosen.flatMap((value) => valuesAt(value, rest));
}
