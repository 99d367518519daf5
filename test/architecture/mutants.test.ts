/** The list of mutants fits the code as it is: scripts/mutants.mjs plants each of them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mutants } from '../mutants/all.ts';
import { staleness } from '../mutants/mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The text of a test file; of a folder none. */
function textOf(name: string): string {
  return name.endsWith('/') ? '' : readFileSync(`${root}test/${name}.test.ts`, 'utf8');
}

describe('the list of mutants', () => {
  it('finds each text exactly once in its file', () => {
    const stale = mutants.flatMap((mutant) => {
      if (!existsSync(root + mutant.file)) return [`${mutant.id}: ${mutant.file} does not exist`];
      const why = staleness(mutant, readFileSync(root + mutant.file, 'utf8'));
      return why === undefined ? [] : [`${mutant.id}: ${mutant.file}: ${why}`];
    });
    assert.deepEqual(stale, [], 'stale mutants: let find say what the code says now, or take the mutant out');
  });

  it('gives each mutant its own name, and tests that exist', () => {
    const ids = mutants.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) !== i),
      [],
    );
    const missing = mutants.flatMap(({ id, tests }) =>
      tests
        .filter((name) => !existsSync(`${root}test/${name.endsWith('/') ? name : `${name}.test.ts`}`))
        .map((name) => `${id}: ${name}`),
    );
    assert.deepEqual(missing, []);
    const untitled = mutants.flatMap(({ id, tests, titled = '' }) =>
      tests.some((name) => textOf(name).includes(titled)) ? [] : [`${id}: no test is titled '${titled}'`],
    );
    assert.deepEqual(untitled, []);
    assert.ok(ids.length > 100, `${ids.length} mutants`);
  });
});
