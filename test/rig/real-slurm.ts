/** A real Slurm for tests, where one is there or can be started on this machine. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
