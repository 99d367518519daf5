/** Who may import whom: the table of docs/design.md, held against the import lines. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Layer → layers it may import besides itself. `stage` is src/stage.ts. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  stage: [],
  formats: ['base'],
  drawing: ['base'],
  'snn/kernel': ['base'],
  connectome: ['base', 'formats', 'drawing'],
  odour: ['base', 'formats', 'drawing', 'connectome'],
  snn: ['base', 'formats', 'drawing', 'snn/kernel', 'connectome', 'odour'],
  analysis: ['base', 'formats', 'drawing', 'snn/kernel', 'connectome', 'odour', 'snn'],
  spinnaker: ['base', 'formats', 'drawing', 'snn/kernel', 'connectome', 'odour', 'snn', 'analysis'],
  page: ['base', 'formats', 'drawing', 'snn/kernel', 'connectome', 'odour', 'snn', 'analysis'],
  'page/browser': ['base', 'drawing', 'snn/kernel', 'odour', 'snn', 'page'],
  stages: [
    ...['base', 'formats', 'drawing', 'snn/kernel', 'connectome', 'odour', 'snn', 'analysis', 'spinnaker', 'page'],
    'stage',
  ],
  runner: ['base', 'stage'],
  cli: ['base', 'stage', 'runner'],
  index: ['base', 'formats', 'snn/kernel', 'connectome', 'odour', 'snn', 'stage', 'runner'],
};

/** The one file that only passes on what others export: the package's public surface, for other projects alone. */
const publicSurface = 'src/index.ts';

/** The rooms of a house in the order in which they may import: each only those before it. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'src/runner': [
    ...[
      'model',
      'store',
      'load',
      'views',
      'code',
      'locks',
      'remote',
      'state',
      'key',
      'verdict',
      'execute',
      'run',
      'inspect',
    ],
    'provenance',
    'commands',
  ],
  'src/snn': ['brain', 'kernel', 'network', 'parameters', 'readout', 'training'],
  'src/spinnaker': ['firmware', 'simulators', 'quantise', 'compare', 'project'],
};

/** What lies directly in src: a new layer is a decision, so it must be entered here. */
const topLevel = [
  ...['analysis', 'base', 'cli.ts', 'connectome', 'drawing', 'formats', 'index.ts', 'odour', 'page', 'runner', 'snn'],
  ...['spinnaker', 'stage.ts'],
];

/** Node modules that reach the world: only stages, the runner and the command line may. */
const worldly = /^node:(fs|fs\/promises|child_process|http|https|net|os|process|timers|timers\/promises)$/;
const science = [
  'base',
  'formats',
  'drawing',
  'snn/kernel',
  'connectome',
  'odour',
  'snn',
  'analysis',
  'spinnaker',
  'page',
];

function layerOf(path: string): string {
  if (path.startsWith('stages/')) return 'stages';
  if (path === 'src/stage.ts') return 'stage';
  if (path === 'src/cli.ts') return 'cli';
  if (path === publicSurface) return 'index';
  if (path.startsWith('src/snn/kernel/')) return 'snn/kernel';
  if (path.startsWith('src/page/browser/')) return 'page/browser';
  return path.split('/')[1]!;
}

/** `download` for stages/download.ts and for what lies in stages/download/. */
function stageOf(path: string): string {
  return path.split('/')[1]!.replace(/\.ts$/, '');
}

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
  );
  return [...found].map((m) => {
    const specifier = m[1] ?? m[2] ?? m[3]!;
    return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier;
  });
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.ts') && !path.includes('/assembly/') && !path.includes('/generated/'))
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

/** The first import cycle, types included, as a path; or undefined. */
function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const target of byPath.get(path)?.imports ?? []) {
      const cycle = byPath.has(target) ? visit(target) : undefined;
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file.path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** A stage that has the parameters of another: the baseline is a training without what trains the network. */
const kin: Readonly<Record<string, string>> = { baseline: 'train' };

describe('architecture', () => {
  const files = [...readSources('src'), ...readSources('stages')];

  it('is seen whole: sources and import lines were found', () => {
    assert.ok(files.length >= 450, `${files.length} modules`);
    // Counted another way: every place in the text where something is taken from a relative path.
    const named = files.flatMap(({ text }) => [...text.matchAll(/(?:\bfrom\s*|\bimport\()\s*'\.{1,2}\//g)]).length;
    const found = files.flatMap((file) => file.imports).filter((name) => /^(src|stages)\//.test(name)).length;
    assert.ok(found >= 0.95 * named && named >= 1500, `${found} of ${named} imports`);
  });

  it('keeps to the import table', () => {
    const wrong: string[] = [];
    for (const { path, imports } of files) {
      const layer = layerOf(path);
      assert.ok(allowed[layer] !== undefined, `${path} lies in no known layer`);
      for (const target of imports.filter((name) => /^(src|stages)\//.test(name))) {
        const other = layerOf(target);
        if (other !== layer && !allowed[layer]!.includes(other))
          wrong.push(`${path} → ${target} (${layer} may not import ${other})`);
        if (layer === 'stages' && other === 'stages' && ![stageOf(path), kin[stageOf(path)]].includes(stageOf(target)))
          wrong.push(`${path} → ${target} (a stage may not import another)`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('keeps files, processes, clocks and unkeyed randomness out of the science', () => {
    const wrong: string[] = [];
    for (const { path, text, imports } of files.filter((file) => science.includes(layerOf(file.path)))) {
      wrong.push(...imports.filter((name) => worldly.test(name)).map((name) => `${path} imports ${name}`));
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      for (const banned of ['Math.random', 'Date.now', 'new Date(', 'performance.now', 'process.env']) {
        if (code.includes(banned)) wrong.push(`${path} uses ${banned}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('has just the rooms that are named here, and each imports only those before it', () => {
    assert.deepEqual(readdirSync('src').sort(), topLevel);
    const wrong: string[] = [];
    for (const [house, order] of Object.entries(rooms)) {
      assert.deepEqual(readdirSync(house).sort(), [...order].sort(), `the rooms of ${house}`);
      const roomOf = (path: string) => order.indexOf(path.slice(house.length + 1).split('/')[0]!);
      for (const { path, imports } of files.filter((file) => file.path.startsWith(`${house}/`))) {
        for (const target of imports.filter((name) => name.startsWith(`${house}/`)))
          if (roomOf(target) > roomOf(path)) wrong.push(`${path} → ${target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('imports its public surface nowhere: a stage that did would reach everything', () => {
    assert.ok(files.some(({ path }) => path === publicSurface));
    const importers = files.filter(({ imports }) =>
      imports.some((name) => name === publicSurface || /^cc-snn(\/|$)/.test(name)),
    );
    assert.deepEqual(
      importers.map(({ path }) => path),
      [],
    );
  });

  it('has no import cycles, types included', () => {
    assert.equal(findCycle(files)?.join(' → '), undefined);
  });

  it('has no barrels, no file over 600 lines, and a first line that says the job of each file', () => {
    const wrong: string[] = [];
    for (const { path, text } of files) {
      if (path.endsWith('/index.ts') && path !== publicSurface) wrong.push(`${path} is a barrel`);
      const lines = text.split('\n');
      if (lines.length > 600) wrong.push(`${path} has ${lines.length} lines`);
      const first = lines[0]!.startsWith('#!') ? lines[1]! : lines[0]!;
      if (!/^(\/\*\*?|\/\/)/.test(first)) wrong.push(`${path} does not begin with its job`);
    }
    assert.deepEqual(wrong, []);
  });
});
