/** The stage that compares runs: each file is taken for the run that it stands at, the verdict is told, what does not fit is refused. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import stage from '../../stages/compare.ts';
import { runStage, type StageRun, type StageRunOptions } from '../rig/run-stage.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const plan = {
  question: 'Is it the wiring?',
  axis: 'wiring',
  reference: 'own',
  leastReplicates: 3,
  primary: 'accuracy',
  doesNotShow: 'more',
  outcomes: {
    accuracy: { label: 'accuracy', metric: 'accuracy.top1', perOdour: 'top1', expected: 'lower' },
    late: { label: 'late', metric: 'validation.accuracy', epoch: 'last', expected: 'lower' },
  },
};

const places = ['own', 'other'].flatMap((wiring) => [1, 2, 3, 4].map((seed) => ({ wiring, seed })));
const accuracyAt = ({ wiring, seed }: (typeof places)[number]): number =>
  0.9 - (wiring === 'own' ? 0 : 0.1) + 0.001 * (wiring === 'own' ? seed : seed * seed);

type Gathered = NonNullable<StageRunOptions['gathered']>;

/** The tables of odours and the courses come in another order than the metrics. */
function gathered(): Gathered {
  const of = (text: (place: (typeof places)[number]) => string): Gathered[string] =>
    places.map((place) => [place, bytes(text(place))]);
  return {
    metrics: of((place) => JSON.stringify({ accuracy: { top1: accuracyAt(place) } })),
    perOdour: [...of((place) => `key,top1\na,${accuracyAt(place) + 0.05}\nb,${accuracyAt(place) - 0.05}\n`)].reverse(),
    courses: [
      ...of(
        (place) =>
          `{"epoch":1,"validation":{"accuracy":0.1}}\n{"epoch":2,"validation":{"accuracy":${accuracyAt(place)}}}\n{"test":{}}\n`,
      ),
    ].reverse(),
  };
}

async function run(files: Gathered, over: object = {}): Promise<StageRun> {
  const outputs = { comparison: 'comparison.json', table: 'table.csv', figure: 'figure.svg' };
  const made = await runStage(stage, {
    params: { plan: { ...plan, ...over }, seed: 1 },
    inputs: {},
    gathered: files,
    outputs,
  });
  await rm(made.folder, { recursive: true });
  return made;
}

const text = (made: StageRun, path: string): string => new TextDecoder().decode(made.files[path]);

describe('the compare stage', () => {
  it('takes each file for the run that it stands at, and tells the verdict', async () => {
    const made = await run(gathered());
    assert.equal(made.error, undefined);
    assert.equal(made.headlines?.[0]?.value, 'support');
    const comparison = JSON.parse(text(made, 'comparison.json')) as {
      contrasts: { outcome: string; difference: number; sd: number; nestedLow: number }[];
    };
    for (const { difference, sd, nestedLow } of comparison.contrasts) {
      assert.ok(Math.abs(difference + 9.5) < 1e-3 && sd < 0.6, `${difference} ± ${sd}`);
      assert.ok(nestedLow >= -10 - 1e-3 && nestedLow < -9.5, String(nestedLow));
    }
    assert.equal(text(made, 'table.csv').trim().split('\n').length, 1 + 2 * places.length);
    assert.match(text(made, 'figure.svg'), /^<svg /);
    assert.deepEqual(made.warnings, []);
  });

  it('warns where there are fewer runs than the plan asks for', async () => {
    const made = await run(gathered(), { leastReplicates: 5 });
    assert.equal(made.headlines?.[0]?.value, 'undecided');
    assert.match(made.warnings[0]!, /4 of the 5 replicates that the plan asks for/);
  });

  it('refuses what is gathered from no matrix, and a run without its table', async () => {
    const { metrics: _, ...others } = gathered();
    assert.match(
      String((await run(others)).error),
      /metrics gathers no matrix; write artifacts\/STAGE\/\*\/metrics\.json/,
    );
    const few = { ...gathered(), perOdour: gathered()['perOdour']!.slice(1) };
    assert.match(String((await run(few)).error), /perOdour has no file for \{"seed":4,"wiring":"other"\}/);
  });
});
