import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { knownWindowLogLikelihood } from '../../src/analysis/baselines/ideal-observer.ts';
import { InputCounter } from '../../src/analysis/baselines/input-counts.ts';
import { inputGroups } from '../../src/analysis/baselines/input-groups.ts';
import { withDefaults } from '../../src/base/schema.ts';
import type { Population } from '../../src/connectome/pathway.ts';
import { readCellTypes } from '../../src/formats/codex/codex.ts';
import { chooseOdours, odourRules } from '../../src/odour/choose-odours.ts';
import { type DoorTables, readDoor } from '../../src/odour/door/door-tables.ts';
import { mappedUnits, unitsByGlomerulus } from '../../src/odour/door/glomeruli.ts';
import { drawTrial, durationSteps } from '../../src/odour/draw-trial.ts';
import { makeOdourTask } from '../../src/odour/make-odour-task.ts';
import type { OdourTask, Trial } from '../../src/odour/odour-task.ts';
import { taskDoubts } from '../../src/odour/task-doubts.ts';
import type { UnmeasuredRule } from '../../src/odour/unmeasured.ts';
import { loadPlan } from '../../src/runner/load/load-plan.ts';
import { paramsSchema } from '../../stages/orn-spikes/params.ts';
import { odourTaskRules } from '../../stages/orn-spikes/rules.ts';
import { exampleRules, populationOfTypes } from './door-example.ts';

const folder = process.env['CC_SNN_DATA'] ?? '../shared/data';

function readRealDoor(): Promise<DoorTables> {
  const bytes = (name: string) => readFileSync(join(folder, 'door', `${name}.RData`));
  return readDoor({ responseMatrix: bytes('response.matrix'), odor: bytes('odor'), mappings: bytes('DoOR.mappings') });
}

/** The 2,279 typed olfactory receptor neurons of FlyWire. */
async function readReceptorCells(): Promise<Population> {
  const types: string[] = [];
  const sink = readCellTypes(({ primaryType }) => {
    if (primaryType.startsWith('ORN_')) types.push(primaryType);
  });
  const path = join(folder, 'codex', 'consolidated_cell_types.csv.gz');
  for await (const chunk of createReadStream(path).pipe(createGunzip())) sink.feed(chunk as Uint8Array);
  sink.end();
  return populationOfTypes(types);
}

/** Share of one test trial of every fourth odour that an ideal observer names who knows when the odour was on. */
function observed(task: OdourTask): number {
  const asked = Array.from({ length: Math.floor(task.odours.length / 4) }, (_, k) => 4 * k);
  const groups = inputGroups(task);
  const counter = new InputCounter(groups, asked.length);
  const trials = asked.map((odour): Trial => ({ split: 'test', odour, trial: 0 }));
  for (const trial of trials) counter.add(drawTrial(task, trial), durationSteps(task, trial));
  const likelihood = knownWindowLogLikelihood(groups, counter.result());
  const classes = task.odours.length;
  const right = trials.filter(({ odour }, b) => {
    const row = likelihood.subarray(b * classes, (b + 1) * classes);
    return row.indexOf(row.reduce((a, x) => Math.max(a, x), Number.NEGATIVE_INFINITY)) === odour;
  });
  return right.length / asked.length;
}

