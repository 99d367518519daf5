import assert from 'node:assert/strict';
import { chooseOdours } from '../../src/odour/choose-odours.ts';
import { glomeruliOf, glomerulusOfType, unitsByGlomerulus } from '../../src/odour/door/glomeruli.ts';
import { makeOdourTask } from '../../src/odour/make-odour-task.ts';
import { ornInput } from '../../src/odour/orn-input.ts';
import { exampleDoor, exampleRules, populationOfTypes } from './door-example.ts';

describe('odour/glomeruli', () => {
  it('reads the names of sums and halves, and none where there is none', () => {
    assert.deepEqual(glomeruliOf('VL1+VM1+VL2p'), ['VL1', 'VM1', 'VL2p']);
    assert.deepEqual(glomeruliOf('DL2d/v+VC3'), ['DL2d', 'DL2v', 'VC3']);
    assert.deepEqual(['?', '-', ''].flatMap(glomeruliOf), []);
    assert.equal(glomerulusOfType('ORN_VM6l'), 'VM6l');
  });

  it('lists a glomerulus’ units as chosen: all, those of it alone, or DoOR’s own', () => {
    const door = exampleDoor();
    assert.deepEqual(
      [...unitsByGlomerulus(door, 'mapped')],
      [
        ['DM1', [0, 1]],
        ['DL2d', [1]],
        ['DL2v', [1]],
        ['DA1', [2]],
      ],
    );
    assert.deepEqual(
      [...unitsByGlomerulus(door, 'single')],
      [
        ['DM1', [0]],
        ['DA1', [2]],
      ],
    );
    assert.deepEqual(
      [...unitsByGlomerulus(door, 'code')],
      [
        ['DM1', [0]],
        ['DA1', [2]],
      ],
    );
  });
});

describe('odour/choose-odours', () => {
  it('counts measured units of glomeruli, or responses above a threshold over the spontaneous rate', () => {
    const { odours: rule } = exampleRules();
    assert.deepEqual(chooseOdours(exampleDoor(), rule), [0, 1, 2, 3]);
    assert.deepEqual(chooseOdours(exampleDoor(), { ...rule, minResponders: 2 }), [0]);
    assert.deepEqual(chooseOdours(exampleDoor(), { ...rule, columns: 'all', minResponders: 2 }), [0, 2, 3]);
    const above = { ...rule, columns: 'all', sfr: 'subtract', threshold: 0.35 } as const;
    assert.deepEqual(chooseOdours(exampleDoor(), above), [0, 2, 4]);
    assert.deepEqual(chooseOdours(exampleDoor(), { ...above, drop: ['a', 'KEY-e'] }), [2]);
  });

  it('says what is wrong with a rule', () => {
    const { odours: rule } = exampleRules();
    assert.throws(() => chooseOdours(exampleDoor(), { ...rule, drop: ['ethanol'] }), /drop 'ethanol': no odour/);
    assert.throws(
      () => chooseOdours(exampleDoor(), { ...rule, minResponders: 9 }),
      /none of 5 odours has 9 responders in 3 units/,
    );
  });

  it('by a list: these and no others, whatever they do; names that are none or several are refused, all at once', () => {
    const door = exampleDoor();
    const rule = exampleRules().odours;
    const keep = (names: readonly string[]) => ({ ...rule, minResponders: 4, drop: ['a'], keep: names });
    assert.deepEqual(chooseOdours(door, keep(['KEY-e', 'a', 'KEY-a'])), [0, 4]);
    const odours = ['ethanol', 'methanol', 'ethanol', 'water', 'KEY-x'].map((name, o) => ({ key: `KEY-${o}`, name }));
    const named = { ...door, odours };
    assert.throws(
      () => chooseOdours(named, keep(['ethanol', 'methanoll', 'quartz', 'water'])),
      (error: Error) => {
        assert.match(error.message, /keep 'ethanol': 2 odours have that name; say which by InChIKey: KEY-0, KEY-2/);
        assert.match(error.message, /keep 'methanoll': no odour has that InChIKey or name, did you mean 'methanol'\?/);
        assert.match(error.message, /keep 'quartz': no odour has that InChIKey or name$/m);
        assert.doesNotMatch(error.message, /water/);
        return true;
      },
    );
    assert.throws(() => chooseOdours(named, { ...rule, drop: ['watr'] }), /drop 'watr': .*did you mean 'water'\?/);
  });
});

