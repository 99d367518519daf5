/** Defaults filled in from a schema, and the type that comes with it. */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { type Filled, withDefaults } from '../../src/base/schema.ts';

const schema = {
  type: 'object',
  required: ['seed'],
  properties: {
    seed: { type: 'integer' },
    note: { type: 'string' },
    train: {
      type: 'object',
      default: {},
      properties: {
        epochs: { type: 'integer', default: 6 },
        bound: { type: ['number', 'null'], default: 0.25 },
        kernel: { enum: ['reference', 'wasm'], default: 'wasm' },
        rates: {
          type: 'object',
          default: { KC: 1 },
          properties: { PN: { type: 'number', default: 15 } },
          additionalProperties: { type: 'number' },
        },
        groups: {
          type: 'array',
          default: ['gain', { what: 'tauM' }],
          items: {
            oneOf: [
              { enum: ['gain', 'tauM'] },
              {
                type: 'object',
                required: ['what'],
                additionalProperties: false,
                properties: { what: { enum: ['gain', 'tauM'] }, strength: { type: 'number', default: 0 } },
              },
            ],
          },
        },
        shuffle: {
          anyOf: [
            { type: 'null' },
            { type: 'object', required: ['kind'], properties: { kind: { type: 'string' }, seed: { default: 1 } } },
          ],
          default: null,
        },
        bounds: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
      },
    },
    tables: {
      type: 'object',
      default: {},
      additionalProperties: { type: 'object', properties: { n: { default: 3 } } },
    },
  },
} as const;

/** Compiles only where the type is what is written here. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Train = Filled<typeof schema>['train'];
const typed: [
  Same<Train['epochs'], number>,
  Same<Train['bound'], number | null>,
  Same<Train['kernel'], 'reference' | 'wasm'>,
  Same<NonNullable<Train['bounds']>, readonly [number, number]>,
  Same<Filled<typeof schema>['note'], string | undefined>,
  Same<Extract<Train['groups'][number], object>['strength'], number>,
] = [true, true, true, true, true, true];

describe('withDefaults', () => {
  it('fills what is left out at every depth: groups, map values, list items, forms of a union, and in defaults themselves', () => {
    assert.equal(typed.length, 6);
    assert.deepEqual(withDefaults(schema, { seed: 2 }), {
      seed: 2,
      train: {
        epochs: 6,
        bound: 0.25,
        kernel: 'wasm',
        rates: { KC: 1, PN: 15 },
        groups: ['gain', { what: 'tauM', strength: 0 }],
        shuffle: null,
      },
      tables: {},
    });
    const given = {
      train: { rates: { LN: 3 }, groups: [{ what: 'gain' }], shuffle: { kind: 'x' } },
      tables: { a: {}, b: { n: 4 } },
    };
    const { train, tables } = withDefaults(schema, given);
    assert.deepEqual(
      [train.rates, train.groups, train.shuffle],
      [{ LN: 3, PN: 15 }, [{ what: 'gain', strength: 0 }], { kind: 'x', seed: 1 }],
    );
    assert.deepEqual(tables, { a: { n: 3 }, b: { n: 4 } });
  });

  it('leaves what is given as it is, null and wrong values too, and changes neither the value nor the schema', () => {
    const given = { seed: 'x', train: { epochs: null, bound: null, kernel: 3, rates: [], groups: 'gain' }, extra: 1 };
    const before = structuredClone(given);
    const filled = withDefaults(schema, given) as unknown as typeof given;
    assert.deepEqual(filled, { ...before, train: { ...before.train, shuffle: null }, tables: {} });
    assert.deepEqual(given, before);
    (withDefaults(schema, {}).train.rates as Record<string, number>)['KC'] = 9;
    assert.equal(withDefaults(schema, {}).train.rates['KC' as 'PN'], 1);
  });

  it('takes the first form of a union that the value has: its keys, its types, whole numbers or not', () => {
    const form = (type: string, key: string, note: string) => ({
      type: 'object',
      properties: { [key]: { type }, note: { type: 'string', default: note } },
      required: [key],
    });
    const union = { anyOf: [form('integer', 'a', 'whole'), form('number', 'a', 'any'), form('string', 'b', 'text')] };
    assert.deepEqual(withDefaults(union, { a: 2 }), { a: 2, note: 'whole' });
    assert.deepEqual(withDefaults(union, { a: 2.5 }), { a: 2.5, note: 'any' });
    assert.deepEqual(withDefaults(union, { b: 'x' }), { b: 'x', note: 'text' });
    assert.deepEqual(withDefaults(union, {}), {});
  });

  it('takes a form that forbids other keys only for a value without them', () => {
    const closed = { type: 'object', additionalProperties: false, properties: { a: {}, note: { default: 'closed' } } };
    const open = { type: 'object', properties: { note: { default: 'open' } } };
    const union = { oneOf: [closed, open] };
    assert.deepEqual(withDefaults(union, { a: 1 }), { a: 1, note: 'closed' });
    assert.deepEqual(withDefaults(union, { a: 1, b: 2 }), { a: 1, b: 2, note: 'open' });
  });

  it('gives a default anew each time, lists and what no schema describes too', () => {
    const free = { properties: { list: { default: [1] }, map: { default: { deep: [1] } } } };
    const first = withDefaults(free, {}) as { list: number[]; map: { deep: number[] } };
    first.list.push(2);
    first.map.deep.push(2);
    assert.deepEqual(withDefaults(free, {}), { list: [1], map: { deep: [1] } });
  });

  it('follows references inside the schema and all parts of allOf', () => {
    const split = {
      allOf: [{ properties: { a: { $ref: '#/$defs/one' } } }, { properties: { b: { $ref: '#/$defs/none' } } }],
      $defs: { one: { type: 'integer', default: 1 } },
    };
    assert.deepEqual(withDefaults(split, {}), { a: 1 });
    const named = { properties: { a: { $ref: '#/$defs/m~1s~0' } }, $defs: { 'm/s~': { default: 2 } } };
    assert.deepEqual(withDefaults(named, {}), { a: 2 });
  });

  it('gives what ajv gives where both know defaults, and the same again when asked twice', () => {
    const plain = {
      type: 'object',
      properties: {
        a: { type: 'integer', default: 1 },
        b: { type: 'object', default: {}, properties: { c: { default: 'x' }, d: { default: null } } },
        l: { type: 'array', items: { type: 'object', properties: { e: { default: [1] } } } },
      },
    };
    const validate = new Ajv2020({ useDefaults: true, allErrors: true, strict: false }).compile(plain);
    const leaf = fc.oneof(fc.integer(), fc.constant(null), fc.string());
    const value = fc.record(
      {
        a: leaf,
        b: fc.record({ c: leaf, d: leaf, z: leaf }, { requiredKeys: [] }),
        l: fc.array(fc.record({ e: leaf, y: leaf }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(value, (given) => {
        const ours = withDefaults(plain, given);
        const theirs = structuredClone(given);
        validate(theirs);
        assert.deepEqual(ours, theirs);
        assert.deepEqual(withDefaults(plain, ours), ours);
      }),
    );
  });
});
