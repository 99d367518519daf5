/** What every picture keeps: one colour a population, a dark page, a name for screen readers, titles at its axes. */
import assert from 'node:assert/strict';
import { pathwaySvg } from '../../src/connectome/pathway-svg.ts';
import { colourOf, palette, rampOf } from '../../src/drawing/colours.ts';
import { raster } from '../../src/drawing/raster.ts';
import { wholeDecades } from '../../src/drawing/scale.ts';
import { standAlone } from '../../src/drawing/stand-alone.ts';
import { rasterSvg } from '../../src/odour/raster-svg.ts';
import type { EpochRecord } from '../../src/snn/training/epoch-record.ts';
import { trainingPlot } from '../../src/snn/training/training-plot.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomPathway } from '../rig/random-model.ts';

const sizes = { ORN: 24, LN: 6, PN: 10, KC: 40, MBON: 8 };

function epoch(k: number): EpochRecord {
  const readout = (accuracy: number) => ({ crossEntropy: 2 / k, accuracy, top5: 1 });
  return {
    epoch: k,
    steps: 10 * k,
    learningRate: 0.01,
    train: {
      loss: 3 / k,
      prior: 0,
      rateTerms: { 'KC active 0.03–0.08': 0.1 },
      readouts: { KC: { crossEntropy: 1, accuracy: 0.5 }, MBON: { crossEntropy: 2 / k, accuracy: 0.4 } },
    },
    validation: { MBON: readout(0.2 * k), PN: readout(0.9), 'untrained MBON': readout(0.3) },
    activity: { rateHz: { LN: 7, PN: 9, KC: 0.5, MBON: 8 }, active: {}, cellRateHz: {}, silent: {} },
    rest: { rateHz: {}, active: {}, cellRateHz: {}, silent: {} },
    spikesPerType: {},
    gradient: { largestNorm: 1, leading: '', skipped: 0, projected: 0 },
  };
}

const pathway = randomPathway({ sizes });
const task = plantedTask({ odours: 3 });
const pictures: Readonly<Record<string, string>> = {
  'pathway.svg': pathwaySvg(pathway),
  'training.svg': trainingPlot([epoch(1), epoch(2), epoch(3)], 'MBON'),
  'raster.svg': rasterSvg(task, pathway.populations[0]!, { split: 'test', odour: 0, trial: 0 }),
};

describe('pictures', () => {
  for (const [name, svg] of Object.entries(pictures)) {
    it(`${name} has a dark page, a name, a limit to its width and finite coordinates`, () => {
      const [light, dark] = svg.split('@media(prefers-color-scheme:dark)');
      assert.match(light!, /\.card[^{]*\{fill:#ffffff\}/);
      assert.match(dark!, /\.card[^{]*\{fill:#1c2026\}/);
      assert.match(svg, /<svg [^>]*viewBox="0 0 \d[^>]*max-width:100%[^>]*role="img" aria-label="[^"]+"/);
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    });
  }

  it('draw a population in its one colour, light and dark', () => {
    for (const name of ['pathway.svg', 'training.svg']) {
      const [light, dark] = pictures[name]!.split('@media(prefers-color-scheme:dark)');
      for (const population of ['PN', 'MBON', 'KC']) {
        const kind = colourOf(population);
        assert.ok(light!.includes(`.${kind}{color:${palette[kind]![0]}}`), `${name}: ${population}`);
        assert.ok(dark!.includes(`.${kind}{color:${palette[kind]![1]}}`), `${name}: ${population}, dark`);
        assert.match(pictures[name]!, new RegExp(`class="[^"]*\\b${kind}"`), `${name}: ${population} is drawn`);
      }
    }
  });

  it('have no colour for two things: populations and Kenyon cell classes differ, other names take colours of their own', () => {
    const kinds = ['ORN', 'LN', 'PN', 'KC', 'APL', 'MBON', 'DAN', 'αβ', 'γ', 'LH', 'VUM'].map(colourOf);
    const seen = kinds.map((kind) => palette[kind]![0]);
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(colourOf('α′β′'), 'kc-apbp');
    assert.deepEqual([rampOf(-1), rampOf(0.5), rampOf(7)], ['ramp-0', 'ramp-4', 'ramp-8']);
  });

  it('name their axes', () => {
    for (const title of [
      'epoch',
      'validation accuracy, %',
      'loss (cross-entropy in nats)',
      'mean rate, Hz (validation)',
    ])
      assert.ok(pictures['training.svg']!.includes(`>${title}</text>`), title);
    for (const title of ['time, ms', 'rate while on, Hz', 'mean rate of all cells'])
      assert.ok(pictures['raster.svg']!.includes(`>${title}</text>`), title);
  });

  it('the course of training shows the readout that trains the network, whichever comes first in the record', () => {
    assert.match(pictures['training.svg']!, />MBON cross-entropy<\/text>/);
    assert.doesNotMatch(pictures['training.svg']!, />KC cross-entropy<\/text>/);
  });

  it('take whole decades for a logarithmic axis, one at least', () => {
    assert.deepEqual(wholeDecades(0.003, 40), [0.001, 100]);
    assert.deepEqual(wholeDecades(1, 1), [1, 10]);
    assert.deepEqual(wholeDecades(0.1, 1000), [0.1, 1000]);
  });

  it('escape what stands in them', () => {
    const svg = standAlone({ width: 1, height: 1, about: '"<&' });
    assert.match(svg, /aria-label="&quot;&lt;&amp;"/);
  });
});

describe('raster', () => {
  const options = {
    ...{ width: 300, top: 10, left: 50, right: 50, gap: 2, steps: 100, dtMs: 1, onMs: 30, notesTitle: 'cells' },
    rate: { ratesHz: [10, 20], binSteps: 50, about: 'mean rate' },
  };

  it('has one mark a spike, in the row and step where it belongs', () => {
    const band = { name: 'PN', colour: 'pn', rows: [[0, 5, 6], [], [99]], height: 20, note: '2 of 3' };
    const { body } = raster(options, [band]);
    const [, path] = /<path transform="translate\(50 [\d.]+\) scale\(2 [\d.]+\)"[^>]* d="([^"]*)"/.exec(body)!;
    assert.equal(path, 'M0 0.5h1m4 0h1m0 0h1M99 2.5h1');
  });

  it('is as high as its bands, its rate and its axis', () => {
    const band = { name: 'PN', colour: 'pn', rows: [[1]], height: 20, note: '' };
    assert.equal(raster(options, [band, band]).bottom - raster(options, [band]).bottom, 22);
  });
});
