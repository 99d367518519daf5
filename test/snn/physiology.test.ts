/** One table of physiological limits: what the loss pushes, what evaluation checks and what the pages say are its values. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type BandKey, checkBands, shownLimit } from '../../src/analysis/activity/bands.ts';
import { type PhysiologyKey, physiology } from '../../src/snn/network/physiology.ts';
import { defaultBands } from '../../src/snn/training/rate-terms.ts';

const every: readonly BandKey[] = [
  ...(['pnRestRate', 'kcRestRate', 'kcRestMost', 'kcAnswered', 'kcRestShare', 'kcCorrelation'] as const),
  ...(['mbonRestRate', 'mbonStrongest', 'mbonRestShare'] as const),
  ...(['pnAnswered', 'kcActive', 'kcRate', 'kcSparser', 'mbonRate', 'aplRate'] as const),
];
const checked = Object.fromEntries(
  checkBands(Object.fromEntries(every.map((key) => [key, 1]))).map((check) => [check.key, check]),
) as Record<BandKey, ReturnType<typeof checkBands>[number]>;

/** Of the default loss. */
const pushed = (population: string, scope: string, trials?: string) =>
  defaultBands.find((band) => band.population === population && band.scope === scope && band.trials === trials)!;

describe('physiology', () => {
  it('holds the network to the limits that evaluation checks, at rest and with odours', () => {
    const range = ({ lo, hi }: { lo?: number; hi?: number }, factor = 1) =>
      [lo, hi].map((x) => x && Math.round(1e6 * factor * x) / 1e6);
    assert.deepEqual(range(pushed('PN', 'population', 'rest')), range(checked.pnRestRate));
    assert.deepEqual(range(pushed('KC', 'population', 'rest')), range(checked.kcRestRate));
    assert.deepEqual(range(pushed('KC', 'cell', 'rest')), range(checked.kcRestMost));
    assert.deepEqual(range(pushed('KC', 'evokedActive'), 100), range(checked.kcAnswered));
    assert.deepEqual(range(pushed('KC', 'restShare'), 100), range(checked.kcRestShare));
    assert.deepEqual(range(pushed('MBON', 'population', 'rest')), range(checked.mbonRestRate));
    assert.deepEqual(range(pushed('MBON', 'restShare'), 100), range(checked.mbonRestShare));
    assert.equal(pushed('MBON', 'cellTrial').hi, checked.mbonRate.hi);
    assert.equal(pushed('APL', 'cellTrial').hi, checked.aplRate.hi);
  });

  it('checks fractions against fractions and shows them in %', () => {
    const at = (kcActive: number) => checkBands({ kcActive })[0]!;
    assert.deepEqual(
      [at(0.03).inside, at(0.08).inside, at(0.0299).inside, at(0.0801).inside],
      [true, true, false, false],
    );
    assert.equal(at(0.05).value, 5);
    assert.equal(at(0.05).unit, '% of cells');
  });

  it('has a limit, a sentence and a source with its DOI, or says that the value is a free parameter', () => {
    for (const key of Object.keys(physiology) as PhysiologyKey[]) {
      const { lo, hi, source, sentence } = physiology[key];
      assert.ok((lo ?? hi) !== undefined && (lo ?? 0) < (hi ?? Number.POSITIVE_INFINITY), key);
      if (source === null) assert.match(sentence, /free parameter/, key);
      else assert.match(source.doi, /^10\.\d{4,}\/\S+$/, key);
    }
  });

  it('is what the pages say', () => {
    const evaluation = readFileSync('docs/evaluation.md', 'utf8');
    for (const { key, name } of Object.values(checked)) {
      const { lo, hi, unit, source } = shownLimit(key);
      const range = lo === undefined ? `≤ ${hi}` : hi === undefined ? `≥ ${lo}` : `${lo}–${hi}`;
      const from = physiology[key].source?.name ?? 'free parameter';
      assert.ok(source.includes(from), source);
      assert.ok(evaluation.includes(`| ${name} | ${range} ${unit} | ${from} |`), `docs/evaluation.md: ${name}`);
    }
    const training = readFileSync('docs/training.md', 'utf8').replace(/\s+/g, ' ');
    for (const band of defaultBands) {
      const { population, lo, hi } = band;
      const factor = band.scope === 'evokedActive' || band.scope === 'restShare' ? 100 : 1;
      const unit = factor === 100 ? '%' : band.scope === 'correlation' ? 'ratio' : 'Hz';
      const range =
        lo === undefined
          ? `≤ ${Math.round(1e6 * factor * hi!) / 1e6}`
          : `${factor * lo}–${Math.round(1e6 * factor * hi!) / 1e6}`;
      const row = `| ${population} | ${band.scope} | ${band.trials ?? 'odour'} | ${range} ${unit} |`;
      assert.ok(training.includes(row), `docs/training.md: ${row}`);
    }
    for (const { source } of Object.values(physiology))
      if (source !== null) assert.ok(training.includes(`doi:${source.doi}`), source.name);
  });
});