describe('odour on DoOR 2.0.0 and FlyWire v783', () => {
  let door: DoorTables;
  let population: Population;

  before(async function () {
    if (!existsSync(join(folder, 'door')) || !existsSync(join(folder, 'codex'))) {
      console.log(`      skipped: no door/ and codex/ in ${folder} (set CC_SNN_DATA to the folder that holds them)`);
      this.skip();
    }
    door = await readRealDoor();
    population = await readReceptorCells();
  });

  it('chooses exactly 284 odours by each of the two named rules, 267 of them by both', () => {
    const a = chooseOdours(door, odourRules['mapped-measured']);
    const b = chooseOdours(door, odourRules['above-sfr']);
    assert.deepEqual([a.length, b.length, a.filter((odour) => b.includes(odour)).length], [284, 284, 267]);
    assert.equal(chooseOdours(door, { ...odourRules['mapped-measured'], minResponders: 3 }).length, 314);
  });

  it('chooses 284 by the parameters of pipeline.yaml, and by the other rule named or written out on the command line', async () => {
    const written = '{columns: all, sfr: subtract, threshold: 0.01, minResponders: 3, drop: [water]}';
    for (const sets of [[], ['odours.rule=above-sfr'], [`odours.rule=${written}`]]) {
      const plan = await loadPlan({ projectDir: '.', profiles: [], sets, cacheDir: null });
      assert.ok(plan.ok);
      const { params } = plan.value.stages.find(({ stage }) => stage === 'orn-spikes')!;
      const { odours } = odourTaskRules(withDefaults(paramsSchema, params).odours);
      assert.equal(chooseOdours(door, odours).length, 284, sets.join());
    }
  });

  it('maps 60 units, 56 of one glomerulus, 48 of DoOR’s own', () => {
    const counts = (['mapped', 'single', 'code'] as const).map((choice) => mappedUnits(door, choice).length);
    assert.deepEqual(counts, [60, 56, 48]);
    const units = (glomerulus: string) =>
      unitsByGlomerulus(door, 'mapped')
        .get(glomerulus)
        ?.map((unit) => door.units[unit]);
    assert.deepEqual(units('VC1'), ['Or33c', 'Or85e', 'pb2A']);
    assert.deepEqual(units('DL2v'), ['ac3A', 'ac3_noOr35a']);
    assert.deepEqual(units('DM5'), ['Or33b', 'Or85a', 'ab2B']);
    assert.equal(units('VA7m'), undefined);
  });

  it('makes the task of 284 odours with no silent and no identical one', () => {
    const rules = exampleRules({ odours: odourRules['mapped-measured'] });
    const { task, report } = makeOdourTask(door, population, rules, 1);
    assert.deepEqual([task.odours.length, task.inputSize], [284, 2279]);
    assert.deepEqual(report.odours.counts, { inDoor: 692, chosenByRule: 284, silent: 0, identical: 0, used: 284 });
    assert.deepEqual(report.input.withoutData, {
      cells: 229,
      types: ['ORN_DA1', 'ORN_VA7m', 'ORN_VM6l', 'ORN_VM6m', 'ORN_VM6v'],
    });
    assert.deepEqual(taskDoubts(report), [], 'real tables give no warning');
    assert.deepEqual([report.input.missing.pairs, report.input.missing.of], [7335, 13632]);
    assert.deepEqual([report.difficulty.above95, report.difficulty.above99], [87, 16]);
  });

  it('names 48 % of the odours by what was measured at all, and nearly all without the holes to hear', function () {
    this.timeout(600_000);
    const task = (unmeasured: UnmeasuredRule) => {
      const input = { ...exampleRules().input, unmeasured };
      return makeOdourTask(door, population, exampleRules({ odours: odourRules['mapped-measured'], input }), 1);
    };
    const zero = task('zero');
    assert.deepEqual(zero.report.mask, { distinct: 137, names: 0.482394, chance: 0.00352113 });
    // The mask alone as input: every measured pair answers alike.
    const { onProbability, offProbability, inputSize } = zero.task;
    const heard = onProbability.map((p, at) => (p > offProbability[at % inputSize]! ? 0.02 : 0.008));
    const alone = observed({ ...zero.task, onProbability: heard });
    assert.ok(Math.abs(alone - 0.482) < 0.18, `${alone}`);
    for (const rule of ['unitMean', 'lowRank'] as const) {
      const { task: made, report } = task(rule);
      const accuracy = observed(made);
      assert.ok(accuracy > 0.95, `${rule}: ${accuracy}`);
      assert.equal(report.input.missing.treatedAs, rule);
    }
    const { rank, heldOut } = task('lowRank').report.input.missing.completion!;
    assert.ok(rank > 0 && heldOut[rank]! < 0.9 * heldOut[0]!, JSON.stringify(heldOut));
  });

  it('refuses what other choices make undecidable: 11 odours without input by single units', () => {
    const rules = exampleRules({
      odours: odourRules['above-sfr'],
      input: { units: 'single', composites: 'mean', sfr: 'keep', unmeasured: 'zero' },
    });
    assert.throws(() => makeOdourTask(door, population, rules, 1), /11 odours drive no input cell: /);
  });
});
