/** Projects to measure: N command stages, each over a file of its own; really run, or brought to the state after a run. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOfJson } from '../src/base/digest.ts';
import { gather } from '../src/runner/key/read-ingredients.ts';
import { loadPlan } from '../src/runner/load/load-plan.ts';
import { lockFileFingerprint } from '../src/runner/state/pipeline-lock.ts';
import { saveWorkspace, Workspace } from '../src/runner/state/workspace.ts';
import { readTree } from '../src/runner/store/tree.ts';
import { settle } from '../src/runner/verdict/judge-stage.ts';

export const cli: string = resolve('dist/src/cli.js');

/** in/0.txt … anew: a kilobyte each, or files of `mebibytes` (holes, which are read like any bytes). */
export function writeSources(dir: string, stages: number, mebibytes = 0): void {
  rmSync(dir, { recursive: true, force: true });
  for (const folder of ['in', 'out']) mkdirSync(join(dir, folder), { recursive: true });
  for (let i = 0; i < stages; i++) {
    writeFileSync(join(dir, 'in', `${i}.txt`), sourceText(i));
    if (mebibytes > 0) truncateSync(join(dir, 'in', `${i}.txt`), mebibytes * 2 ** 20);
  }
}

/** Writes pipeline.yaml and its sources anew; gives the folder. */
export function writeProject(base: string, stages: number, mebibytes = 0): string {
  const dir = join(base, `ours-${stages}-${mebibytes}`);
  writeSources(dir, stages, mebibytes);
  const lines = ['version: 1', 'stages:'];
  for (let i = 0; i < stages; i++) {
    lines.push(
      `  s${i}: { command: "head -c 99 \${inputs.a} > \${outputs.o}", inputs: { a: in/${i}.txt }, outputs: { o: o.txt } }`,
    );
  }
  writeFileSync(join(dir, 'pipeline.yaml'), `${lines.join('\n')}\n`);
  return dir;
}

/** Twenty files of a hundred instances each beside an otherwise equal project of 8 stages; gives the folder. */
export function writeBeside(base: string): string {
  const dir = join(base, 'ours-beside');
  writeSources(dir, 8);
  mkdirSync(join(dir, 'more'));
  const plain = join(writeProject(base, 8), 'pipeline.yaml');
  const text = readFileSync(plain, 'utf8').replace('stages:', 'include: [more/*.yaml]\nparams: { seed: 1 }\nstages:');
  writeFileSync(join(dir, 'pipeline.yaml'), text);
  const seeds = Array.from({ length: 100 }, (_, i) => i).join(', ');
  for (let k = 0; k < 20; k++)
    writeFileSync(
      join(dir, 'more', `e${k}.yaml`),
      `params: { e${k}: { seeds: [${seeds}] } }\nstages:\n  e${k}-s: { command: "echo \${params.seed} > \${outputs.o}", inputs: { a: artifacts/s0/o.txt }, outputs: { o: o.txt }, matrix: { seed: "\${params.e${k}.seeds}" } }\n`,
    );
  return dir;
}

export function sourceText(i: number): string {
  return `file ${i}\n${'x'.repeat(1000)}\n`;
}

/**
 * The state that running all stages would leave, made in this process by the runner's own functions: ten thousand shells would take minutes.
 * The first no-op of the command line afterwards reads and checks all of it.
 */
export async function seed(dir: string): Promise<void> {
  const project = { root: dir, file: 'pipeline.yaml', lock: 'pipeline.lock', cacheDir: join(dir, 'cache') };
  const plan = await loadPlan({ projectDir: dir, profiles: [], sets: [] });
  if (!plan.ok) throw new Error('the project is not valid');
  const workspace = Workspace.open(project, plan.value);
  for (const [i, stage] of plan.value.stages.entries()) {
    const { path } = stage.outputs['o']!;
    mkdirSync(join(dir, 'artifacts', stage.stage), { recursive: true });
    writeFileSync(join(dir, path), sourceText(i));
    const { key } = await gather(workspace, stage);
    settle(workspace, stage, key, { o: readTree(join(dir, path), workspace.stats, 'output')! });
  }
  const ids = plan.value.stages.map((stage) => stage.id);
  const keys = plan.value.stages.map((stage) => [stage.id, workspace.state.stages[stage.id]!.key]);
  workspace.state.locks[project.lock] = [lockFileFingerprint(project), digestOfJson([ids, keys])];
  saveWorkspace(workspace);
}
