/** A throw-away project folder for tests of loading. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatDiagnostic } from '../../../src/base/located-error.ts';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import type { Plan, PlannedStage } from '../../../src/runner/model/plan.ts';

/** Runs `body` in a new project made of these files (path → text) and removes it. */
export async function withProject<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'pipeline-load-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    return await body(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export interface LoadExtras {
  readonly profiles?: readonly string[];
  readonly sets?: readonly string[];
}

/** The plan of a pipeline.yaml text, or the printed text of all its errors. */
export async function load(yaml: string | Uint8Array, extras: LoadExtras = {}): Promise<Plan | string> {
  return withProject({ 'pipeline.yaml': yaml }, async (projectDir) => {
    const { profiles = [], sets = [] } = extras;
    const plan = await loadPlan({ projectDir, profiles, sets, cacheDir: null });
    return plan.ok ? plan.value : plan.error.map(formatDiagnostic).join('\n');
  });
}

/** The plan of a text that must be valid. */
export async function mustLoad(yaml: string, extras: LoadExtras = {}): Promise<Plan> {
  const plan = await load(yaml, extras);
  if (typeof plan === 'string') throw new Error(`not valid:\n${plan}`);
  return plan;
}

/** One stage by its id. */
export function stageOf(plan: Plan, id: string): PlannedStage {
  const stage = plan.stages.find((candidate) => candidate.id === id);
  if (stage === undefined) throw new Error(`no stage ${id} among ${plan.stages.map((s) => s.id).join(' ')}`);
  return stage;
}
