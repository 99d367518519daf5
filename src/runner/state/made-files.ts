/** Which files of artifacts/ a stage is known to have made: by the cache's records, this checkout's state and its lock. Changes nothing. */
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { instanceFolder } from '../model/ingredients.ts';
import { type ProjectPath, projectPath } from '../model/project-path.ts';
import type { ActionRecord } from '../store/actions.ts';
import { readTree } from '../store/tree.ts';
import { readLock } from './pipeline-lock.ts';
import type { Workspace } from './workspace.ts';

export class MadeFiles {
  private readonly workspace: Workspace;
  /** Project-relative path of a file → every content it was made with. */
  private readonly files = new Map<string, Set<Digest>>();
  /** Path of an output → every digest it had as a whole, where its files are not on record. */
  private readonly wholes = new Map<ProjectPath, Set<Digest>>();
  /** Every folder output. */
  private readonly folders = new Set<ProjectPath>();
  private readonly isWhole = new Map<ProjectPath, boolean>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Of every record in the cache, of all checkouts that share it; cost: one small file a record. */
  static ofCheckout(workspace: Workspace): MadeFiles {
    const made = new MadeFiles(workspace);
    for (const record of workspace.actions.all()) made.addRecord(record.stage, record);
    const locked = lockedOutputs(workspace);
    for (const [id, last] of Object.entries(workspace.state.stages)) made.addLast(id, last.key, last.outputs);
    for (const stage of workspace.plan.stages)
      if (locked[stage.id] !== undefined) made.addWholes(stage.id, locked[stage.id]!);
    return made;
  }

  /** What an instance made, with the place that its outputs have under this id. */
  addRecord(id: string, record: ActionRecord): void {
    for (const [kind, name, declared] of record.ingredients) {
      const tree = kind === 'output' ? record.outputs[name] : undefined;
      if (tree === undefined) continue;
      const path = `${instanceFolder({ id, stage: stageOf(id) })}${declared}`;
      if (tree.folder) this.folders.add(projectPath(path));
      for (const file of tree.files) add(this.files, file.path === '' ? path : join(path, file.path), file.digest);
    }
  }

  private addLast(id: string, key: Digest, outputs: Readonly<Record<string, Digest>>): void {
    const record = this.workspace.actions.read(key);
    if (record === undefined) this.addWholes(id, outputs);
    else this.addRecord(id, record);
  }

  /** Outputs of a planned stage of which only their digests are known. */
  private addWholes(id: string, outputs: Readonly<Record<string, Digest>>): void {
    const stage = this.workspace.plan.stages.find((planned) => planned.id === id);
    for (const [name, { path, folder }] of Object.entries(stage?.outputs ?? {})) {
      if (!Object.hasOwn(outputs, name)) continue;
      add(this.wholes, projectPath(path), outputs[name]!);
      if (folder) this.folders.add(projectPath(path));
    }
  }

  /** Whether the bytes that lie at a path are what a stage made there. */
  has(path: string, digest: Digest): boolean {
    if (this.files.get(path)?.has(digest) === true) return true;
    return parentsOf(path).some((output) => this.liesWhole(output));
  }

  /** Whether a stage ever made something at this path. */
  knows(path: string): boolean {
    return this.files.has(path) || this.wholes.has(path as ProjectPath);
  }

  /** Outputs that are folders, each of which may hold empty ones. */
  get madeFolders(): readonly ProjectPath[] {
    return [...this.folders];
  }

  private liesWhole(output: ProjectPath): boolean {
    const digests = this.wholes.get(output);
    if (digests === undefined) return false;
    const known = this.isWhole.get(output);
    if (known !== undefined) return known;
    const whole = digests.has(digestAt(this.workspace, output));
    this.isWhole.set(output, whole);
    return whole;
  }
}

function add<K>(map: Map<K, Set<Digest>>, key: K, digest: Digest): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([digest]));
  else known.add(digest);
}

function stageOf(id: string): string {
  return id.split('@')[0]!;
}

/** The path and the folders above it. */
function parentsOf(path: string): ProjectPath[] {
  const parts = path.split('/');
  return parts.map((_, i) => projectPath(parts.slice(0, i + 1).join('/')));
}

function digestAt({ project, stats }: Workspace, path: ProjectPath): Digest {
  try {
    return readTree(join(project.root, path), stats, 'output')?.digest ?? ('' as Digest);
  } catch {
    return '' as Digest;
  }
}

function lockedOutputs({ project }: Workspace): Readonly<Record<string, Readonly<Record<string, Digest>>>> {
  const lock = readLock(project);
  const entries = lock.state === 'whole' ? Object.entries(lock.stages) : [];
  return Object.assign(Object.create(null), Object.fromEntries(entries.map(([id, { outputs }]) => [id, outputs])));
}
