/** The contracts of stage modules (parameters, inputs, outputs, permissions), each asked once per version of its code. Runs no stage. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Digest, digestOf, digestOfJson } from '../../base/digest.ts';
import type { JsonSchema, PortContract, StagePermissions } from '../../stage.ts';
import type { CodeClosure } from './code-closure.ts';

/** What a stage module says of itself, as data. */
export interface StageContract {
  readonly about: string;
  readonly params: JsonSchema;
  readonly inputs: Readonly<Record<string, PortContract>>;
  readonly outputs: Readonly<Record<string, PortContract>>;
  readonly permissions: StagePermissions;
  /** Whether it names files beyond its inputs, by its parameters. */
  readonly sources?: boolean;
}

export type DescribedModule =
  | { readonly ok: true; readonly contract: StageContract }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** A module that imports for longer than this is taken to hang. */
const timeoutMs = 60_000;

/** Of the code that runs: the same digest, the same contract. */
export function closureDigest(closure: CodeClosure): Digest {
  return digestOfJson([closure.entry, closure.files.map(({ file, digest }) => [file, digest]), closure.packages]);
}

/**
 * Contracts by module path. Those whose closure was seen before come from `<cacheDir>/contracts`; all others are loaded in one
 * child process. A module that cannot be loaded says so and is asked again next time.
 */
export async function describeModules(
  projectDir: string,
  closures: ReadonlyMap<string, CodeClosure>,
  cacheDir: string | null,
): Promise<ReadonlyMap<string, DescribedModule>> {
  const described = new Map<string, DescribedModule>();
  const unknown: string[] = [];
  for (const [module, closure] of closures) {
    const known = cacheDir === null ? undefined : readContract(cacheDir, closureDigest(closure));
    if (known === undefined) unknown.push(module);
    else described.set(module, { ok: true, contract: known });
  }
  if (unknown.length === 0) return described;
  const urls = unknown.map((module) => pathToFileURL(join(projectDir, closures.get(module)!.entry)).href);
  const answers = await askChild(projectDir, urls);
  for (const [i, module] of unknown.entries()) {
    const answer = answers[i]!;
    described.set(module, answer);
    if (answer.ok && cacheDir !== null) keepContract(cacheDir, closureDigest(closures.get(module)!), answer.contract);
  }
  return described;
}

function askChild(projectDir: string, urls: readonly string[]): Promise<readonly DescribedModule[]> {
  return new Promise((resolve) => {
    const script = fileURLToPath(new URL('./describe-child.js', import.meta.url));
    const child = spawn(process.execPath, [script], {
      cwd: projectDir,
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const chunks: Buffer[] = [];
    const complaints: Buffer[] = [];
    (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr!.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(JSON.stringify(urls));
    child.on('error', (error) =>
      resolve(urls.map(() => ({ ok: false, message: `cannot be loaded: ${error.message}` }))),
    );
    child.on('close', (code, signal) => {
      const answers = parseAnswers(Buffer.concat(chunks));
      if (answers !== undefined) return resolve(answers);
      const said = Buffer.concat(complaints).toString('utf8').trim().split('\n').at(-1);
      const end =
        signal === 'SIGTERM'
          ? `did not load within ${timeoutMs / 1000} s`
          : `ended the process (${signal ?? code}) while it was loaded`;
      resolve(urls.map(() => ({ ok: false, message: `it, or a module beside it, ${end}${said ? `: ${said}` : ''}` })));
    });
  });
}

function parseAnswers(bytes: Buffer): readonly DescribedModule[] | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as readonly DescribedModule[];
  } catch {
    return undefined;
  }
}

function readContract(cacheDir: string, digest: Digest): StageContract | undefined {
  try {
    const text = readFileSync(join(cacheDir, 'contracts', `${digest}.json`), 'utf8');
    const body = text.slice(65);
    return text.slice(0, 64) === digestOf(body) ? (JSON.parse(body) as StageContract) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the cache cannot be written, the next run asks again. */
function keepContract(cacheDir: string, digest: Digest, contract: StageContract): void {
  const path = join(cacheDir, 'contracts', `${digest}.json`);
  const body = JSON.stringify(contract);
  try {
    mkdirSync(join(cacheDir, 'contracts'), { recursive: true });
    writeFileSync(`${path}.${process.pid}.tmp`, `${digestOf(body)}\n${body}`);
    renameSync(`${path}.${process.pid}.tmp`, path);
  } catch {
    return;
  }
}
