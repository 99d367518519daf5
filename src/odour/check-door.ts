/** Whether DoOR's tables are what they seem, before a task is made from them. Changes nothing. */
import type { DoorTables } from './door/door-tables.ts';
import type { OdourTaskRules } from './odour-task-rules.ts';

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length})` : ''}`;
}

/** Letters and digits alone, without case: what is left of a name that was spelt in another way. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Columns that the mapping does not know: their cells would silently lose their input. */
function unmapped(door: DoorTables): string[] {
  const known = new Set(door.mappings.map(({ unit }) => unit));
  const columns = door.units.filter((unit) => !known.has(unit));
  if (columns.length === 0) return [];
  const near = columns.flatMap((column) =>
    door.mappings.filter(
      ({ unit }) => unit.length > 2 && !door.units.includes(unit) && plain(column).includes(plain(unit)),
    ),
  );
  const missed = [...new Set(near.map(({ unit }) => unit))];
  const hint = missed.length === 0 ? '' : `; without a column are ${listed(missed)}: were they renamed?`;
  return [`response.matrix: DoOR.mappings does not know the units ${listed(columns)}${hint}`];
}

function oddValues({ response, sfr }: DoorTables, rules: OdourTaskRules): string[] {
  let [measured, zeros, most] = [0, 0, 0];
  for (const x of response) {
    if (Number.isNaN(x)) continue;
    measured += 1;
    if (x === 0) zeros += 1;
    most = Math.max(most, x);
  }
  const problems: string[] = [];
  if (measured === response.length && 2 * zeros > measured)
    problems.push(
      `response.matrix: ${zeros} of ${measured} responses are 0 and none is missing: were missing ones (NA) written as 0?`,
    );
  if (rules.rateHz.baseline + rules.rateHz.gain * most > 1000 / rules.dtMs)
    problems.push(
      `response.matrix: the largest response is ${most}, DoOR's are 0 … 1: it would fire ${Math.round(rules.rateHz.baseline + rules.rateHz.gain * most)} times a second; divide them, or lower odours.rateHz.gain`,
    );
  const subtracts = rules.odours.sfr === 'subtract' || rules.input.sfr === 'subtract';
  if (subtracts && sfr.every(Number.isNaN))
    problems.push('response.matrix: no row SFR (spontaneous rates), and the rules subtract it');
  return problems;
}

/** Throws RangeError with everything that would silently give another task. */
export function checkDoor(door: DoorTables, rules: OdourTaskRules): void {
  const rows = repeated(door.odours.map(({ key }) => key));
  const columns = repeated(door.units);
  const problems = [
    ...(rows.length === 0 ? [] : [`response.matrix: rows there twice: ${listed(rows)}`]),
    ...(columns.length === 0 ? [] : [`response.matrix: columns there twice: ${listed(columns)}`]),
    ...unmapped(door),
    ...oddValues(door, rules),
  ];
  if (problems.length > 0) throw new RangeError(problems.join('\n'));
}
