/** The `--version` line of a program that a stage declares under `tools`; asked again only when the program's file changed. */
import { spawnSync } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { userError } from '../../base/located-error.ts';
import type { Workspace } from '../state/workspace.ts';
import { statIfPresent } from '../store/folders.ts';
import { fingerprintOf } from '../store/stat-cache.ts';

export function toolVersions(workspace: Workspace, tools: readonly string[]): Record<string, string> {
  return Object.fromEntries(tools.map((tool) => [tool, versionOf(workspace, tool)]));
}

function versionOf(workspace: Workspace, tool: string): string {
  const path = findProgram(tool);
  if (path === undefined) throw userError(`the program '${tool}', declared under tools, is not on the PATH`);
  const fingerprint = `${path} ${fingerprintOf(statSync(path, { bigint: true }))}`;
  const known = workspace.state.tools[tool];
  if (known?.[0] === fingerprint) return known[1];
  const { stdout, stderr } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').find((text) => text.trim() !== '');
  if (line === undefined) throw userError(`'${tool} --version' says nothing`);
  workspace.state.tools[tool] = [fingerprint, line.trim()];
  workspace.stateChanged = true;
  return line.trim();
}

/** The real path of a program on the PATH. */
export function findProgram(name: string): string | undefined {
  const folders = name.includes('/') ? [''] : (process.env['PATH'] ?? '').split(':');
  for (const folder of folders) {
    const path = folder === '' ? name : join(folder, name);
    const stat = statIfPresent(path);
    if (stat?.isFile() === true && (stat.mode & 0o111) !== 0) return realpathSync(path);
  }
  return undefined;
}
