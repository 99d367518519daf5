/** The files and packages that a stage module reaches; walked again only when one of the files looked at changed. Runs no stage. */
import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { UserError } from '../../base/located-error.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { Workspace } from '../state/workspace.ts';
import { isMissing } from '../store/atomic-file.ts';

/** Throws a UserError where the module cannot run as it is: missing, not compiled, compiled from something else. */
export async function closureOf(workspace: Workspace, module: string): Promise<CodeClosure> {
  const known = workspace.closures.get(module);
  if (known !== undefined) return known;
  const kept = workspace.state.closures[module];
  const closure = kept !== undefined && isCurrent(workspace, kept) ? kept : await walkClosure(workspace, module);
  workspace.closures.set(module, closure);
  return closure;
}

function isCurrent(workspace: Workspace, known: CodeClosure): boolean {
  const same = (path: string, digest: Digest): boolean => digestAt(workspace, path) === digest;
  return (
    known.files.every(({ file, digest }) => same(file, digest)) &&
    known.watched.every(({ path, digest }) => same(path, digest)) &&
    Object.entries(known.links ?? {}).every(([path, folder]) => leadsTo(workspace, path, folder))
  );
}

function leadsTo(workspace: Workspace, path: string, folder: string): boolean {
  const { root } = workspace.project;
  try {
    return realpathSync(join(root, path)) === join(root, folder);
  } catch {
    return false;
  }
}

/** The digest of a project-relative path, '' where there is no file; each looked at once a run. */
function digestAt(workspace: Workspace, path: string): Digest | '' {
  const known = workspace.codeDigests.get(path);
  if (known !== undefined) return known;
  let digest: Digest | '' = '';
  try {
    digest = workspace.stats.state(join(workspace.project.root, path)).digest;
  } catch (error) {
    if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
  }
  workspace.codeDigests.set(path, digest);
  return digest;
}

async function walkClosure(workspace: Workspace, module: string): Promise<CodeClosure> {
  const { root } = workspace.project;
  const [{ codeClosure }, { openCodeSources }] = await Promise.all([
    import('../code/code-closure.ts'),
    import('../code/code-sources.ts'),
  ]);
  const look = (path: string): Digest | undefined => digestAt(workspace, relative(root, path)) || undefined;
  const found = await codeClosure(root, module, openCodeSources(root, look));
  if (!found.ok) throw new UserError(found.error);
  workspace.state.closures[module] = found.value;
  workspace.stateChanged = true;
  return found.value;
}
