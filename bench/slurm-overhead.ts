/**
 * What a run through Slurm costs its own machine, by processor time: N short stages (or instances), every job simulated on the spot, so that
 * nothing but the run, sbatch and squeue is counted. `node dist/bench/slurm-overhead.js [N] [instances|stages]` prints one line of JSON.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 1000);
const instances = process.argv[3] !== 'stages';
const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'slurm-overhead-'));

/** Plays the nodes: every task of a submission writes its output and its exit file, as node-job.ts would. */
const nodes = `
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
const [jobs, id] = process.argv.slice(2);
const { tasks } = JSON.parse(readFileSync(join(jobs, '.submitted', id + '.json'), 'utf8'));
for (const turn of tasks.flat()) {
  const [key, name] = turn.split('/');
  const base = join(jobs, key.slice(0, 32), name);
  const { job, cacheDir } = JSON.parse(readFileSync(join(base, 'spec.json'), 'utf8'));
  const bytes = key + '\\n';
  const digest = createHash('sha256').update(bytes).digest('hex');
  const outputs = {};
  for (const [port, { path }] of Object.entries(job.stage.outputs)) {
    writeFileSync(join(job.view, path), bytes);
    outputs[port] = { folder: false, digest, files: [{ path: '', digest, size: bytes.length, executable: false }] };
  }
  const object = join(cacheDir, 'objects', digest.slice(0, 2), digest);
  mkdirSync(dirname(object), { recursive: true });
  writeFileSync(object, bytes);
  writeFileSync(join(base, 'exit.tmp'), JSON.stringify({ end: { ok: true, headlines: [], outputs }, node: 'n1', seconds: 0.01 }));
  renameSync(join(base, 'exit.tmp'), join(base, 'exit.json'));
  for (const what of ['began', 'ended']) writeFileSync(join(jobs, '.marks', key.slice(0, 32) + '.' + name + '.' + what), '');
}
`;

const bin = join(root, 'bin');
mkdirSync(bin);
writeFileSync(join(root, 'nodes.mjs'), nodes);
const programs = {
  sbatch: `cat > /dev/null; echo >> ${root}/submitted; for w in "$@"; do case $w in --job-name=*) id=\${w#*=pipeline-} ;; esac; done
setsid node ${root}/nodes.mjs ${root}/artifacts/.jobs $id > ${root}/trouble 2>&1 < /dev/null &
echo 1`,
  squeue: `echo >> ${root}/asked`,
  scancel: 'exit 0',
};
for (const [name, text] of Object.entries(programs)) {
  writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}
writeFileSync(join(root, 'package.json'), '{"type":"module"}');
const body = "command: 'echo ${params.n} > ${outputs.o}', params: [n], outputs: { o: o.txt }";
const stages = instances
  ? `  s: { ${body}, matrix: { n: [${Array.from({ length: count }, (_, i) => i).join(', ')}] } }`
  : Array.from({ length: count }, (_, i) => `  s${i}: { ${body.replace('echo', `echo ${i}`)} }`).join('\n');
writeFileSync(
  join(root, 'pipeline.yaml'),
  `version: 1\nparams: { n: 0 }\nslurm: { jobs: ${Math.min(2000, Math.max(500, count))} }\nstages:\n${stages}\n`,
);

/** Seconds of processor time of a run with all that it waited for, and the seconds that it took. */
function cost(...args: readonly string[]): { readonly cpuSeconds: number; readonly wallSeconds: number } {
  const started = performance.now();
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, CI: '1' };
  const script = '"$@" > out 2>&1; code=$?; times > times; tail -1 times; exit $code';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, cli, 'run', ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`status ${status}: see ${root}/out`);
  const seconds = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
  return { cpuSeconds: Math.round(seconds * 1000) / 1000, wallSeconds: Math.round(performance.now() - started) / 1000 };
}

const all = cost('--executor', 'slurm');
const noOp = cost('--executor', 'slurm');
const lines = (name: string): number =>
  Number(spawnSync('bash', ['-c', `cat ${root}/${name} 2>/dev/null | wc -l`], { encoding: 'utf8' }).stdout);
console.log(
  JSON.stringify({
    count,
    kind: instances ? 'instances' : 'stages',
    all,
    noOp,
    msOfCpuEach: Math.round((all.cpuSeconds / count) * 1e5) / 100,
    sbatch: lines('submitted'),
    squeue: lines('asked'),
  }),
);
rmSync(root, { recursive: true, force: true });
