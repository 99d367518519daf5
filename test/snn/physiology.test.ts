/** One table of physiological limits: what the loss pushes, what evaluation checks and what the pages say are its values. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type BandKey, checkBands, shownLimit } from '../../src/analysis/activity/bands.ts';
import { type PhysiologyKey, physiology } from '../../src/snn/network/physiology.ts';
import { defaultBands } from '../../src/snn/training/rate-terms.ts';

const checked = Object.fromEntries(
  checkBands({ pnAnswered: 1, kcAnswered: 1, kcActive: 1, kcRate: 1, kcSparser: 1, mbonRate: 1, aplRate: 1 }).map(
    (check) => [check.key, check],
  ),
) as Record<BandKey, ReturnType<typeof checkBands>[number]>;

/** Of the default loss. */
const pushed = (population: string, scope: string) =>
  defaultBands.find((band) => band.population === population && band.scope === scope)!;

describe('physiology', () => {
  it('holds the network to the limits that evaluation checks', () => {
    assert.equal(pushed('KC', 'population').hi, checked.kcRate.hi);
    assert.equal(pushed('MBON', 'cellTrial').hi, checked.mbonRate.hi);
    assert.equal(pushed('APL', 'cellTrial').hi, checked.aplRate.hi);
    const { lo, hi } = pushed('KC', 'active');
    assert.deepEqual([100 * lo!, 100 * hi!], [checked.kcActive.lo, checked.kcActive.hi]);
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
      const range = lo === undefined ? `≤ ${hi}` : `${lo}–${hi}`;
      const from = physiology[key].source?.name ?? 'free parameter';
      assert.ok(source.includes(from), source);
      assert.ok(evaluation.includes(`| ${name} | ${range} ${unit} | ${from} |`), `docs/evaluation.md: ${name}`);
    }
    const training = readFileSync('docs/training.md', 'utf8').replace(/\s+/g, ' ');
    const { lnRate, pnRate, aplRate, mbonRate, danRate, kcActive, kcLeastRate, kcRate, pnMeanRate } = physiology;
    for (const text of [
      `LN ≤ ${lnRate.hi}, PN ≤ ${pnRate.hi}, APL ≤ ${aplRate.hi}, MBON ≤ ${mbonRate.hi}, DAN ≤ ${danRate.hi} Hz`,
      `active KC in a trial ${100 * kcActive.lo!}–${100 * kcActive.hi!} %`,
      `KC ${kcLeastRate.lo}–${kcRate.hi} Hz, PN ${pnMeanRate.lo}–${pnMeanRate.hi} Hz`,
    ])
      assert.ok(training.includes(text), `docs/training.md: ${text}`);
    for (const { source } of Object.values(physiology))
      if (source !== null) assert.ok(training.includes(`doi:${source.doi}`), source.name);
  });
});
