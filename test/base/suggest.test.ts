/** The nearest known name, and what a schema takes in words. */
import assert from 'node:assert/strict';
import { describeSchema } from '../../src/base/describe-schema.ts';
import { didYouMean, editDistance, suggest } from '../../src/base/suggest.ts';

describe('suggest', () => {
  it('counts a letter too many, too few, another one, and two that were swapped, as one mistake each', () => {
    for (const [a, b, distance] of [
      ['epochs', 'epochs', 0],
      ['epoch', 'epochs', 1],
      ['epochss', 'epochs', 1],
      ['epachs', 'epochs', 1],
      ['epohcs', 'epochs', 1],
      ['eopchs', 'epohcs', 2],
      ['', 'abc', 3],
    ] as const) {
      assert.equal(editDistance(a, b), distance, `${a} ${b}`);
      assert.equal(editDistance(b, a), distance, `${b} ${a}`);
    }
  });

  it('gives the nearest name within a third of the length, whatever the case, the first of equals, else none', () => {
    assert.equal(suggest('gian', ['tau', 'gain']), 'gain');
    assert.equal(suggest('MBOM', ['mbon', 'PN']), 'mbon');
    assert.equal(suggest('ab', ['ax', 'ay']), 'ax');
    assert.equal(suggest('abcdef', ['abcxyz']), undefined);
    assert.equal(suggest('x'.repeat(101), ['x'.repeat(101)]), undefined);
    assert.equal(didYouMean('gian', ['gain']), "did you mean 'gain'?");
  });
});

describe('describeSchema', () => {
  it('says what is taken: ranges with and without their ends, choices, lists with their length, unions', () => {
    for (const [schema, words] of [
      [{ type: 'integer', minimum: 1 }, 'a whole number of at least 1'],
      [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'a number above 0 and of at most 1'],
      [{ type: 'number', minimum: 0, exclusiveMaximum: 2 }, 'a number of at least 0 and below 2'],
      [{ type: 'number', minimum: 0, maximum: 1 }, 'a number from 0 to 1'],
      [{ type: ['number', 'null'], exclusiveMinimum: 0 }, 'a number above 0 or null'],
      [{ enum: ['a', 2, null] }, 'one of a, 2, null'],
      [{ const: 'edges' }, 'edges'],
      [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, 'a list of 2 numbers'],
      [{ type: 'array', items: { type: 'string' }, minItems: 1 }, 'a list of texts'],
      [
        { oneOf: [{ enum: ['a', 'b'] }, { type: 'object', required: ['what'] }] },
        'one of a, b, or an object with what',
      ],
    ] as const)
      assert.equal(describeSchema(schema), words);
  });
});
