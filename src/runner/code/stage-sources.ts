/** Which files beyond its inputs a stage module reads under given parameters, asked of its `sources` in a child process. Runs no stage. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { userError } from '../../base/located-error.ts';
import type { Json } from '../model/plan.ts';

/** The module (a URL that Node can import) and the parameters as pipeline.yaml gives them. */
export interface SourcesQuestion {
  readonly url: string;
  readonly params: Json;
}

export type SourcesAnswer =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly message: string };

const timeoutMs = 60_000;

/** The names that the module's `sources` gives. Throws a UserError where it fails. Cost: the start of a process. */
export function askSources(module: string, entry: string, params: Json): readonly string[] {
  const script = fileURLToPath(new URL('./sources-child.js', import.meta.url));
  const question: SourcesQuestion = { url: pathToFileURL(entry).href, params };
  const { output } = spawnSync(process.execPath, [script], {
    input: JSON.stringify(question),
    encoding: 'utf8',
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    maxBuffer: 1 << 26,
  });
  const answer = answerOf(output?.[3] ?? '');
  if (answer.ok) return answer.names;
  throw userError(answer.message, 'sources looks at the parameters alone and returns a list of paths', {
    file: module,
  });
}

function answerOf(text: string): SourcesAnswer {
  try {
    return JSON.parse(text) as SourcesAnswer;
  } catch {
    return { ok: false, message: `its sources did not return within ${timeoutMs / 1000} s` };
  }
}
