/** `pipeline gc`: takes away what the keep rules do not keep; `--dry-run` says how many bytes. */

import { findGarbage, removeGarbage } from '../inspect/garbage.ts';
import { formatBytes } from '../model/words.ts';
import { formatLeft } from '../views/left-behind.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, refuse } from './command-io.ts';

export async function gcCommand(io: CommandIo): Promise<number> {
  const { line } = io;
  const numbers = { runs: line.text('keep-runs') ?? '10', days: line.text('keep-days') ?? '14' };
  for (const [name, text] of Object.entries(numbers))
    if (!/^\d+(\.\d+)?$/.test(text))
      return refuse(io, [{ message: `--keep-${name}: expected a number, got '${text}'` }]);
  const { garbage, foreign } = findGarbage(io.project, {
    runs: Number(numbers.runs),
    days: Number(numbers.days),
    now: Date.now(),
  });
  const dry = line.has('dry-run');
  if (!dry) removeGarbage(garbage);
  const bytes = garbage.reduce((sum, item) => sum + item.bytes, 0);
  if (line.has('json')) {
    for (const item of garbage) io.out(`${JSON.stringify({ event: 'garbage', ...item })}\n`);
    for (const path of foreign) io.out(`${JSON.stringify({ event: 'left', path, why: notOurs })}\n`);
    io.out(`${JSON.stringify({ event: 'summary', items: garbage.length, bytes, dryRun: dry })}\n`);
    return exitCodes.done;
  }
  const kinds = [...new Set(garbage.map((item) => item.kind))];
  const rows = kinds.map((kind) => {
    const own = garbage.filter((item) => item.kind === kind);
    return [`  ${kind}`, String(own.length), formatBytes(own.reduce((sum, item) => sum + item.bytes, 0))];
  });
  const left = formatLeft(foreign.map((path) => ({ path, why: notOurs })));
  const done = `${dry ? 'would free' : 'freed'} ${formatBytes(bytes)} in ${garbage.length} items`;
  io.out(`${[rows.length > 0 ? formatTable(rows) : '', left, done].filter((text) => text !== '').join('\n')}\n`);
  return exitCodes.done;
}

const notOurs = 'not made by the runner';
