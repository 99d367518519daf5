/**
 * Reads every artifact and every cache object in full and holds each against what it should be, and each stage against its sources.
 * Trusts no stat record. Changes nothing.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { artifactsDir } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import { type LockedStages, type LockReading, lockTrouble, readLock } from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { isMissing, isRefused } from '../store/atomic-file.ts';
import { hashFile } from '../store/hash-file.ts';
import { readSealed } from '../store/sealed-json.ts';
import { readTree } from '../store/tree.ts';
import { judgeStage, settle, type Verdict } from '../verdict/judge-stage.ts';

export type AuditState =
  | 'ok'
  /** its bytes are not what was made */
  | 'tampered'
  | 'missing'
  /** nothing declares or names it */
  | 'orphaned'
  /** as it was made, but not from the present sources, code and parameters */
  | 'stale';

export interface AuditRow {
  readonly what: 'artifact' | 'object' | 'action' | 'lock';
  /** Project-relative, or the digest. */
  readonly name: string;
  readonly state: AuditState;
  readonly detail: string;
  /** Of an artifact: the source files that it was made from, through all stages. */
  readonly sources?: readonly string[];
}

export async function auditArtifacts(
  workspace: Workspace,
  plan: Plan,
  stages: readonly PlannedStage[],
  ofDefaults: boolean,
): Promise<readonly AuditRow[]> {
  const fresh = workspace.lookingOnly();
  const sources = new Map<string, readonly string[]>();
  const rows: AuditRow[] = [];
  const unsettled = new Map<string, string>();
  // a lock is of the parameters of pipeline.yaml, or of a profile
  const lock = ofDefaults ? readLock(workspace.project) : undefined;
  for (const stage of stages) {
    const verdict = await judgeStage(fresh, stage);
    sources.set(stage.id, sourcesOf(stage, verdict, sources));
    if (verdict.kind === 'fresh') settle(fresh, stage, verdict.gathered.key, verdict.outputs);
    const cause = stage.needs.find((need) => unsettled.has(need));
    const reason = cause !== undefined ? `needs ${cause}, which is ${unsettled.get(cause)}` : staleness(verdict, stage);
    const own = artifactRows(fresh, stage, reason, sources.get(stage.id)!);
    if (own.some((row) => row.state !== 'ok')) unsettled.set(stage.id, own.find((row) => row.state !== 'ok')!.state);
    rows.push(...own, ...(lock?.state === 'whole' ? lockRows(fresh, stage, verdict, lock.stages) : []));
  }
  return [...rows, ...orphans(workspace, plan), ...(lock === undefined ? [] : lockTroubles(workspace, plan, lock))];
}

function sourcesOf(
  stage: PlannedStage,
  verdict: Verdict,
  before: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const own =
    verdict.kind === 'blocked'
      ? []
      : Object.entries(verdict.gathered.inputs).flatMap(([name, input]) =>
          stage.inputs[name]!.kind === 'source' ? input.files.map((file) => file.path) : [],
        );
  const named = verdict.kind === 'blocked' ? [] : verdict.gathered.sources;
  const there = named.filter(({ digest }) => digest !== 'absent').map(({ name }) => name);
  return [...new Set([...own, ...there, ...stage.needs.flatMap((need) => before.get(need) ?? [])])].sort();
}

/** Why a stage's result is not that of the present sources, or undefined. */
function staleness(verdict: Verdict, stage: PlannedStage): string | undefined {
  if (verdict.kind === 'blocked') return verdict.problems.map((problem) => problem.message).join('; ');
  if (verdict.kind === 'fresh' || !stage.cache) return undefined;
  return verdict.reasons.join('; ');
}

/** Against what the stage last made here, or what the committed lock says. */
function artifactRows(
  workspace: Workspace,
  stage: PlannedStage,
  stale: string | undefined,
  sources: readonly string[],
): AuditRow[] {
  const wanted = workspace.state.stages[stage.id]?.outputs ?? lockedOutputs(workspace, stage.id);
  return Object.entries(stage.outputs).map(([name, { path }]): AuditRow => {
    const plain = projectPath(path);
    const row = { what: 'artifact' as const, name: plain, sources };
    const found = digestAt(workspace, plain);
    if (found === undefined) return { ...row, state: 'missing', detail: `stage ${stage.id} makes it` };
    if (wanted === undefined)
      return { ...row, state: 'orphaned', detail: `it is not known that stage ${stage.id} made it` };
    if (found !== wanted[name])
      return {
        ...row,
        state: 'tampered',
        detail: `${wanted[name]?.slice(0, 12)} was made, ${found.slice(0, 12)} is there`,
      };
    return stale === undefined ? { ...row, state: 'ok', detail: '' } : { ...row, state: 'stale', detail: stale };
  });
}

function lockedOutputs({ project }: Workspace, id: string): Readonly<Record<string, Digest>> | undefined {
  const lock = readLock(project);
  return lock.state === 'whole' ? lock.stages[id]?.outputs : undefined;
}

