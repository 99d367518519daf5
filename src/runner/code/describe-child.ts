/** Runs in a child process: imports stage modules and writes their contracts to file descriptor 3. Runs no stage. */
import { readFileSync, writeSync } from 'node:fs';
import type { StageDefinition } from '../../stage.ts';
import type { DescribedModule } from './describe-modules.ts';

const moduleHint = 'set "type": "module" in package.json, or name the file .mjs (in TypeScript .mts); then build again';

async function describe(url: string): Promise<DescribedModule> {
  try {
    const { default: stage } = (await import(url)) as { readonly default?: StageDefinition };
    if (isCommonJs(stage)) return { ok: false, message: 'is CommonJS, and a stage is an ES module', hint: moduleHint };
    if (typeof stage !== 'object' || stage === null || typeof stage.run !== 'function')
      return {
        ok: false,
        message: 'has no default export made by defineStage({ about, params, inputs, outputs, run })',
      };
    const { about, params, inputs, outputs, permissions = {} } = stage;
    for (const [name, part] of Object.entries({ params, inputs, outputs }))
      if (typeof part !== 'object' || part === null)
        return { ok: false, message: `its default export has no '${name}'` };
    const sources = typeof stage.sources === 'function';
    return {
      ok: true,
      contract: JSON.parse(JSON.stringify({ about: about ?? '', params, inputs, outputs, permissions, sources })),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    const hint = /outside a module|Unexpected token 'export'/.test(text) ? { hint: moduleHint } : {};
    return { ok: false, message: `cannot be loaded: ${text}`, ...hint };
  }
}

/** What TypeScript makes of `export default` where package.json does not say "type": "module". */
function isCommonJs(stage: unknown): boolean {
  return typeof (stage as { readonly default?: Partial<StageDefinition> } | null)?.default?.run === 'function';
}

const urls = JSON.parse(readFileSync(0, 'utf8')) as readonly string[];
const described: DescribedModule[] = [];
for (const url of urls) described.push(await describe(url));
const bytes = Buffer.from(JSON.stringify(described));
for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written);
process.exit(0);
