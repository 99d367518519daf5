/** A Python with TensorBoard and W&B, to read what this project writes; only when CC_SNN_PEERS is set. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment } from '../../src/spinnaker/project/python-environment.ts';

const requirements = ['tensorboard==2.21.0', 'wandb==0.31.0', 'setuptools==80.9.0'];

/** The interpreter; skips the running test with a message where peers were not asked for. Takes a minute the first time. */
export function logPeerPython(context: Mocha.Context): string {
  if (process.env['CC_SNN_PEERS'] === undefined) {
    context.test!.title += ` (skipped: set CC_SNN_PEERS=1 to make a Python environment with ${requirements.join(', ')})`;
    context.skip();
  }
  const cache = join(homedir(), '.cache/cc-snn/venvs');
  const environment = pythonEnvironment(requirements, cache, `${process.pid}`);
  if (existsSync(environment.python)) return environment.python;
  mkdirSync(cache, { recursive: true });
  for (const [program, ...args] of environment.commands) execFileSync(program!, args, { stdio: 'ignore' });
  if (existsSync(environment.folder)) rmSync(environment.staging, { recursive: true });
  else renameSync(environment.staging, environment.folder);
  return environment.python;
}
