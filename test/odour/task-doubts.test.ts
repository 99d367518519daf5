/** An odour task that does not fit its tables is told of; one that fits as well as the published ones is not. */
import assert from 'node:assert/strict';
import { makeOdourTask } from '../../src/odour/make-odour-task.ts';
import { parseOdourList } from '../../src/odour/odour-list.ts';
import { silentCells, taskDoubts } from '../../src/odour/task-doubts.ts';
import { exampleDoor, exampleRules, populationOfTypes } from './door-example.ts';

const rules = exampleRules({ silentOdours: 'drop', identicalOdours: 'drop' });
const reportFor = (types: readonly string[]) => makeOdourTask(exampleDoor(), populationOfTypes(types), rules, 1).report;
const times = (n: number, type: string) => new Array<string>(n).fill(type);

describe('what is odd about an odour task', () => {
  it('is told where more than a fifth of the cells hear nothing, and logged where fewer do', () => {
    const few = reportFor([...times(8, 'ORN_DM1'), ...times(2, 'ORN_DA1')]);
    assert.deepEqual(taskDoubts(few), []);
    assert.equal(silentCells(few), '2 of 10 cells have no data: ORN_DA1');
    const many = reportFor([...times(7, 'ORN_DM1'), ...times(2, 'Or67d'), 'ORN_DA1']);
    assert.equal(taskDoubts(many).length, 1);
    assert.match(
      taskDoubts(many)[0]!,
      /3 of 10 ORN cells \(30\.0 %\) have no response in DoOR.*: ORN_DA1, Or67d; are these the types/,
    );
    assert.equal(silentCells(reportFor(times(3, 'ORN_DM1'))), 'all 3 cells have data');
  });

  it('is told where units have no cells', () => {
    const door = exampleDoor();
    const mappings = [...door.mappings, { unit: 'Or9', glomerulus: 'VL1', code: 'VL1' }];
    const units = [...door.units.slice(0, 2), 'Or9', 'Or1a'];
    const { report } = makeOdourTask({ ...door, units, mappings }, populationOfTypes(times(4, 'ORN_DM1')), rules, 1);
    assert.match(
      taskDoubts(report).join(),
      /1 of 3 units of DoOR have no ORN cell, what they measured is lost: Or9; is/,
    );
  });
});

describe('a list of odours', () => {
  it('has one a line, each once, with blank lines and comments', () => {
    assert.deepEqual(parseOdourList('\uFEFF# mine\r\n ethyl butyrate \r\n\r\nKEY-1\nethyl butyrate\n'), [
      'ethyl butyrate',
      'KEY-1',
    ]);
  });
});