/** Where the lock says another thing of a stage than what is there and up to date. */
function lockRows(workspace: Workspace, stage: PlannedStage, verdict: Verdict, locked: LockedStages): AuditRow[] {
  const entry = locked[stage.id];
  if (verdict.kind !== 'fresh' || entry === undefined) return [];
  const row = { what: 'lock' as const, name: stage.id };
  const file = workspace.project.lock;
  if (entry.key !== verdict.gathered.key)
    return [{ ...row, state: 'stale', detail: `${file} is of other code, parameters or inputs` }];
  return Object.entries(verdict.outputs)
    .filter(([name, { digest }]) => entry.outputs[name] !== digest)
    .map(([name, { digest }]) => {
      const detail = `${file} says ${entry.outputs[name]?.slice(0, 12) ?? 'nothing'} of ${name}, ${digest.slice(0, 12)} is there`;
      return { ...row, state: 'tampered' as const, detail };
    });
}

function lockTroubles({ project }: Workspace, plan: Plan, lock: LockReading): AuditRow[] {
  if (lock.state === 'missing') return [];
  if (lock.state !== 'whole')
    return [{ what: 'lock', name: project.lock, state: 'tampered', detail: lockTrouble(lock.state) }];
  const ids = new Set(plan.stages.map((stage) => stage.id));
  const gone = Object.keys(lock.stages).filter((id) => !ids.has(id));
  const detail = `is in ${project.lock} and not in ${project.file}`;
  return gone.map((name) => ({ what: 'lock', name, state: 'orphaned', detail }));
}

function digestAt(workspace: Workspace, path: string): Digest | undefined {
  try {
    return readTree(join(workspace.project.root, path), workspace.stats, 'output')?.digest;
  } catch {
    return '' as Digest;
  }
}

/** Files in artifacts/ that no stage of the plan declares. */
function orphans(workspace: Workspace, plan: Plan): AuditRow[] {
  const declared = plan.stages.flatMap((stage) => Object.values(stage.outputs).map((output) => output.path));
  const files = listAll(artifactsDir(workspace.project), 'artifacts').filter(
    (path) => !/^artifacts\/\.(?:staging|kept|live)\//.test(path),
  );
  const strays = files.filter(
    (path) => !declared.some((output) => path === output || (output.endsWith('/') && path.startsWith(output))),
  );
  return strays.map((name) => ({ what: 'artifact', name, state: 'orphaned', detail: 'no stage declares it' }));
}

function listAll(folder: string, name: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = `${name}/${entry.name}`;
      return entry.isDirectory() ? listAll(join(folder, entry.name), path) : [path];
    });
  } catch (error) {
    if (isMissing(error) || isRefused(error)) return [];
    throw error;
  }
}

/** Every object and every action record of the cache. */
export async function auditCache(workspace: Workspace): Promise<readonly AuditRow[]> {
  const { actions, objects } = workspace;
  const rows: AuditRow[] = [];
  const named = new Set<string>();
  for (const path of listAll(actions.folder, actions.folder).filter((file) => file.endsWith('.json'))) {
    const key = basename(path, '.json');
    const found = readSealed<ActionRecord>(path);
    const whole = found.state === 'whole' && found.value.key === key;
    if (found.state === 'missing') rows.push({ what: 'action', name: key, state: 'missing', detail: unreadable });
    else if (!whole) rows.push({ what: 'action', name: key, state: 'tampered', detail: 'its checksum does not hold' });
    else {
      const files = Object.values(found.value.outputs).flatMap((tree) => tree.files);
      for (const file of files) named.add(file.digest);
      const kept = found.value.kept !== false && found.value.remote !== true;
      const absent = kept ? files.find((file) => !objects.has(file.digest, file.size)) : undefined;
      if (absent !== undefined)
        rows.push({
          what: 'action',
          name: key,
          state: 'missing',
          detail: `its object ${absent.digest.slice(0, 12)} is gone or cut short (stage ${found.value.stage})`,
        });
      else rows.push({ what: 'action', name: key, state: 'ok', detail: found.value.stage });
    }
  }
  for (const path of listAll(objects.folder, objects.folder).filter((file) => !file.endsWith('.tmp')))
    rows.push(await objectRow(path, named));
  return rows;
}

async function objectRow(path: string, named: ReadonlySet<string>): Promise<AuditRow> {
  const name = basename(path);
  const digest = await hashIfAllowed(path);
  if (digest === undefined) return { what: 'object', name, state: 'missing', detail: unreadable };
  if (digest !== name)
    return { what: 'object', name, state: 'tampered', detail: `its bytes are ${digest.slice(0, 12)}` };
  if (!named.has(name))
    return { what: 'object', name, state: 'orphaned', detail: 'no record names it; pipeline gc takes it away' };
  return { what: 'object', name, state: 'ok', detail: '' };
}

const unreadable = 'it may not be read: it is of another user';

async function hashIfAllowed(path: string): Promise<Digest | undefined> {
  try {
    return await hashFile(path, statSync(path).size);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}
