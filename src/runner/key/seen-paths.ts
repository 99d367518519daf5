/** Where a stage sees its inputs and outputs: what a program makes of a path (its suffix, its name in a list) is part of the key. Reads no files. */
import { basename, posix } from 'node:path';
import { digestOf } from '../../base/digest.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { InputState } from './read-inputs.ts';

/** As a command is given a project-relative path: from the folder that it runs in. */
export function pathFrom(workdir: string | undefined, path: string): string {
  return workdir === undefined ? path : posix.relative(workdir, path);
}

/**
 * A command sees paths of the project, the same with a sandbox and without. A module is given absolute ones, of which only the last part
 * is not the machine's, and where each of a matrix stands on its axes; its outputs' names are ingredients already.
 */
export function seenPaths(stage: PlannedStage, inputs: Readonly<Record<string, InputState>>): Record<string, string> {
  const seen: Record<string, string> = {};
  const isCommand = stage.work.kind === 'command';
  for (const [name, { paths, seen: known }] of Object.entries(inputs)) {
    const shown = paths.map((path) => (isCommand ? pathFrom(stage.workdir, path) : basename(path)));
    const input = stage.inputs[name]!;
    const axes = !isCommand && input.kind === 'artifact' ? input.axes : undefined;
    const list = axes === undefined ? shown : [shown, axes];
    seen[`inputs.${name}`] = known ?? (input.list ? digestOf(JSON.stringify(list)) : shown[0]!);
  }
  if (isCommand)
    for (const [name, { path }] of Object.entries(stage.outputs))
      seen[`outputs.${name}`] = pathFrom(stage.workdir, path.replace(/\/$/, ''));
  return seen;
}
