/** docs/files.md against what the stages write: every tensor with its dtype and number of dimensions, every output file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { cliPath } from '../rig/test-project.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const page = readFileSync(join(root, 'docs/files.md'), 'utf8');

/** The whole pipeline at its smallest: seconds instead of minutes. */
const small = [
  ...[
    'synthetic.scale=0.03',
    'synthetic.odours=6',
    'odours.trials={train: 4, validation: 2, test: 2}',
    'train.epochs=1',
  ],
  ...['train.calibration.rounds=2', 'export.trials=2'],
].flatMap((set) => ['--set', set]);

interface Row {
  readonly pattern: RegExp;
  readonly name: string;
  readonly dtype: string;
  readonly dimensions: number;
}

/** A word in capitals, or a lone R or K, stands for any name. */
function patternOf(name: string): RegExp {
  const parts = name.split(/(\b(?:[A-Z]{3,}|R|K)\b)/);
  return new RegExp(`^${parts.map((part, k) => (k % 2 === 1 ? '[^/.]+' : part.replace(/[.>]/g, '\\$&'))).join('')}$`);
}

function rowsOf(text: string): Row[] {
  return [...text.matchAll(/^\| `([^`]+)` \| ([A-Z]\d+) \| \[([^\]]*)\] \|/gm)].map(([, name, dtype, shape]) => ({
    ...{ name: name!, dtype: dtype!, pattern: patternOf(name!), dimensions: shape!.split(',').length },
  }));
}

/** Header of a safetensors file. */
function tensorsOf(path: string): Record<string, { readonly dtype: string; readonly shape: readonly number[] }> {
  const bytes = readFileSync(path);
  const { __metadata__, ...tensors } = JSON.parse(
    bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString('utf8'),
  );
  return tensors;
}

describe('docs/files.md', function () {
  this.timeout(600_000);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pipeline-files-')));
  const call = (program: string, ...args: readonly string[]): void => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  };
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    call(process.execPath, cliPath, 'init');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/cc-snn'));
    call(process.execPath, cliPath, 'run', '--until=spinnaker-run', ...small);
    call(process.execPath, cliPath, 'run', 'record', ...small);
  });

  it('names every tensor of every file, with its dtype and the number of its dimensions, and none that is not there', () => {
    const artifacts = join(folder, 'artifacts');
    const paths = readdirSync(artifacts, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.safetensors'),
    );
    assert.ok(paths.length >= 8, paths.join(' '));
    const rows = rowsOf(page);
    const used = new Set<string>();
    const wrong: string[] = [];
    for (const path of paths) {
      for (const [name, { dtype, shape }] of Object.entries(tensorsOf(join(artifacts, path)))) {
        const found = rows.filter((row) => row.pattern.test(name));
        const fits = found.filter((row) => row.dtype === dtype && row.dimensions === shape.length);
        for (const row of fits) used.add(row.name);
        if (fits.length === 0)
          wrong.push(
            `${path}: ${name} ${dtype} [${shape}], the page has ${found.map((row) => row.dtype).join(' ') || 'nothing'}`,
          );
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      rows.map(({ name }) => name).filter((name) => !used.has(name)),
      [],
    );
  });

  it('has a part for every stage, with every output that pipeline.yaml declares', () => {
    const { stages } = parse(readFileSync(join(root, 'pipeline.yaml'), 'utf8'), { merge: true }) as {
      readonly stages: Readonly<Record<string, { readonly outputs: Readonly<Record<string, string>> }>>;
    };
    const parts = new Map(page.split(/^## /m).map((part) => [part.slice(0, part.indexOf('\n')), part]));
    for (const [name, { outputs }] of Object.entries(stages))
      for (const path of Object.values(outputs))
        assert.ok(parts.get(name)?.includes(`\`${path}\``), `${name}: ${path}`);
  });

  it('shows Python that makes a table of a trained model’s neurons', function () {
    if (spawnSync('python3', ['-c', 'import numpy']).status !== 0) {
      this.test!.title += ' (skipped: python3 has no numpy)';
      this.skip();
    }
    const [, code] = /```python\n([\s\S]*?)```/.exec(page)!;
    call('python3', '-c', code!);
    const lines = readFileSync(join(folder, 'neurons.csv'), 'utf8').trimEnd().split(/\r?\n/);
    const { typeIdx } = tensorsOf(join(folder, 'artifacts/train/model.safetensors'));
    assert.equal(lines.length, 1 + typeIdx!.shape[0]!);
    assert.match(lines[1]!, /^\d{18},LN,\S+,[\d.]+,[\d.]+,-?[\d.e-]+$/);
  });
});
