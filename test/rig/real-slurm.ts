/** A real Slurm for tests, where one is there or can be started on this machine. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Why there is none; undefined where SLURM_CONF names one that answers now. */
export function realSlurm(): string | undefined {
  if (process.env['CC_SNN_PEERS'] === undefined) return 'CC_SNN_PEERS is not set';
  const folder = join(tmpdir(), 'slurm-test-cluster');
  if (process.env['SLURM_CONF'] === undefined) {
    const { status, stderr } = spawnSync('bash', ['scripts/slurm-test-cluster.sh', 'start', folder], {
      encoding: 'utf8',
    });
    if (status !== 0) return stderr.trim();
    process.env['SLURM_CONF'] = join(folder, 'slurm.conf');
    process.on('exit', () => spawnSync('bash', ['scripts/slurm-test-cluster.sh', 'stop', folder]));
  }
  return spawnSync('bash', ['-c', 'squeue -h']).status === 0 ? undefined : 'Slurm does not answer: squeue failed';
}

/** As a node that loses its power looks from outside. */
export function killNode(name: string): void {
  process.kill(Number(readFileSync(join(folderOfCluster(), `slurmd-${name}.pid`), 'utf8')), 'SIGKILL');
}

/** A job of more importance that wants all of the node for a moment. */
export function pushAside(node: string): void {
  const flags = ['--partition=urgent', `--nodelist=${node}`, '--cpus-per-task=2', '--mem=1000', '--output=/dev/null'];
  const { status, stderr } = spawnSync('bash', ['-c', 'sbatch "$@"', 'bash', ...flags, '--wrap=sleep 3'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

export function restartNodes(): void {
  if (process.env['SLURM_CONF'] !== undefined)
    spawnSync('bash', ['scripts/slurm-test-cluster.sh', 'start', folderOfCluster()]);
}

function folderOfCluster(): string {
  return dirname(process.env['SLURM_CONF'] ?? '');
}
