/** Runs in a child process: asks one stage module which files beyond its inputs it reads, and writes the answer to file descriptor 3. */
import { readFileSync, writeSync } from 'node:fs';
import { withDefaults } from '../../base/schema.ts';
import type { StageDefinition } from '../../stage.ts';
import type { SourcesAnswer, SourcesQuestion } from './stage-sources.ts';

async function answer({ url, params }: SourcesQuestion): Promise<SourcesAnswer> {
  try {
    const { default: stage } = (await import(url)) as { readonly default: StageDefinition };
    const names: unknown = stage.sources?.(withDefaults(stage.params, params)) ?? [];
    if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== ''))
      return { ok: true, names };
    return { ok: false, message: `its sources returned ${JSON.stringify(names)}, want a list of paths` };
  } catch (error) {
    return { ok: false, message: `its sources failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const question = JSON.parse(readFileSync(0, 'utf8')) as SourcesQuestion;
const bytes = Buffer.from(JSON.stringify(await answer(question)));
for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written);
process.exit(0);
