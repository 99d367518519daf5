/** Runs in a child process: imports stage modules and writes their contracts to file descriptor 3. Runs no stage. */
import { readFileSync, writeSync } from 'node:fs';
import type { StageDefinition } from '../../stage.ts';
import type { DescribedModule } from './describe-modules.ts';

async function describe(url: string): Promise<DescribedModule> {
  try {
    const { default: stage } = (await import(url)) as { readonly default?: StageDefinition };
    if (typeof stage !== 'object' || stage === null || typeof stage.run !== 'function')
      return {
        ok: false,
        message: 'has no default export made by defineStage({ about, params, inputs, outputs, run })',
      };
    const { about, params, inputs, outputs, permissions = {} } = stage;
    for (const [name, part] of Object.entries({ params, inputs, outputs }))
      if (typeof part !== 'object' || part === null)
        return { ok: false, message: `its default export has no '${name}'` };
    return {
      ok: true,
      contract: JSON.parse(JSON.stringify({ about: about ?? '', params, inputs, outputs, permissions })),
    };
  } catch (error) {
    return {
      ok: false,
      message: `cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    };
  }
}

const urls = JSON.parse(readFileSync(0, 'utf8')) as readonly string[];
const described: DescribedModule[] = [];
for (const url of urls) described.push(await describe(url));
const bytes = Buffer.from(JSON.stringify(described));
for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written);
process.exit(0);
