/** What lies in the place of an output and no stage made: moved to artifacts/.kept before the output takes its place. Deletes nothing. */
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { artifactsDir, keptDir } from '../model/project.ts';
import { newRunId } from '../model/run-id.ts';
import { MadeFiles } from '../state/made-files.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { makeFolder } from '../store/atomic-file.ts';
import { lstatIfPresent } from '../store/folders.ts';
import type { RunContext } from './run-context.ts';

export class Aside {
  private readonly workspace: Workspace;
  private readonly folder: string;
  private readonly quick: MadeFiles;
  private all: MadeFiles | undefined;
  private readonly kept: string[] = [];

  /** `id` is the instance whose outputs are to be replaced. */
  constructor(workspace: Workspace, id: string) {
    this.workspace = workspace;
    this.folder = join(keptDir(workspace.project), newRunId(new Date()));
    this.quick = new MadeFiles(workspace);
    const last = Object.hasOwn(workspace.state.stages, id) ? workspace.state.stages[id] : undefined;
    const record: ActionRecord | undefined = last === undefined ? undefined : workspace.actions.read(last.key);
    if (record !== undefined) this.quick.addRecord(id, record);
  }

  /** Leaves at an absolute path, and in the way to it, nothing but what stages made and folders. */
  clear(path: string): void {
    const top = artifactsDir(this.workspace.project);
    for (let above = dirname(path); above.length > top.length; above = dirname(above)) {
      const there = lstatIfPresent(above);
      if (there !== undefined && !there.isDirectory() && !leadsToFolder(above)) this.look(above, there.isFile());
    }
    const there = lstatIfPresent(path);
    if (there === undefined) return;
    if (there.isDirectory()) this.lookBelow(path);
    else this.look(path, there.isFile());
  }

  /** Tells what was moved, and where it is now. */
  tell({ emit }: Pick<RunContext, 'emit'>, stage: string): void {
    if (this.kept.length === 0) return;
    const shown = this.kept.slice(0, 3).join(', ');
    const names = this.kept.length > 3 ? `${shown} and ${this.kept.length - 3} more` : shown;
    const where = relative(this.workspace.project.root, this.folder);
    const one = this.kept.length === 1;
    const text = `${names} ${one ? 'was' : 'were'} changed or put there by hand; ${one ? 'it is' : 'they are'} kept in ${where}/`;
    emit({ event: 'warning', stage, text });
  }

  private lookBelow(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) this.lookBelow(path);
      else this.look(path, entry.isFile());
    }
  }

  private look(path: string, plain: boolean): void {
    const { project, stats } = this.workspace;
    const name = relative(project.root, path);
    if (plain) {
      const { digest } = stats.state(path);
      if (this.quick.has(name, digest)) return;
      this.all ??= MadeFiles.ofCheckout(this.workspace);
      if (this.all.has(name, digest)) return;
    }
    const target = join(this.folder, relative(artifactsDir(project), path));
    makeFolder(dirname(target));
    move(path, target);
    stats.forget(path);
    this.kept.push(name);
  }
}

/** Whether a link stands for a folder: a person may keep artifacts on a larger disk. */
function leadsToFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    rmSync(from);
  }
}
