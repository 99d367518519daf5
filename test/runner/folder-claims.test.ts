/** Which runs may go on side by side: by the folders that they read and write, and what they would put there. */
import assert from 'node:assert/strict';
import { claimsAlone, claimsOfReader, claimsOfRun, clash } from '../../src/runner/locks/folder-claims.ts';
import type { Plan, PlannedStage } from '../../src/runner/model/plan.ts';

function stageOf(id: string, needs: readonly string[], more: Partial<PlannedStage> = {}): PlannedStage {
  const stage = id.split('@')[0]!;
  return {
    ...{ id, stage, needs, axes: {}, at: { file: 'pipeline.yaml', line: 1, column: 1 } },
    ...{ work: { kind: 'command', command: 'true' }, code: [], params: {}, inputs: {}, outputs: {}, env: [] },
    ...{ metrics: [], resources: { cpus: 1, slots: {} }, retries: 0, cache: true, network: false, tools: [] },
    ...more,
  };
}

/** top ← left, right; c has two instances, of which one needs left. */
function planOf(word: string, more: Partial<PlannedStage> = {}): Plan {
  const stages = [
    stageOf('top', []),
    stageOf('left', ['top'], { params: { word }, ...more }),
    stageOf('right', ['top']),
    stageOf('c@n=1', ['left']),
    stageOf('c@n=2', ['right']),
  ];
  return { version: 1, params: { word }, targets: {}, stages };
}

function claims(
  plan: Plan,
  ids: readonly string[],
  env: Record<string, string> = {},
): Readonly<Record<string, string>> {
  return claimsOfRun(
    plan,
    plan.stages.filter(({ id }) => ids.includes(id)),
    env,
  );
}

describe('claims on folders', () => {
  const one = planOf('one');
  const two = planOf('two');

  it('clash where two runs would put other things into one folder', () => {
    assert.equal(clash(claims(one, ['top', 'left']), claims(two, ['top', 'left'])), 'artifacts/left');
    assert.equal(clash(claims(one, ['top', 'left']), claims(two, ['top', 'right'])), undefined);
    assert.equal(clash(claims(one, ['top', 'left', 'right']), claims(one, ['top', 'left'])), undefined);
  });

  it('count what a stage needs as part of what it makes', () => {
    const [a, b] = [one, two].map((plan) => claims(plan, ['top', 'left', 'c@n=1']));
    assert.notEqual(a!['artifacts/c/n=1'], b!['artifacts/c/n=1']);
    const [c, d] = [one, two].map((plan) => claims(plan, ['top', 'right', 'c@n=2']));
    assert.deepEqual(c, d);
  });

  it('of a reader let other readers in, and nobody who writes', () => {
    const reads = claimsOfReader(one, [one.stages[1]!]);
    assert.deepEqual(Object.keys(reads), ['artifacts/top', 'artifacts/left']);
    assert.equal(clash(reads, claimsOfReader(two, [two.stages[1]!])), undefined);
    assert.equal(clash(reads, claims(one, ['top'])), 'artifacts/top');
    // what a run reads and does not make is read as it is
    assert.equal(clash(claims(one, ['left']), claims(one, ['top'])), 'artifacts/top');
    assert.equal(clash(claims(one, ['left']), claims(one, ['right'])), undefined);
  });

  it('of a folder hold for all that lies in it', () => {
    const everything = claimsAlone(['artifacts']);
    for (const [a, b] of [
      [everything, claims(one, ['c@n=1'])],
      [claims(one, ['c@n=1']), everything],
      [claimsAlone(['artifacts/c']), claims(one, ['c@n=2'])],
      [everything, claimsAlone(['artifacts'])],
    ] as const)
      assert.notEqual(clash(a, b), undefined);
    assert.equal(clash(claimsAlone(['artifacts/c']), claims(one, ['top', 'left'])), undefined);
    assert.equal(clash(claimsAlone(['artifacts/left']), claimsAlone(['artifacts/lef'])), undefined);
  });

  it('tell values of the environment apart, and slots; not where a stage is written', () => {
    const seeing = planOf('one', { env: ['LANG'] });
    const run = (plan: Plan, lang: string): Readonly<Record<string, string>> => claims(plan, ['left'], { LANG: lang });
    assert.equal(clash(run(seeing, 'de'), run(seeing, 'fr')), 'artifacts/left');
    assert.equal(clash(run(seeing, 'de'), run(seeing, 'de')), undefined);
    assert.equal(clash(run(one, 'de'), run(one, 'fr')), undefined);
    const slots = { resources: { cpus: 1, slots: { board: 1 } } };
    assert.match(clash(claims(planOf('one', slots), ['left']), { 'slot board': 'another' })!, /board/);
    const moved = planOf('one', { at: { file: 'pipeline.yaml', line: 9, column: 1 } });
    assert.equal(clash(claims(one, ['left']), claims(moved, ['left'])), undefined);
  });
});
