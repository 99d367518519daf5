// Writes what is made from the stages' parameter schemas: schemas/cc-snn.schema.json and docs/parameters.md. With --check it writes nothing
// and ends with 1 where one of them is not what it would write. Run after `npm run build`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function pipeline(...args) {
  return execFileSync(process.execPath, [join(root, 'dist/src/cli.js'), ...args, '-C', root], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

const head = `# Parameters

Every parameter of the stages: its key in \`params\` of [pipeline.yaml](../pipeline.yaml), what it takes, and what it is where nothing is said. Each may be set
by \`--set KEY=VALUE\`, by a profile or by a matrix axis, whether pipeline.yaml names it or not. \`[]\` stands for the items of a list, \`*\` for any key.
This page is made from the stages' schemas (\`stages/*/params.ts\`) by \`npm run schemas\`; edit those.

`;
const made = {
  'schemas/cc-snn.schema.json': pipeline('schema'),
  'docs/parameters.md': head + pipeline('schema', '--markdown'),
};

for (const [file, text] of Object.entries(made)) {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
    console.log(`${file} written`);
  } else {
    console.error(`${file} is not what the stages' schemas say: npm run build && npm run schemas`);
    process.exitCode = 1;
  }
}
