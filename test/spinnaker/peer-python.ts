/** Python interpreters for comparisons with other programs: made once, pinned, under ~/.cache/cc-snn/venvs; only when CC_SNN_PEERS is set. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pinnedRequirements, pythonEnvironment } from '../../src/spinnaker/project/python-environment.ts';

/** Path of an interpreter that has the pinned packages, or undefined where peers were not asked for. Takes minutes the first time. */
export function peerPython(target: keyof typeof pinnedRequirements): string | undefined {
  return pythonWith(pinnedRequirements[target]);
}

/** The same for any list of pinned packages. */
export function pythonWith(requirements: readonly string[]): string | undefined {
  if (process.env['CC_SNN_PEERS'] === undefined) return undefined;
  const cache = join(homedir(), '.cache/cc-snn/venvs');
  const environment = pythonEnvironment(requirements, cache, `${process.pid}`);
  if (existsSync(environment.python)) return environment.python;
  mkdirSync(cache, { recursive: true });
  for (const [program, ...args] of environment.commands)
    execFileSync(program!, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (existsSync(environment.folder)) rmSync(environment.staging, { recursive: true });
  else renameSync(environment.staging, environment.folder);
  return environment.python;
}

/** Skips the running test with a message where peers were not asked for. */
export function needPeer(context: Mocha.Context, target: keyof typeof pinnedRequirements): string {
  const python = peerPython(target);
  if (python === undefined) {
    context.test!.title += ` (skipped: set CC_SNN_PEERS=1 to make a Python environment with ${pinnedRequirements[target].join(', ')})`;
    context.skip();
  }
  return python!;
}