describe('odour/orn-input', () => {
  const population = populationOfTypes(['ORN_DM1', 'ORN_DL2v', 'ORN_DA1', 'ORN_VM6l', 'ORN_DM1']);

  it('gives each cell the mean of the measured units, 0 where nothing was measured, and reports it', () => {
    const input = ornInput(
      exampleDoor(),
      population,
      [0, 1, 2],
      { units: 'mapped', composites: 'mean', sfr: 'keep', unmeasured: 'zero' },
      1,
    );
    // biome-ignore format: one row an odour
    assert.deepEqual([...input.response], [
      0.4, 0.3, 0, 0, 0.4,
      0.2, 0.2, 0, 0, 0.2,
      0.4, 0,   0, 0, 0.4,
    ]);
    assert.deepEqual([input.missing, input.pairs], [1, 6]);
    assert.deepEqual(input.types, [
      { type: 'ORN_DA1', cells: 1, units: [], unmeasured: ['never'] },
      { type: 'ORN_DL2v', cells: 1, units: ['sum'], unmeasured: [] },
      { type: 'ORN_DM1', cells: 2, units: ['Or1', 'sum'], unmeasured: [] },
      { type: 'ORN_VM6l', cells: 1, units: [], unmeasured: [] },
    ]);
  });

  it('gives cells whose units were not measured the units’ means over all odours, and leaves the others alone', () => {
    const rule = { units: 'mapped', composites: 'mean', sfr: 'keep', unmeasured: 'unitMean' } as const;
    const { response, missing } = ornInput(exampleDoor(), population, [0, 1, 2], rule, 1);
    // biome-ignore format: one row an odour; the sum's mean is (0.3 + 0.2)/2, DM1 was measured by one unit or the other each time
    assert.deepEqual([...response], [
      0.4, 0.3,  0, 0, 0.4,
      0.2, 0.2,  0, 0, 0.2,
      0.4, 0.25, 0, 0, 0.4,
    ]);
    assert.equal(missing, 1);
    const less = ornInput(exampleDoor(), population, [1, 2], { ...rule, units: 'single', sfr: 'subtract' }, 1);
    // Or1 alone: measured 0.5, 0.4 and 0.4, spontaneous 0.1.
    assert.ok(Math.abs(less.response[0]! - (1.3 / 3 - 0.1)) < 1e-12, `${less.response[0]}`);
    assert.deepEqual([...less.response].slice(1), [
      0,
      0,
      0,
      less.response[0],
      0.30000000000000004,
      0,
      0,
      0,
      0.30000000000000004,
    ]);
  });

  it('gives each cell with a unit of its own that unit’s mean, where this one was not measured', () => {
    const many = populationOfTypes(new Array(40).fill('ORN_DM1'));
    const rule = { units: 'mapped', composites: 'draw', sfr: 'keep', unmeasured: 'unitMean' } as const;
    const { response } = ornInput(exampleDoor(), many, [1], rule, 3);
    const found = new Set([...response].map((x) => x.toFixed(6)));
    assert.deepEqual([...found].sort(), ['0.200000', (1.3 / 3).toFixed(6)]);
  });

  it('fills by factors of odours and units what neighbours of both tell', () => {
    const odours = Array.from({ length: 30 }, (_, o) => ({ key: `k${o}`, name: `o${o}` }));
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    const truth = (o: number, u: number): number => 0.4 + 0.35 * Math.sin(1 + o) * Math.cos(2 * u);
    const isHole = (o: number, u: number): boolean => (7 * o + 3 * u) % 5 === 0;
    const door = {
      odours,
      units: names,
      response: Float64Array.from(
        odours.flatMap((_, o) => names.map((_u, u) => (isHole(o, u) ? Number.NaN : truth(o, u)))),
      ),
      sfr: new Float64Array(names.length).fill(Number.NaN),
      mappings: names.map((unit) => ({ unit, glomerulus: `D${unit}`, code: `D${unit}` })),
    };
    const cells = populationOfTypes(names.map((unit) => `ORN_D${unit}`));
    const errorOf = (unmeasured: 'lowRank' | 'unitMean' | 'zero'): number => {
      const rule = { units: 'mapped', composites: 'mean', sfr: 'keep', unmeasured } as const;
      const { response, completion } = ornInput(
        door,
        cells,
        odours.map((_, o) => o),
        rule,
        1,
      );
      if (unmeasured === 'lowRank') assert.equal(completion!.rank, 1, JSON.stringify(completion));
      const errors = odours.flatMap((_, o) => names.map((_u, u) => Math.abs(response[o * 8 + u]! - truth(o, u))));
      return errors.reduce((a, b) => a + b, 0) / errors.length;
    };
    assert.ok(errorOf('lowRank') < 0.3 * errorOf('unitMean'), `${errorOf('lowRank')}, ${errorOf('unitMean')}`);
    assert.ok(errorOf('unitMean') < 0.5 * errorOf('zero'));
  });

  it('takes the spontaneous rate off where it is known', () => {
    const input = ornInput(
      exampleDoor(),
      population,
      [0],
      { units: 'mapped', composites: 'mean', sfr: 'subtract', unmeasured: 'zero' },
      1,
    );
    assert.deepEqual([...input.response], [0.35, 0.3, 0, 0, 0.35]);
  });

  it('draws one unit a cell, the same for every odour, both about equally often', () => {
    const many = populationOfTypes(new Array(400).fill('ORN_DM1'));
    const rule = { units: 'mapped', composites: 'draw', sfr: 'keep', unmeasured: 'zero' } as const;
    const { response } = ornInput(exampleDoor(), many, [0, 1], rule, 3);
    let first = 0;
    for (let i = 0; i < 400; i++) {
      const pair = [response[i], response[400 + i]].join();
      assert.ok(pair === '0.5,0' || pair === '0.3,0.2', pair);
      if (pair === '0.5,0') first++;
    }
    assert.ok(Math.abs(first - 200) < 60, `${first} of 400`);
    assert.deepEqual(ornInput(exampleDoor(), many, [0, 1], rule, 3).response, response);
    assert.notDeepEqual(ornInput(exampleDoor(), many, [0, 1], rule, 4).response, response);
  });
});

