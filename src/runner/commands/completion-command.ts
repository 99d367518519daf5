/** `pipeline completion SHELL`: the script that a shell loads; `pipeline completion words -- …`: what that script asks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../../base/suggest.ts';
import { locatePlan } from '../load/build-plan.ts';
import { loadPlan, planSource } from '../load/load-plan.ts';
import { dottedKeys } from '../load/params.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { readRunRecords } from '../run/run-record.ts';
import { type CommandIo, exitCodes, refuse } from './command-io.ts';
import { completionScripts, type Shell, shells } from './completion-scripts.ts';
import { completionWords, type ProjectNames } from './completion-words.ts';

export async function completionCommand(io: CommandIo): Promise<number> {
  const [shell, ...words] = io.line.operands;
  if (shell === 'words') {
    for (const word of await completionWords(words, namesOf(io.project))) io.out(`${word}\n`);
    return exitCodes.done;
  }
  if (!isShell(shell) || words.length > 0) {
    const hint = didYouMean(shell!, shells) ?? `the shells are: ${shells.join(', ')}`;
    return refuse(io, [{ message: `completion: expected a shell, got '${[shell, ...words].join(' ')}'`, hint }]);
  }
  io.out(completionScripts[shell]);
  return exitCodes.done;
}

function isShell(text: string | undefined): text is Shell {
  return (shells as readonly (string | undefined)[]).includes(text);
}

/** From the pipeline file and the run records; nothing where they cannot be read. */
function namesOf(project: Project): ProjectNames {
  const fromPlan = async (names: (plan: Plan) => readonly string[]): Promise<readonly string[]> => {
    const { root, file, cacheDir } = project;
    const plan = await loadPlan({ projectDir: root, file, profiles: [], sets: [], cacheDir });
    return plan.ok ? names(plan.value) : [];
  };
  const stages = (plan: Plan): readonly string[] => plan.stages.flatMap(({ stage, id }) => [stage, id]);
  return {
    stages: () => fromPlan(stages),
    targets: () => fromPlan((plan) => [...stages(plan), ...Object.keys(plan.targets)]),
    params: () => fromPlan((plan) => dottedKeys(plan.params)),
    profiles: async () => Object.keys(profilesIn(project)),
    runs: async () => ['last', ...readRunRecords(project).map(({ run }) => run)],
  };
}

function profilesIn({ root, file }: Project): object {
  try {
    const options = { projectDir: root, file, profiles: [], sets: [] };
    const located = locatePlan(planSource(options, readFileSync(join(root, file), 'utf8')));
    return located?.raw.profiles ?? {};
  } catch {
    return {};
  }
}
