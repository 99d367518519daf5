/** `pipeline seal`: keeps what an experiment's plan, parameters, code and sources are before its results; --check says what differs since. */

import { join } from 'node:path';
import { didYouMean } from '../../base/suggest.ts';
import { openPlan } from '../run/open-plan.ts';
import { experimentFile, sealOfFile, sealSentence } from '../run/sealed-experiments.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { writeFileAtomic } from '../store/atomic-file.ts';
import { differencesFrom, readSeal, sealPath } from '../verdict/seal.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function sealCommand(io: CommandIo): Promise<number> {
  const flags = planFlags(io);
  const opened = await openPlan({ ...flags, targets: [] });
  if (!opened.ok) return refuse(io, opened.error);
  const { workspace, plan } = opened.value;
  const name = io.line.operands[0]!;
  const file = experimentFile(workspace, name);
  if (file === undefined) {
    const names = (plan.included?.files ?? []).map(([path]) => path.replace(/^.*\/|\.ya?ml$/g, ''));
    const hint = didYouMean(name, names) ?? `there are: ${names.join(', ') || 'none; see include in docs/pipeline.md'}`;
    return refuse(io, [{ message: `no included file is called '${name}'`, hint }]);
  }
  const path = sealPath(file, flags.profiles);
  const now = await sealOfFile(workspace, file, flags);
  saveWorkspace(workspace);
  if (io.line.has('check')) {
    const seal = readSeal(workspace.project.root, path);
    if (seal === undefined)
      return refuse(io, [
        { message: `${path} does not exist`, hint: `make it before the results: pipeline seal ${name}` },
      ]);
    const differences = differencesFrom(seal, now);
    if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'seal', path, differences })}\n`);
    else io.out(`${sealSentence(path, differences)}\n`);
    return differences.length === 0 ? exitCodes.done : exitCodes.different;
  }
  writeFileAtomic(join(workspace.project.root, path), `${JSON.stringify(now, null, 2)}\n`);
  if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'seal', path, written: true })}\n`);
  else io.out(`wrote ${path}: commit it before the results are made\n`);
  return exitCodes.done;
}
