/** DoOR's tables that are not what they seem are refused with the reason, before a task is made of them. */
import assert from 'node:assert/strict';
import { checkDoor } from '../../src/odour/check-door.ts';
import type { DoorTables } from '../../src/odour/door/door-tables.ts';
import { makeOdourTask } from '../../src/odour/make-odour-task.ts';
import { exampleDoor, exampleRules, populationOfTypes } from './door-example.ts';

describe('DoOR tables', () => {
  const wrong = (change: Partial<DoorTables>, pattern: RegExp, rules = exampleRules()) =>
    assert.throws(() => checkDoor({ ...exampleDoor(), ...change }, rules), pattern);

  it('pass as they are', () => checkDoor(exampleDoor(), exampleRules()));

  it('are refused where a column was renamed, with the unit that lost it', () => {
    wrong(
      { units: ['Or1/DM1', 'sum', 'never', 'Or1a'] },
      /does not know the units Or1\/DM1; without a column are Or1: were they renamed\?/,
    );
  });

  it('are refused where a column is spelt in another way: other case, other signs between its parts', () => {
    const { mappings } = exampleDoor();
    const dotted = mappings.map((mapping) => (mapping.unit === 'sum' ? { ...mapping, unit: 'Ir64a.DC4' } : mapping));
    wrong(
      { units: ['or1', 'Ir64a/DC4', 'never', 'Or1a'], mappings: dotted },
      /units or1, Ir64a\/DC4; without a column are Or1, Ir64a\.DC4: were they renamed\?/,
    );
  });

  it('are refused where a row or column is there twice', () => {
    const { odours } = exampleDoor();
    wrong({ odours: [...odours.slice(0, 4), odours[0]!] }, /rows there twice: KEY-a/);
    wrong({ units: ['Or1', 'sum', 'never', 'Or1'] }, /columns there twice: Or1/);
  });

  it('are refused where missing responses are zeros, and where responses are percentages', () => {
    const { response } = exampleDoor();
    wrong(
      { response: response.map((x) => (Number.isNaN(x) ? 0 : x)) },
      /\d+ of 20 responses are 0 and none is missing/,
    );
    wrong(
      { response: response.map((x) => 100 * x) },
      /largest response is 90, DoOR's are 0 … 1: it would fire 17288 times/,
    );
  });

  it('are refused without spontaneous rates where the rules subtract them', () => {
    const sfr = new Float64Array(4).fill(Number.NaN);
    checkDoor({ ...exampleDoor(), sfr }, exampleRules());
    const input = { units: 'mapped', composites: 'mean', sfr: 'subtract', unmeasured: 'zero' } as const;
    wrong({ sfr }, /no row SFR/, exampleRules({ input }));
  });

  it('make no task for a population without cells, whatever is done with silent odours', () => {
    for (const silentOdours of ['refuse', 'drop'] as const)
      assert.throws(
        () => makeOdourTask(exampleDoor(), populationOfTypes([]), exampleRules({ silentOdours }), 1),
        /population ORN has no cell, so every odour is silent/,
      );
  });
});
