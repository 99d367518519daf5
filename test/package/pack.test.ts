/** The package as others get it: packed, installed, used to make a project, which is compiled, run, and run again. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageFolder, packageRoot } from '../rig/package-folder.ts';

const noRegistry = /ENOTCACHED|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ERR_SOCKET_TIMEOUT/;
const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];

/** Uses every kind of name that the package exports, under the strictest reading of its declarations. */
const probe = `import { decodeModel, type Model, runProject, type StageContext, simulateTrial } from 'cc-snn';
import train from 'cc-snn/stages/train';
export const size = (model: Model): number => model.network.topology.size;
export const counts = (bytes: Uint8Array, stepPtr: Int32Array, cell: Uint16Array): Float32Array =>
  simulateTrial(decodeModel(bytes), { stepPtr, cell }).counts;
export const ran = async (context: StageContext): Promise<number> => (await runProject({ signal: context.signal })).ran;
export const about: string = train.about;
// @ts-expect-error: it is a string
export const wrong: number = train.about;
`;

describe('the packed package', function () {
  this.timeout(600_000);
  const folder = new PackageFolder('pack');
  const project = folder.at('project');
  const bin = join(project, 'node_modules/cc-snn/dist/src/cli.js');
  const small = ['cells', 'strongest-odours', '--set', 'synthetic.scale=0.05', '--set', 'synthetic.odours=20'];
  const call = (below: string, program: string, ...args: readonly string[]) => {
    const { code, out, err } = folder.call(program, args, below);
    return { code, text: out + err };
  };
  const pipeline = (...args: readonly string[]) => call('project', process.execPath, bin, ...args);
  let tarball = '';
  let packed: readonly string[] = [];
  after(() => folder.dispose());

  before(() => {
    const to = ['--ignore-scripts', '--json', '--pack-destination', folder.path, ...quiet];
    const { code, text } = call('.', 'npm', 'pack', packageRoot, ...to);
    assert.equal(code, 0, text);
    const [name] = readdirSync(folder.path).filter((file) => file.endsWith('.tgz'));
    tarball = folder.at(name!);
    packed = call('.', 'tar', 'tzf', tarball)
      .text.split('\n')
      .map((path) => path.replace(/^package\//, ''));
    mkdirSync(project);
    const options = ['--prefer-offline', '--ignore-scripts', '--omit=optional', ...quiet];
    const installed = call('project', 'npm', 'install', ...options, tarball);
    if (installed.code === 0) return;
    assert.match(installed.text, noRegistry);
    console.log('      npm reached no registry: the dependencies of the package are linked from this checkout instead');
    linkInstead();
  });

  /** Where the registry cannot be reached: the tarball unpacked, and beside it links to what the checkout has. */
  const linkInstead = (): void => {
    const modules = join(project, 'node_modules');
    mkdirSync(join(modules, 'cc-snn'), { recursive: true });
    assert.equal(call('.', 'tar', 'xzf', tarball, '--strip-components=1', '-C', join(modules, 'cc-snn')).code, 0);
    folder.write('project/package.json', JSON.stringify({ dependencies: { 'cc-snn': `file:${tarball}` } }));
    for (const name of readdirSync(join(packageRoot, 'node_modules')))
      if (!name.startsWith('.')) symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  };

  it('holds what its users need, and no tests, sources or results', () => {
    const kinds = new Set(
      packed.map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('dist/') ? 2 : 1)
          .join('/'),
      ),
    );
    const expected = [
      '',
      'LICENSE',
      'README.md',
      'dist/src',
      'dist/stages',
      'docs',
      'examples',
      'experiments',
      'package.json',
      'pipeline.yaml',
      'schemas',
    ];
    assert.deepEqual([...kinds].filter((kind) => kind !== 'CHANGELOG.md').sort(), expected);
    assert.deepEqual(
      packed.filter((path) => /\/(artifacts|cache|node_modules|__pycache__)\/|\.lock$/.test(path)),
      [],
    );
  });

  it('has the name by which the README installs it', () => {
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const named = new Set(readme.match(/cc-snn-[\d.]+\.tgz/g));
    assert.deepEqual([...named], [tarball.slice(folder.path.length + 1)]);
  });

  it('makes a project that compiles against its declarations', () => {
    const made = pipeline('init');
    assert.equal(made.code, 0, made.text);
    folder.linkCompiler('project');
    const [source] = readdirSync(join(project, 'stages'));
    writeFileSync(join(project, 'stages', `probe${source!.slice(source!.lastIndexOf('.'))}`), probe);
    const built = call('project', process.execPath, 'node_modules/typescript/bin/tsc', '--skipLibCheck', 'false');
    assert.equal(built.code, 0, built.text);
  });

  it('runs the shipped stages and the own ones, once', () => {
    const first = pipeline('run', ...small);
    assert.equal(first.code, 0, first.text);
    assert.match(first.text, /\n6 ran, 0 cached, 0 restored, 0 failed, 0 skipped/);
    const cells = readFileSync(join(project, 'artifacts/cells/cells.csv'), 'utf8').split('\n');
    assert.equal(cells[0], 'population,cell,root_id,type,side,transmitter');
    assert.match(cells[1]!, /^ORN,0,\d{18},ORN_\w+,(left|right),ACH$/);
    assert.match(first.text, new RegExp(`${cells.length - 2} cells, `));
    const odours = readFileSync(join(project, 'artifacts/strongest-odours/strongest-odours.csv'), 'utf8').split('\n');
    assert.equal(odours.length, 7);
    assert.match(pipeline('run', ...small).text, /^0 ran, 6 cached|\n0 ran, 6 cached/);
  });

  it('runs again only what an own stage reaches, after an edit and a build', () => {
    const [name] = readdirSync(join(project, 'stages')).filter((file) => file.startsWith('strongest'));
    const path = join(project, 'stages', name!);
    writeFileSync(path, readFileSync(path, 'utf8').replace('toFixed(2)', 'toFixed(3)'));
    const refused = pipeline('run', ...small);
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.text,
      /strongest-odours\.m?ts is not what was compiled to dist\/stages\/strongest-odours\.m?js[^\n]*\n\s+run npm run build/,
    );
    assert.equal(call('project', 'npm', 'run', 'build').code, 0);
    assert.match(pipeline('run', ...small).text, /\n1 ran, 5 cached/);
  });
});
