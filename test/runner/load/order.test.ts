/** The order of stages by what they need, and the circles among them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findCycles, topologicalOrder } from '../../../src/runner/load/order.ts';

const needs = (of: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(of));

describe('the order of stages', () => {
  it('puts each after all that it needs; among the ready ones the given order stands', () => {
    assert.deepEqual(topologicalOrder(needs({ c: ['a', 'b'], b: [], a: [], d: ['c'], e: [] })), [
      'b',
      'a',
      'c',
      'd',
      'e',
    ]);
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 }), (lists) => {
        const of = new Map(lists.map((list, i) => [`s${i}`, list.filter((k) => k < i).map((k) => `s${k}`)]));
        const order = topologicalOrder(of);
        assert.equal(order.length, of.size);
        for (const [id, before] of of) for (const need of before) assert.ok(order.indexOf(need) < order.indexOf(id));
      }),
    );
  });

  it('leaves out what stands in a circle or behind one', () => {
    assert.deepEqual(topologicalOrder(needs({ a: ['b'], b: ['a'], c: ['b'], d: [] })), ['d']);
  });

  it('tells each circle once, as a path from need to need, without the way that leads into it', () => {
    assert.deepEqual(findCycles(needs({ in: ['a'], a: ['b'], b: ['c'], c: ['a'] })), [['a', 'b', 'c']]);
    assert.deepEqual(findCycles(needs({ a: ['a'], b: ['c'], c: ['b'], d: ['c', 'a'] })), [['a'], ['b', 'c']]);
    assert.deepEqual(findCycles(needs({ a: [], b: ['a'] })), []);
  });
});