describe('odour/make-odour-task', () => {
  const population = populationOfTypes(['ORN_DM1', 'ORN_DL2v', 'ORN_DA1']);

  it('refuses odours with identical input and odours without input, by name', () => {
    assert.throws(() => makeOdourTask(exampleDoor(), population, exampleRules(), 1), /identical input: c, d; keep one/);
    const all = exampleRules({
      odours: { columns: 'all', sfr: 'keep', threshold: null, minResponders: 1, drop: ['d'] },
    });
    assert.throws(() => makeOdourTask(exampleDoor(), population, all, 1), /1 odours drive no input cell: e; drop them/);
  });

  it('drops them when told, and reports each', () => {
    const rules = exampleRules({
      odours: { columns: 'all', sfr: 'keep', threshold: null, minResponders: 1, drop: [] },
      silentOdours: 'drop',
      identicalOdours: 'drop',
    });
    const { task, report } = makeOdourTask(exampleDoor(), population, rules, 1);
    assert.deepEqual(
      task.odours.map((odour) => odour.name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(report.odours, {
      counts: { inDoor: 5, chosenByRule: 5, silent: 1, identical: 1, used: 3 },
      droppedSilent: ['e'],
      identicalGroups: [['c', 'd']],
    });
    assert.deepEqual(report.input.withoutData, { cells: 1, types: ['ORN_DA1'] });
    assert.deepEqual(report.input.sharedUnits, [{ unit: 'sum', types: ['ORN_DL2v', 'ORN_DM1'] }]);
    // a and b were measured for both types, c for DM1 alone.
    assert.deepEqual(report.mask, { distinct: 2, names: 0.666667, chance: 0.333333 });
  });

  it('gives p = 0.001·dt·(8 + max(0, 192·response)) while on and 0.001·dt·8 otherwise', () => {
    const rules = exampleRules({
      identicalOdours: 'drop',
      input: { units: 'mapped', composites: 'mean', sfr: 'subtract', unmeasured: 'zero' },
    });
    const { task, report } = makeOdourTask(exampleDoor(), population, rules, 1);
    const rateHz = [8 + 192 * 0.35, 8 + 192 * 0.3, 8, 8 + 192 * 0.2, 8 + 192 * 0.2, 8, 8 + 192 * 0.3, 8, 8];
    assert.equal(task.onProbability.length, rateHz.length);
    rateHz.forEach((hz, k) => {
      assert.ok(Math.abs(task.onProbability[k]! - 0.001 * hz) < 1e-8, `${k}`);
    });
    assert.deepEqual(task.offProbability, new Float32Array(3).fill(0.008));
    assert.deepEqual(report.ratesHz.most, 75.2);
  });

  it('clips inhibition to the baseline', () => {
    const door = { ...exampleDoor(), sfr: Float64Array.of(0.45, Number.NaN, Number.NaN, 0) };
    const rules = exampleRules({
      silentOdours: 'drop',
      identicalOdours: 'drop',
      input: { units: 'single', composites: 'mean', sfr: 'subtract', unmeasured: 'zero' },
    });
    assert.throws(() => makeOdourTask(door, population, rules, 1), /1 odours are left, a task needs two/);
  });

  it('refuses durations and rates that cannot be', () => {
    const make = (change: Parameters<typeof exampleRules>[0]) =>
      makeOdourTask(exampleDoor(), population, exampleRules(change), 1);
    assert.throws(() => make({ durationMs: { min: 70, max: 501 } }), /durationMs 70 … 501 does not fit 0 … 500 ms/);
    assert.throws(() => make({ rateHz: { baseline: 8, gain: 1000 } }), /rates 8 \+ 1000 Hz are not a probability/);
  });
});
