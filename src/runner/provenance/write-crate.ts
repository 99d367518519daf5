/** An RO-Crate in a new folder: metadata, the pipeline file, records, and the outputs that were asked for. Overwrites nothing. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { userError } from '../../base/located-error.ts';
import { lockFilePath } from '../model/project.ts';
import type { Workspace } from '../state/workspace.ts';
import { hashFile } from '../store/hash-file.ts';
import type { MadeProject, Thing } from './made-project.ts';
import { crateMetadata, recordPath } from './ro-crate.ts';

/** Throws a UserError where something is there already. */
export async function writeCrate(
  workspace: Workspace,
  made: MadeProject,
  folder: string,
  published: string,
): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw userError(`${folder}: there is something already`, 'name a new folder after --out');
  const { root, file, lock } = workspace.project;
  const included = new Set<string>();
  for (const { asked, here, outputs } of made.stages)
    for (const output of asked && here ? outputs : []) {
      for (const one of output.files) await bring(workspace, one, join(folder, one.path));
      if (output.folder) mkdirSync(join(folder, output.path), { recursive: true });
      included.add(output.path);
    }
  mkdirSync(join(folder, 'records'), { recursive: true });
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  copyFileSync(join(root, file), join(folder, file));
  const locked = existsSync(lockFilePath(workspace.project));
  if (locked) copyFileSync(lockFilePath(workspace.project), join(folder, lock));
  for (const { record } of made.stages) writeJson(join(folder, recordPath(record.key)), record);
  const metadata = crateMetadata(made, { included, published, lock: locked ? lock : undefined });
  writeJson(join(folder, 'ro-crate-metadata.json'), metadata);
  return included.size;
}

/** From the cache, or from artifacts/ where it still is what was made. */
async function bring(
  { objects, project }: Workspace,
  { path, digest, size = 0 }: Thing['files'][number],
  target: string,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  if (objects.has(digest, size) && (await objects.take(digest, target, false))) return;
  await copyFile(join(project.root, path), target);
  if ((await hashFile(target, size)) !== digest)
    throw userError(`${path} is not what its stage made`, 'pipeline run brings it back');
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
