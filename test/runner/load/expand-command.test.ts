/** Values in commands: whatever they hold, and wherever they stand, the shell gets them as text. Held against bash itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeCommand, expandCommand } from '../../../src/runner/load/expand-command.ts';
import type { Json, PlannedStage } from '../../../src/runner/model/plan.ts';
import { plannedStage } from '../../rig/planned-stage.ts';
import { load } from './write-project.ts';

function stageWith(command: string, params: { readonly [key: string]: Json }): PlannedStage {
  return plannedStage(command, { params });
}

/** What bash prints for a command with these parameters, as the runner would run it. */
function run(
  command: string,
  params: { readonly [key: string]: Json },
  inputs: Record<string, string | string[]> = {},
): string {
  const script = expandCommand(stageWith(command, params), { inputs, outputs: { o: 'out.txt' } });
  const { stdout, stderr, status } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, `${stderr}\n${script}`);
  return stdout;
}

const long = process.env['CC_SNN_LONG'] === '1';

const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '\n touch pwned\n',
  '\\',
  "\\'",
  '*',
  '~',
  '-n',
  '!!',
  '${HOME}',
  '$HOME',
  'a[$(touch pwned)]',
  'EOF\ntouch pwned',
  ' two  words ',
  '',
  '#',
  '🪰 ü',
  '\u0001\u007f',
  '%s\\n',
];
const marks = ['a', ' ', '"', "'", '$', '(', ')', '{', '}', '\n', '\t', ';', '&', '|', '<', '>'];

/** Texts of what a shell might take for its own. */
const texts = fc.oneof(
  fc.constantFrom(...hostile),
  fc.array(fc.constantFrom(...hostile, ...marks), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString().replaceAll('\0', '')),
);

describe('expandCommand', () => {
  it('gives every value to the program as it is, in every shell context', () => {
    const command = `printf '%s\\0' \${params.x} a\${params.x}b "<\${params.x}>" '<\${params.x}>' $'<\${params.x}>' "$(printf %s. "\${params.x}")" "\`printf %s. \${params.x}\`"
cat <<END
\${params.x}
END
cat <<< \${params.x} # a comment with \${params.x}
case \${params.x} in \${params.x}) printf same;; esac; [[ \${params.x} == \${params.x} ]] && printf same`;
    fc.assert(
      fc.property(texts, (x) => {
        const words = [x, `a${x}b`, `<${x}>`, `<${x}>`, `<${x}>`, `${x}.`, `${x}.`];
        assert.equal(run(command, { x }), `${words.map((word) => `${word}\0`).join('')}${x}\n${x}\nsamesame`);
      }),
      { numRuns: long ? 3000 : 150 },
    );
  });

  it('never runs a value as code, wherever in a random command it stands', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pipeline-shell-'));
    const glue = [
      ' ',
      '"',
      "'",
      '`',
      '$(',
      ')',
      '$((',
      '))',
      '((',
      '[[ ',
      ' -eq 1 ]]',
      '\n',
      ';',
      '#',
      '<<E\n',
      "<<'E'\n",
    ];
    const more = [
      'E\n',
      '\\',
      'echo ',
      'x=',
      '{',
      '}',
      '|',
      '&',
      "$'",
      'let y=',
      'a[',
      ']=',
      '$[',
      '<<<',
      '${params.x}',
      '${params.x}',
    ];
    const attacks = [
      '$(touch pwned)',
      '`touch pwned`',
      "'$(touch pwned)'",
      '"$(touch pwned)"',
      '\ntouch pwned\n',
      ';touch pwned;',
    ];
    const closers = ["';touch pwned;'", '";touch pwned;"', 'a[$(touch pwned)]', ')touch pwned;(', 'E\ntouch pwned\nE'];
    const yamlOf = (command: string, x: string): string =>
      `version: 1\nparams: { x: ${JSON.stringify(x)} }\nstages: { s: { command: ${JSON.stringify(command)}, params: [x], outputs: { o: o } } }\n`;
    const parts = fc.array(fc.constantFrom(...glue, ...more), { minLength: 1, maxLength: 12 });
    try {
      await fc.assert(
        fc.asyncProperty(parts, fc.constantFrom(...attacks, ...closers), async (command, x) => {
          const plan = await load(yamlOf(`true ${command.join('')}`, x));
          if (typeof plan === 'string') return;
          const script = expandCommand(plan.stages[0]!, { inputs: {}, outputs: {} });
          spawnSync('bash', ['-uo', 'pipefail', '-c', script], { cwd: dir, input: '', timeout: 5000 });
          assert.equal(existsSync(join(dir, 'pwned')), false, script);
        }),
        { numRuns: long ? 10_000 : 300 },
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('writes lists as words, joined inside quotes; null as an empty word; numbers as JSON', () => {
    const params = { list: ['a b', '$c', 3], none: [], nil: null, n: -2, f: 1e-7, t: true };
    assert.equal(
      run(
        `printf '[%s]' \${params.list} x\${params.none} "\${params.list}" \${params.nil} \${params.f} \${params.t} $((1-\${params.n}))`,
        params,
      ),
      '[a b][$c][3][x][a b $c 3][][1e-7][true][3]',
    );
    assert.equal(run(`printf '[%s]' \${inputs.many} "$#"`, {}, { many: ['p q', '-r'] }), '[p q][./-r][0]');
  });

  it('leaves the shell its own: $name, $${name}, \\${name}', () => {
    assert.equal(run(`x=3; echo $x $\${x} \\\${x} $\${x:-4} '$\${x}'`, {}), '3 3 ${x} 3 ${x}\n');
  });

  it('describes a command for people', () => {
    const stage = stageWith(`fit \${inputs.i} "\${params.x}" > \${outputs.o}`, { x: 'two words' });
    const paths = { inputs: { i: ['a', 'b'] }, outputs: { o: 'out.txt' } };
    assert.equal(describeCommand(stage, paths), `fit a b "'two words'" > out.txt`);
  });
});
