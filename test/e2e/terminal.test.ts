/** The real binary on a real pseudo-terminal: what is on its screen at the end, at four widths, through a resize, and where it is dumb. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Screen } from '../rig/screen.ts';
import { cliPath, TestProject } from '../rig/test-project.ts';

const slow = 'for i in 1 2 3 4 5 6; do echo working on part $i of six; sleep 0.3; done';
const pipeline = `version: 1
stages:
  first: { command: "${slow}; echo 1 > \${outputs.o}", outputs: { o: o.txt } }
  second: { command: "${slow}; cat \${inputs.i} > \${outputs.o}", inputs: { i: artifacts/first/o.txt }, outputs: { o: o.txt } }
`;

interface Ended {
  readonly raw: string;
  readonly lines: readonly string[];
}

/** `resizeTo` columns after a second. The terminal is util-linux's `script`. */
async function runOn(
  project: TestProject,
  columns: number,
  resizeTo?: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const command = `stty cols ${columns} rows 24; tty > tty.txt; exec ${process.execPath} ${cliPath} run`;
  const { CI: _, NO_COLOR: __, ...surroundings } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: project.root,
    env: { ...surroundings, TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const screen = new Screen(columns, 24, false);
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    screen.write(text);
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  if (resizeTo !== undefined) {
    await setTimeout(1500);
    screen.resize(resizeTo, 24);
    execFileSync('stty', ['-F', readFileSync(join(project.root, 'tty.txt'), 'utf8').trim(), 'cols', String(resizeTo)]);
  }
  await closed;
  return { raw, lines: await screen.lines() };
}

describe('on a terminal', () => {
  const projects: TestProject[] = [];
  const make = (): TestProject => {
    const project = new TestProject(pipeline);
    projects.push(project);
    return project;
  };
  before(function () {
    try {
      execFileSync('script', ['--version']);
    } catch {
      this.skip(); // util-linux's script makes the pseudo-terminal
    }
  });
  after(() => {
    for (const project of projects) project.dispose();
  });

  for (const [columns, resizeTo] of [[50], [80], [120, 50], [60, 200]] as const)
    it(`ends with each stage once at ${columns} columns${resizeTo === undefined ? '' : `, made ${resizeTo} while it runs`}`, async () => {
      const { lines } = await runOn(make(), columns, resizeTo);
      const text = lines.join('\n');
      assert.equal(lines.filter((line) => line.startsWith('✓ first ran')).length, 1, text);
      assert.equal(lines.filter((line) => line.startsWith('✓ second ran')).length, 1, text);
      assert.equal(lines.filter((line) => line.includes('stages done')).length, 0, text);
      assert.equal(lines.filter((line) => line.includes('working on')).length, 0, text);
      assert.match(text, /2 ran, 0 cached/);
      assert.ok(lines.length <= 12, text);
    });

  it('writes plain lines without an escape where the terminal is dumb', async () => {
    const { raw } = await runOn(make(), 80, undefined, { TERM: 'dumb' });
    assert.equal(raw.includes('\u001b'), false);
    assert.match(raw, /first \| working on part 1 of six/);
  });

  it('writes no colour where NO_COLOR is set', async () => {
    const { raw } = await runOn(make(), 80, undefined, { NO_COLOR: '1' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(raw, /\u001b\[[0-9;]*m/);
    assert.match(raw, /✓ first ran/);
  });
});
