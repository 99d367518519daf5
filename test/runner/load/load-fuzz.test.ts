/** Hostile pipeline files: whatever the bytes, a valid plan or located errors, in bounded time. CC_SNN_LONG=1 tries 10,000. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Diagnostic } from '../../../src/base/located-error.ts';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import { withProject } from './write-project.ts';

const base = `version: 1
params: { seed: 1, train: { epochs: 6, rate: 0.1 }, list: [a, b], text: "x y" }
profiles: { long: { params: { train: { epochs: 20 } } } }
targets: { default: [fit, all], quick: [draw] }
stages:
  draw: { command: "draw \${params.seed} > \${outputs.o}", params: [seed], outputs: { o: o.txt, dir: d/ }, matrix: { seed: [1, 2] } }
  fit:
    command: |
      fit \${inputs.i} "\${params.train.rate}" > \${outputs.model}
    code: [fit.py]
    params: [train]
    inputs: { i: artifacts/draw/o.txt, map: data/*.csv }
    outputs: { model: model.bin }
    env: [LANG]
    metrics: [model.bin]
    resources: { cpus: 2, memory: 2GiB, slots: { board: 1 } }
    timeout: 10m
    retries: 2
    matrix: { seed: [1, 2] }
  all: { module: stages/all.ts, inputs: { m: artifacts/fit/*/model.bin }, outputs: { o: o.csv }, cache: false }
