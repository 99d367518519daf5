/** TypeScript stages of a project with a build of its own: how they are found, when they are refused, and what is advised. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestProject } from '../../rig/test-project.ts';

const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
const pipeline = 'version: 1\nstages:\n  own: { module: stages/own.ts, outputs: { table: t.txt } }\n';
const own = (word: string): string => `// a stage
import { word } from '../lib/word.ts';
interface Context { outputs: { table: string }; tmp: string }
const run = async ({ outputs }: Context): Promise<void> => {
  const { writeFileSync } = await import('node:fs' as string);
  writeFileSync(outputs.table, word + '${word}');
};
export default { about: '', params: {}, inputs: {}, outputs: { table: { kind: 'table', about: '' } }, run };
`;
const options = {
  ...{ rootDir: '.', outDir: 'dist', target: 'es2022', module: 'nodenext', removeComments: true },
  ...{ sourceMap: true, inlineSources: true, rewriteRelativeImportExtensions: true, types: [] },
};
const config = (changes: object): string => JSON.stringify({ compilerOptions: { ...options, ...changes } });

function build(project: TestProject): void {
  const { status, stdout } = spawnSync(process.execPath, [tsc], { cwd: project.root, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

/** Later than anything made so far, without waiting. */
function setTimes(project: TestProject, path: string, seconds: number): void {
  const at = Date.now() / 1000 + seconds;
  utimesSync(project.path(path), at, at);
}

describe('TypeScript stages of a project that tsc compiles', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(pipeline)
      .write('stages/own.ts', own('!'))
      .write('lib/word.ts', "export const word = 'one';\n");
    project.write('tsconfig.json', config({}));
  });
  afterEach(() => project.dispose());
  const said = (): string => {
    const { out, err, code } = project.pipeline('run');
    assert.notEqual(code, 0, out);
    return out + err;
  };

  it('are refused until they are built, run, and run again after an edit and a build, but not for a comment', () => {
    assert.match(said(), /stages\/own\.ts is not compiled: dist\/stages\/own\.js is missing\s+run npx tsc/);
    build(project);
    assert.deepEqual(project.run().status, { own: 'ran' });
    assert.equal(project.read('artifacts/own/t.txt'), 'one!');
    project.write('lib/word.ts', "export const word = 'two';\n");
    assert.match(
      said(),
      /lib\/word\.ts is not what was compiled to dist\/lib\/word\.js, which stages\/own\.ts reaches\s+run npx tsc/,
    );
    build(project);
    assert.deepEqual(project.run().status, { own: 'ran' });
    project.write('lib/word.ts', "// twice\nexport const word = 'two';\n");
    build(project);
    assert.deepEqual(project.run().status, { own: 'cached' });
  });

  it('are held against the text in the source map, whatever the times of the files say', () => {
    build(project);
    setTimes(project, 'lib/word.ts', 3600);
    assert.deepEqual(project.run().status, { own: 'ran' });
    project.write('lib/word.ts', "export const word = 'two';\n");
    setTimes(project, 'lib/word.ts', -3600);
    assert.match(said(), /lib\/word\.ts is not what was compiled/);
  });

  it('are held against the times of the files where there are no source maps', () => {
    project.write('tsconfig.json', config({ sourceMap: false, inlineSources: false }));
    build(project);
    assert.deepEqual(project.run().status, { own: 'ran' });
    project.write('lib/word.ts', "export const word = 'two';\n");
    setTimes(project, 'lib/word.ts', 3600);
    assert.match(said(), /lib\/word\.ts is not what was compiled/);
  });

  it('are found through extends without an ending, and ${configDir}', () => {
    project.write('tsconfig.base.json', config({ outDir: '${configDir}/out', rootDir: '${configDir}' }));
    project.write('tsconfig.json', '{ "extends": "./tsconfig.base" }');
    build(project);
    assert.deepEqual(project.run().status, { own: 'ran' });
    assert.equal(project.exists('out/stages/own.js'), true);
  });

  it('are refused with the step that is missing: a script, a compiler, rootDir, a module type', () => {
    project.write('package.json', '{"type":"module","scripts":{"build":"tsc"}}');
    assert.match(said(), /dist\/stages\/own\.js is missing\s+run npm run build$/m);
    project.write('tsconfig.json', '{"compilerOptions":{"outDir":"dist"}}');
    assert.match(said(), /run npm run build; if it is still missing then, add "rootDir": "\." to the compilerOptions/);
    project.write('tsconfig.json', '{ oops }');
    assert.match(said(), /tsconfig\.json is not JSON with comments/);
    rmSync(project.path('tsconfig.json'));
    project.write('package.json', '{"type":"module"}');
    assert.match(
      said(),
      /stages\/own\.js is missing\s+it needs TypeScript and a tsconfig\.json, which pipeline init would make/,
    );
    project.write('tsconfig.json', config({})).write('package.json', '{}');
    build(project);
    assert.match(readFileSync(project.path('dist/stages/own.js'), 'utf8'), /exports\.default/);
    assert.match(
      said(),
      /stages\/own\.ts is CommonJS, and a stage is an ES module\s+set "type": "module" in package\.json, or name the file/,
    );
  });
});
