/** `pipeline provenance`: what the present results were made of, in the forms that others read; or how another run's crate differs. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compareWithCrate, type StageDifference } from '../provenance/against-crate.ts';
import { inTotoStatement } from '../provenance/in-toto.ts';
import { type MadeProject, madeProject } from '../provenance/made-project.ts';
import { provDocument } from '../provenance/prov-json.ts';
import { writeCrate } from '../provenance/write-crate.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

const documents: Readonly<Record<string, (made: MadeProject) => object>> = {
  'in-toto': inTotoStatement,
  prov: provDocument,
};

export async function provenanceCommand(io: CommandIo): Promise<number> {
  const { line } = io;
  const format = line.text('format') ?? 'ro-crate';
  const out = line.text('out');
  if (format !== 'ro-crate' && documents[format] === undefined)
    return refuse(io, [{ message: `--format ${format}: expected ro-crate, in-toto or prov` }]);
  const against = line.text('against');
  if (format === 'ro-crate' && out === undefined && against === undefined)
    return refuse(io, [
      { message: '--out is missing: a crate is a folder', hint: 'pipeline provenance --out my-crate' },
    ]);
  const opened = await openPlan({ ...planFlags(io), toMake: true });
  if (!opened.ok) return refuse(io, opened.error);
  const made = await madeProject(opened.value);
  saveWorkspace(opened.value.workspace);
  if (against !== undefined) return tellDifferences(io, compareWithCrate(made, resolve(io.cwd, against)));
  if (format === 'ro-crate')
    return tellCrate(
      io,
      made,
      await writeCrate(opened.value.workspace, made, resolve(io.cwd, out!), new Date().toISOString()),
      out!,
    );
  const text = `${JSON.stringify(documents[format]!(made), null, line.has('json') ? 0 : 2)}\n`;
  if (out === undefined) io.out(text);
  else writeFileSync(resolve(io.cwd, out), text, { flag: 'wx' });
  return exitCodes.done;
}

function tellCrate(io: CommandIo, { stages }: MadeProject, outputs: number, out: string): number {
  const counts = { stages: stages.length, outputs };
  if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'summary', out, ...counts })}\n`);
  else io.out(`${out}: the provenance of ${counts.stages} stages, ${outputs} outputs beside it\n`);
  return exitCodes.done;
}

/** 3 where anything differs. */
function tellDifferences(io: CommandIo, all: readonly StageDifference[]): number {
  const differing = all.filter(({ state }) => state !== 'same');
  if (io.line.has('json')) {
    for (const one of all) io.out(`${JSON.stringify({ event: 'difference', ...one })}\n`);
    io.out(`${JSON.stringify({ event: 'summary', stages: all.length, different: differing.length })}\n`);
  } else {
    const rows = differing.flatMap(({ stage, state, changes, outputs }) => [
      [stage, state, outputs.length === 0 ? '' : `other bytes: ${outputs.join(', ')}`],
      ...changes.map((change) => ['', '', change]),
    ]);
    if (rows.length > 0) io.out(`${formatTable(rows)}\n\n`);
    io.out(`${differing.length} of ${all.length} stages differ (there → here)\n`);
  }
  return differing.length > 0 ? exitCodes.different : exitCodes.done;
}