`;

const junk = [
  '\0',
  '\n',
  '\t',
  '"',
  "'",
  ':',
  '- ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!!binary ',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '<<: ',
  '|',
  '>',
  '#',
  '\\',
  '${',
  '..',
  '/',
  '~',
  '.inf',
  '0x',
  '1e999',
  '-0',
  '99999999999999999999',
  '__proto__',
  'constructor',
  'toString',
  '@',
  '=',
  '*',
  '🪰',
  '\u202e',
  '\ufeff',
  '\u2028',
  'artifacts/',
  'version',
  'stages',
  'params',
  'matrix',
  'true',
  'null',
];
const words = [...new Set(base.match(/[A-Za-z0-9_./*${}]+/g))];

/** One edit of a text: cut, double, swap, or put something in; places and lengths as fractions of it. */
const edit = fc.record({
  kind: fc.constantFrom('cut', 'copy', 'junk', 'word', 'noise', 'line'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  piece: fc.constantFrom(...junk),
  word: fc.constantFrom(...words),
  noise: fc.string({ unit: 'binary', maxLength: 5 }),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function apply(text: string, { kind, at, to, length, piece, word, noise }: Edit): string {
  const start = Math.floor(at * text.length);
  const target = Math.floor(to * text.length);
  const end = Math.min(text.length, start + length);
  if (kind === 'cut') return text.slice(0, start) + text.slice(end);
  if (kind === 'copy') return text.slice(0, target) + text.slice(start, end) + text.slice(target);
  if (kind === 'junk') return text.slice(0, start) + piece + text.slice(start);
  if (kind === 'noise') return text.slice(0, start) + noise + text.slice(start);
  if (kind === 'line') {
    const lines = text.split('\n');
    const [line] = lines.splice(Math.floor(at * lines.length), 1);
    lines.splice(Math.floor(to * lines.length), 0, line ?? '');
    return lines.join('\n');
  }
  const from = text.slice(start).search(/[A-Za-z0-9_./]/) + start;
  return text.slice(0, from) + text.slice(from).replace(/^[A-Za-z0-9_./]+/, word);
}

/** Whether a finding is fit to be shown: it has a place in the file, one line of text, and no trace of our own insides. */
function checkDiagnostic(diagnostic: Diagnostic): void {
  const { at, message, hint = '' } = diagnostic;
  if (/^… and \d+ more$/.test(message)) return;
  assert.equal(at?.file, 'pipeline.yaml', message);
  assert.ok((at.line ?? 0) >= 1 && (at.column ?? 0) >= 1, message);
  assert.doesNotMatch(message + hint, /\n|undefined|\[object|TypeError| {4}at /);
  assert.ok(message.length > 0 && message.length < 700, message);
}

async function tryLoad(projectDir: string, file?: string): Promise<'plan' | 'errors'> {
  const plan = await loadPlan({
    projectDir,
    profiles: [],
    sets: [],
    cacheDir: null,
    ...(file === undefined ? {} : { file }),
  });
  if (plan.ok) {
    for (const [i, stage] of plan.value.stages.entries()) {
      assert.match(stage.id, /^[A-Za-z0-9_][\w.-]*(@[\w.=,+-]+)?$/);
      for (const { path } of Object.values(stage.outputs)) {
        assert.ok(path.startsWith(`artifacts/${stage.stage}/`), path);
        assert.ok(!path.split('/').includes('..') && !/\p{Cc}/u.test(path), path);
      }
      const before = new Set(plan.value.stages.slice(0, i).map(({ id }) => id));
      assert.ok(stage.needs.every((need) => before.has(need)));
    }
    return 'plan';
  }
  assert.ok(plan.error.length > 0);
  plan.error.forEach(checkDiagnostic);
  return 'errors';
}

describe('hostile pipeline files', () => {
  it('give a valid plan or located errors', async () => {
    const seen = { plan: 0, errors: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const text = edits.reduce(apply, base);
        const start = process.cpuUsage();
        seen[await withProject({ 'pipeline.yaml': text }, (dir) => tryLoad(dir))]++;
        const { user, system } = process.cpuUsage(start);
        assert.ok(user + system < 2_000_000, `${user + system} µs of CPU`);
      }),
      { numRuns: process.env['CC_SNN_LONG'] === '1' ? 10_000 : 1000 },
    );
    assert.ok(seen.plan > 0 && seen.errors > 0, JSON.stringify(seen));
  }).timeout(1_200_000);

  const deep = 20_000;
  const bombs: Record<string, string> = {
    'brackets without end': '['.repeat(deep),
    'nested lists': `version: 1\nparams: { a: ${'['.repeat(deep)}${']'.repeat(deep)} }`,
    'nested maps': `version: 1\nparams: ${'{a: '.repeat(deep)}1${'}'.repeat(deep)}`,
    'nested block lists': `params:\n  ${'- '.repeat(deep)}1`,
    'nested question marks': '? '.repeat(deep),
    'many anchors': `params: [${Array.from({ length: deep }, (_, i) => `&a${i} x`).join(', ')}]`,
    'many aliases of one big list': `version: 1\nparams:\n  a: &a [${'1, '.repeat(1000)}1]\n  b: [${'*a, '.repeat(2000)}*a]`,
    'an alias bomb through keys': `version: 1\nparams:\n${Array.from(
      { length: 30 },
      (_, i) => `  k${i}: &k${i} { a: *k${i - 1}, b: *k${i - 1} }`,
    )
      .join('\n')
      .replaceAll('*k-1', '1')}`,
    'a long plain text': `version: ${'a '.repeat(200_000)}`,
    'many keys': `version: 1\n${Array.from({ length: deep }, (_, i) => `k${i}: 1`).join('\n')}`,
    'the same key over and over': `version: 1\n${'stages: 1\n'.repeat(deep)}`,
    'many tags': `version: 1\nparams: [${'!x 1, '.repeat(deep)}1]`,
    'a chain of matrices': `version: 1\nparams: { ${Array.from({ length: 60 }, (_, i) => `p${i}: 0`).join(', ')} }\nstages: { a: { command: x, outputs: { o: o }, matrix: { ${Array.from({ length: 60 }, (_, i) => `p${i}: [1, 2]`).join(', ')} } } }`,
    'many unknown placeholders': `version: 1\nstages: { a: { command: "${'${x} '.repeat(5000)}", outputs: { o: o } } }`,
    'an open quote and many digits': `version: 1\nstages: { a: { command: x, outputs: { o: o }, timeout: "${'1'.repeat(100_000)}" } }`,
  };
  for (const [name, text] of Object.entries(bombs))
    it(`are refused soon: ${name}`, async () => {
      const start = process.cpuUsage();
      const outcome = await withProject({ 'pipeline.yaml': text }, (dir) => tryLoad(dir));
      const { user, system } = process.cpuUsage(start);
      assert.equal(outcome, 'errors');
      assert.ok(user + system < 5_000_000, `${user + system} µs of CPU`);
    });

  it('include this project’s own, mutated', async () => {
    const own = readFileSync('pipeline.yaml', 'utf8');
    await fc.assert(
      fc.asyncProperty(edit, async (one) => {
        await withProject({ 'pipeline.yaml': apply(own, one) }, (dir) => tryLoad(dir));
      }),
      { numRuns: process.env['CC_SNN_LONG'] === '1' ? 1000 : 100 },
    );
  }).timeout(1_200_000);
});
