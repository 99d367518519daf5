/** A planted difference is found, a planted equality too, and what decides nothing says so; pairs are pairs; the pictures hold what they must. */
import assert from 'node:assert/strict';
import { compareObservations } from '../../../src/analysis/compare/comparison.ts';
import { comparisonFigure } from '../../../src/analysis/compare/figure.ts';
import { numberAt, type Observation } from '../../../src/analysis/compare/observations.ts';
import type { ComparePlan, Outcome } from '../../../src/analysis/compare/plan.ts';
import { comparisonCsv, comparisonData } from '../../../src/analysis/compare/tables.ts';
import { judge, type VerdictName } from '../../../src/analysis/compare/verdict.ts';
import { RandomStream } from '../../../src/base/random.ts';

const accuracy: Outcome = {
  label: 'accuracy',
  metric: 'accuracy.MBON.top1',
  epoch: null,
  perOdour: 'top1',
  scale: 100,
  unit: 'points',
  margin: 1,
  expected: 'lower',
  value: null,
};

const plan: ComparePlan = {
  question: 'Is it the wiring?',
  axis: 'wiring',
  reference: 'connectome',
  replicates: ['seed'],
  leastReplicates: 5,
  outcomes: { accuracy },
  primary: 'accuracy',
  against: null,
  alpha: 0.05,
  doesNotShow: 'what other tasks would say',
};

/** Seeds differ by several points, in both wirings alike; `shift` is what the wiring does, in points. */
function runs(shift: number, seeds = 8, odours = 30): Observation[] {
  const random = new RandomStream([9, 11]);
  return Array.from({ length: seeds }, (_, seed) => {
    const own = 0.85 + 0.08 * random.uniform();
    return ['connectome', 'shuffled'].map((wiring): Observation => {
      const moved = own + (wiring === 'shuffled' ? shift / 100 : 0) + 0.004 * (random.uniform() - 0.5);
      const top1 = Array.from({ length: odours }, (_, k) => moved + (k % 2 === 0 ? 0.05 : -0.05));
      return {
        axes: { wiring, seed },
        metrics: { accuracy: { MBON: { top1: moved } } },
        epochs: [
          { epoch: 1, validation: { MBON: { accuracy: moved / 2 } } },
          { epoch: 2, validation: { MBON: { accuracy: moved } } },
          { test: {} },
        ],
        perOdour: { top1 },
      };
    });
  }).flat();
}

const verdictOf = (
  observations: Observation[],
  more: Partial<ComparePlan> = {},
  outcome: Partial<Outcome> = {},
): VerdictName =>
  judge(compareObservations(observations, { ...plan, outcomes: { accuracy: { ...accuracy, ...outcome } }, ...more }, 1))
    .verdict;

