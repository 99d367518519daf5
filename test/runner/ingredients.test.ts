/** The key and its explanation are one walk: equal lists, equal keys; every difference is told. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../src/base/digest.ts';
import {
  compareIngredients,
  describeChange,
  type GatheredFacts,
  ingredientsOf,
  keyOf,
} from '../../src/runner/model/ingredients.ts';
import type { PlannedStage } from '../../src/runner/model/plan.ts';
import { plannedStage } from '../rig/planned-stage.ts';

const stage: PlannedStage = plannedStage('run', {
  id: 'smooth@seed=1',
  stage: 'smooth',
  axes: { seed: 1 },
  params: { train: { epochs: 6, rates: [1, 2] }, seed: 1 },
  outputs: {
    table: { path: 'artifacts/smooth/seed=1/t.csv', folder: false },
    plots: { path: 'artifacts/smooth/seed=1/p/', folder: true },
  },
  env: ['LANG'],
});

const facts: GatheredFacts = {
  code: [{ path: 'a.py', digest: digestOf('a') }],
  packages: {},
  inputs: { map: digestOf('map') },
  sources: {},
  env: { LANG: 'C' },
  tools: { python3: 'Python 3.11' },
};

const keyFor = (s: Partial<PlannedStage>, f: Partial<GatheredFacts> = {}): string =>
  keyOf(ingredientsOf({ ...stage, ...s }, { ...facts, ...f }));

describe('the key', () => {
  it('depends on each file that the parameters name, by its name and by what it is now', () => {
    const keys = [
      keyFor({}, { sources: { a: digestOf('1') } }),
      keyFor({}, { sources: { a: digestOf('2') } }),
      keyFor({}, { sources: { b: digestOf('1') } }),
      keyFor({}, { sources: { a: 'absent' } }),
      keyFor({}),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('does not depend on names, resources, retries or the order in which things are written', () => {
    const key = keyFor({});
    assert.equal(
      keyFor({
        id: 'other@seed=1',
        stage: 'other',
        outputs: {
          plots: { path: 'artifacts/other/seed=1/p/', folder: true },
          table: { path: 'artifacts/other/seed=1/t.csv', folder: false },
        },
      }),
      key,
    );
    assert.equal(
      keyFor({
        resources: { cpus: 8, slots: { board: 1 } },
        retries: 3,
        timeoutMs: 5,
        cache: false,
        needs: ['x'],
        metrics: ['t.csv'],
      }),
      key,
    );
    assert.equal(keyFor({ params: { seed: 1, train: { rates: [1, 2], epochs: 6 } } }), key);
  });

  it('depends on everything a result can depend on', () => {
    const variants = [
      keyFor({}),
      keyFor({ params: { seed: 2, train: { epochs: 6, rates: [1, 2] } } }),
      keyFor({ params: { seed: 1, train: { epochs: 6, rates: [2, 1] } } }),
      keyFor({ params: { seed: '1', train: { epochs: 6, rates: [1, 2] } } }),
      keyFor({ work: { kind: 'command', command: 'run ' } }),
      keyFor({ outputs: { table: stage.outputs['table']! } }),
      keyFor({}, { code: [{ path: 'a.py', digest: digestOf('b') }] }),
      keyFor({}, { inputs: { map: digestOf('other') } }),
      keyFor({}, { inputs: { other: digestOf('map') } }),
      keyFor({}, { env: { LANG: undefined } }),
      keyFor({}, { env: { LANG: '' } }),
      keyFor({}, { tools: { python3: 'Python 3.12' } }),
      keyFor({}, { packages: { yaml: '2.9.1' } }),
    ];
    assert.equal(new Set(variants).size, variants.length);
  });

  it('differs exactly where the explanation names a change', () => {
    const arbList = fc.uniqueArray(
      fc.tuple(fc.constantFrom('param', 'input', 'env'), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2')),
      { selector: ([kind, name]) => `${kind} ${name}` },
    );
    const sorted = (list: [string, string, string][]): never =>
      [...list].sort((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1)) as never;
    fc.assert(
      fc.property(arbList, arbList, (a, b) => {
        const changes = compareIngredients(sorted(a), sorted(b));
        assert.equal(changes.length === 0, keyOf(sorted(a)) === keyOf(sorted(b)));
        for (const change of changes) assert.notEqual(change.before, change.after);
      }),
    );
  });

  it('is explained in words', () => {
    const after = ingredientsOf(
      { ...stage, params: { train: { epochs: 7, rates: [1, 2] }, seed: 1 } },
      { ...facts, env: {} },
    );
    assert.deepEqual(compareIngredients(ingredientsOf(stage, facts), after).map(describeChange), [
      'param train.epochs: 6 → 7',
      'env LANG is gone',
    ]);
  });
});
