/** Names that users give (populations, types, odours, stages) stay text in every picture. */
import assert from 'node:assert/strict';
import { pathwaySvg } from '../../src/connectome/pathway-svg.ts';
import { rasterSvg } from '../../src/odour/raster-svg.ts';
import { graphSvg } from '../../src/runner/views/graph-svg.ts';
import type { EpochRecord } from '../../src/snn/training/epoch-record.ts';
import { trainingPlot } from '../../src/snn/training/training-plot.ts';
import { strayMarkup } from '../rig/markup.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomPathway } from '../rig/random-model.ts';

const name = '<b>&"x';
const shown = '&lt;b&gt;&amp;';

function assertText(svg: string): void {
  assert.ok(svg.includes(shown), 'the name is shown');
  assert.equal(strayMarkup(svg), undefined);
}

describe('names that hold < & > and "', () => {
  const pathway = randomPathway({ sizes: { ORN: 6, [name]: 3 }, projections: [['ORN', name]] });

  it('stay text in the picture of a pathway', () => {
    assertText(pathwaySvg(pathway));
  });

  it('stay text in the picture of a trial: the odour and the cell types', () => {
    const task = plantedTask({ odours: 2, inputSize: 6, steps: 40 });
    const named = { ...task, odours: task.odours.map(({ key }) => ({ key, name })) };
    const population = { ...pathway.populations[0]!, types: [name, 'b'] };
    assertText(rasterSvg(named, population, { split: 'test', odour: 0, trial: 0 }));
  });

  it('stay text in the plot of a training', () => {
    const score = { crossEntropy: 1, accuracy: 0.5, top5: 1, samples: 1 };
    const quantiles = { mean: 1, p5: 1, p95: 1, median: 1, p90: 1, max: 1 };
    const by = <T>(value: T) => ({ [name]: value });
    const record = {
      epoch: 1,
      step: 1,
      train: { loss: 1, prior: 0, readouts: by(score), rateTerms: by(0.1) },
      gradient: { largestNorm: 1, leading: name, skipped: 0, projected: 0 },
      validation: { ...by(score), [`untrained ${name}`]: score },
      activity: { rateHz: by(1), active: by(quantiles), cellRateHz: by(quantiles), silent: by(0) },
      spikesPerType: by(1),
    };
    assertText(trainingPlot([record as unknown as EpochRecord], name));
  });

  it('stay text in the graph of a pipeline', () => {
    const node = { ids: [name], outputs: [name], sources: [name], runs: name };
    const nodes = [
      { ...node, stage: name },
      { ...node, stage: 'b' },
    ];
    assertText(graphSvg({ nodes, edges: [{ from: name, to: 'b', paths: [name] }] }));
  });
});