describe('the verdict of a comparison', () => {
  it('follows a planted difference, whichever way was expected', () => {
    assert.equal(verdictOf(runs(-3)), 'support');
    assert.equal(verdictOf(runs(-3), {}, { expected: 'higher' }), 'contradict');
    assert.equal(verdictOf(runs(-3), {}, { expected: 'equal' }), 'contradict');
    assert.equal(verdictOf(runs(3)), 'contradict');
  });

  it('follows a planted equality, which a test of differences alone could not show', () => {
    assert.equal(verdictOf(runs(0)), 'null result');
    assert.equal(verdictOf(runs(0), {}, { expected: 'equal' }), 'support');
    assert.equal(verdictOf(runs(0), {}, { margin: 0.01 }), 'undecided');
  });

  it('calls a difference within the margin a null result, though it is there', () => {
    const comparison = compareObservations(runs(-0.4), plan, 1);
    assert.ok(comparison.contrasts[0]!.q < 0.05);
    assert.equal(judge(comparison).verdict, 'null result');
  });

  it('is undecided with fewer replicates than the plan asks for, however clear they are', () => {
    const few = judge(compareObservations(runs(-30, 4), plan, 1));
    assert.equal(few.verdict, 'undecided');
    assert.match(few.sentence, /4 of the 5 replicates that the plan asks for, which decides nothing/);
    assert.equal(verdictOf(runs(-30, 1), { leastReplicates: 2 }), 'undecided');
  });

  it('rests on pairs: what differs between seeds does not hide what the wiring does', () => {
    const [contrast] = compareObservations(runs(-1.5), plan, 1).contrasts;
    assert.ok(contrast!.test.sd < 0.3 && contrast!.test.mean < -1.3, JSON.stringify(contrast!.test));
    const spread = compareObservations(runs(-1.5), plan, 1).levels.map(({ sd }) => sd);
    assert.ok(
      spread.every((sd) => sd > 1),
      String(spread),
    );
    const shuffledOrder = [...runs(-1.5)].reverse();
    assert.deepEqual(
      compareObservations(shuffledOrder, plan, 1).contrasts,
      compareObservations(runs(-1.5), plan, 1).contrasts,
    );
  });

  it('holds a mean against a value where no axis is compared', () => {
    const alone = runs(0).filter(({ axes }) => axes['wiring'] === 'connectome');
    const against = { axis: null, reference: null } as const;
    assert.equal(verdictOf(alone, against, { value: 50, expected: 'higher' }), 'support');
    assert.equal(verdictOf(alone, against, { value: 99, expected: 'higher' }), 'contradict');
    assert.equal(verdictOf(alone, against), 'undecided');
  });

  it('reads epochs, the first and the last, where the course was gathered', () => {
    const level = (epoch: 1 | 'last'): number =>
      compareObservations(
        runs(0),
        { ...plan, outcomes: { accuracy: { ...accuracy, perOdour: null, metric: 'validation.MBON.accuracy', epoch } } },
        1,
      ).levels[0]!.mean;
    assert.ok(Math.abs(level('last') - 2 * level(1)) < 1e-9);
  });

  it('refuses what does not fit its plan, by name', () => {
    const refused =
      (more: Partial<ComparePlan>, outcome: Partial<Outcome> = {}) =>
      () =>
        verdictOf(runs(0), more, outcome);
    assert.throws(
      refused({ axis: 'wirings' }),
      /the plan names the axis 'wirings'; those of the runs are wiring, seed/,
    );
    assert.throws(
      refused({ reference: 'none' }),
      /plan\.reference is 'none'; on the axis wiring there are connectome, shuffled/,
    );
    assert.throws(refused({ replicates: [] }), /several runs are connectome/);
    assert.throws(refused({}, { metric: 'accuracy.KC.top1' }), /has no number 'accuracy\.KC\.top1'/);
    assert.throws(refused({ primary: 'x' }), /plan\.primary is 'x'; the outcomes are accuracy/);
    assert.throws(refused({ against: 'x' }), /plan\.against is 'x'; compared are shuffled/);
  });
});

describe('the tables and the figure of a comparison', () => {
  it('hold every replicate and every contrast, in the same bytes each time', () => {
    const comparison = compareObservations(runs(-3), plan, 1);
    const verdict = judge(comparison);
    assert.equal(comparisonCsv(comparison).trimEnd().split('\n').length, 1 + 16);
    const data = comparisonData(comparison, verdict);
    assert.equal(data['verdict'], 'support');
    const svg = comparisonFigure(comparison, verdict);
    assert.equal(svg, comparisonFigure(compareObservations(runs(-3), plan, 1), verdict));
    for (const word of ['Is it the wiring?', 'support', 'connectome', 'shuffled', 'n = 8', 'points', 'Does not show'])
      assert.ok(svg.includes(word), word);
    assert.equal(svg.match(/r="2"/g)?.length, 16);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it('are made of one replicate too, which has no interval', () => {
    const comparison = compareObservations(
      runs(0, 1).map((one) => ({ ...one, perOdour: {} })),
      plan,
      1,
    );
    assert.doesNotMatch(comparisonFigure(comparison, judge(comparison)), /NaN|undefined/);
  });
});

describe('a dotted name', () => {
  it('finds keys that hold dots, slashes and spaces themselves', () => {
    const tree = { 'test/untrained KC/accuracy': 1, a: { 'b.c': { d: 2 } }, 'a.b': 3 };
    assert.equal(numberAt(tree, 'test/untrained KC/accuracy'), 1);
    assert.equal(numberAt(tree, 'a.b.c.d'), 2);
    assert.equal(numberAt(tree, 'a.b'), 3);
    assert.equal(numberAt(tree, 'a.x'), undefined);
  });
});
