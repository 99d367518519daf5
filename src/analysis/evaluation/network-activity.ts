/** A whole network under the test trials, input cells included: layers, Kenyon cell classes, cell types, bands. Knows no readout. */

import type { OdourTask } from '../../odour/odour-task.ts';
import type { Model, PopulationSlice } from '../../snn/network/network.ts';
import { answered } from '../activity/answered.ts';
import { type BandCheck, checkBands, type Measured } from '../activity/bands.ts';
import { type AnswersByInput, answersByInput, inputResponse } from '../activity/measured-input.ts';
import { odourMeans } from '../activity/odour-means.ts';
import { type RateSummary, summariseRates } from '../activity/rates.ts';
import { strongestOverRest } from '../activity/rest-and-evoked.ts';
import { type Separation, separation } from '../activity/separation.ts';
import { bootstrapOverClasses } from '../classification/bootstrap.ts';
import type { LabelledCounts } from './converged-readout.ts';
import {
  answersByOdour,
  type KenyonClassActivity,
  kenyonClassActivity,
  kenyonCorrelations,
} from './kenyon-activity.ts';
import { cellsOf, type LayerActivity, layerActivity, type RecordedCounts } from './layer-activity.ts';

/** Response from which input counts as measured (of DoOR's 0 … 1). */
const LEAST_RESPONSE = 0.05;

export interface NetworkActivity {
  /** The input population first, then the others in the network's order; empty ones left out. */
  readonly layers: readonly LayerActivity[];
  /** Rates by cell type, in the model's order of types. */
  readonly types: readonly { readonly name: string; readonly population: string; readonly rates: RateSummary }[];
  readonly kenyonClasses: readonly KenyonClassActivity[];
  /** Answers of PN to pairs with input response > .05; absent without PN. */
  readonly drivenPairs?: AnswersByInput;
  /** Kenyon cells against input and PN against input, where there are such populations. */
  readonly separations: readonly { readonly from: string; readonly to: string; readonly separation: Separation }[];
  readonly bands: readonly BandCheck[];
  /** [C, C] r between odours in Kenyon cells, see patternCorrelations; absent without KC or trials to split. */
  readonly kenyonCorrelations?: Float64Array;
}

/** Counts of one network under test trials and blanks, and those of its input. */
export interface NetworkRun {
  /** [B, N] and [K, N]. */
  readonly counts: Float32Array;
  readonly blanks: Float32Array;
  /** [B, nIn] and [K, nIn]. */
  readonly inputCounts: Float32Array;
  readonly inputBlanks: Float32Array;
  /** Of training trials, for a readout to convergence; left out: none is made. */
  readonly training?: LabelledCounts;
}

/** All activity figures of one network; `seed` is that of their intervals. cost: O(B·N + C²·n). */
export function networkActivity(
  model: Model,
  task: OdourTask,
  run: NetworkRun,
  labels: Int32Array,
  seed: number,
): NetworkActivity {
  const { topology, dtMs } = model.network;
  const odours = task.odours.length;
  const trialSeconds = (model.steps * dtMs) / 1000;
  const record = (counts: Float32Array, blanks: Float32Array, cells: number): RecordedCounts => ({
    ...{ cells, counts, blanks, trialSeconds, seed, means: odourMeans(counts, labels, odours) },
    answers: answered(counts, labels, odours, blanks, cells),
  });
  const recorded = record(run.counts, run.blanks, topology.size);
  const input = record(run.inputCounts, run.inputBlanks, task.inputSize);
  const inputSlice = { name: topology.inputPopulation, offset: 0, size: task.inputSize };
  const slices = topology.populations.filter(({ size }) => size > 0);
  const layers = [layerActivity(inputSlice, input), ...slices.map((slice) => layerActivity(slice, recorded))];
  const rates = Float64Array.from(layers.slice(1).flatMap((layer) => [...layer.ratesHz]));
  const [pn, kc] = ['PN', 'KC'].map((wanted) => slices.find(({ name }) => name === wanted));
  const correlations = kc === undefined ? undefined : kenyonCorrelations(kc, recorded);
  const driven =
    pn === undefined
      ? undefined
      : answersByInput(
          recorded.answers,
          topology.size,
          pn.offset,
          inputResponse(task, topology, pn.offset, pn.size),
          odours,
          LEAST_RESPONSE,
        );
  return {
    layers,
    types: typeRates(model, slices, rates),
    kenyonClasses: kc === undefined ? [] : kenyonClassActivity(model, kc, rates, recorded),
    ...(driven === undefined ? {} : { drivenPairs: driven }),
    separations: separationsOf(layers),
    bands: checkBands(bandValues(layers, slices, recorded, driven)),
    ...(correlations === undefined ? {} : { kenyonCorrelations: correlations }),
  };
}

/** Cells of each index, in order. */
function cellsBy(size: number, indexOf: (cell: number) => number | undefined): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < size; i++) {
    const index = indexOf(i);
    if (index === undefined) continue;
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [i]);
    else group.push(i);
  }
  return groups;
}

function typeRates(model: Model, slices: readonly PopulationSlice[], ratesHz: Float64Array): NetworkActivity['types'] {
  const populationOfCell = (cell: number) =>
    slices.find(({ offset, size }) => cell >= offset && cell < offset + size)!.name;
  return [...cellsBy(model.typeIdx.length, (i) => model.typeIdx[i])]
    .sort(([a], [b]) => a - b)
    .map(([type, cells]) => ({
      name: model.typeNames[type]!,
      population: populationOfCell(cells[0]!),
      rates: summariseRates(cells.map((i) => ratesHz[i]!)),
    }));
}

function separationsOf(layers: readonly LayerActivity[]): NetworkActivity['separations'] {
  const input = layers[0]!;
  return ['PN', 'KC', 'MBON'].flatMap((to) => {
    const layer = layers.find(({ name }) => name === to);
    const found = layer === undefined ? null : separation(input.cosines, layer.cosines);
    return found === null ? [] : [{ from: input.name, to, separation: found }];
  });
}

function bandValues(
  layers: readonly LayerActivity[],
  slices: readonly PopulationSlice[],
  recorded: RecordedCounts,
  driven: AnswersByInput | undefined,
): Measured {
  const of = (name: string) => layers.find((layer) => layer.name === name);
  const within = (name: string) => cellsOf(slices.find((slice) => slice.name === name)!);
  const [pn, kc, mbon, apl] = [of('PN'), of('KC'), of('MBON'), of('APL')];
  return {
    ...(pn === undefined ? {} : { pnRestRate: pn.rest.restHz }),
    ...(kc === undefined ? {} : kenyonBands(kc, recorded, within('KC'))),
    ...(mbon === undefined ? {} : outputBands(mbon, recorded, within('MBON'))),
    ...(driven === undefined ? {} : { pnAnswered: driven.share }),
    ...(kc === undefined ? {} : { kcActive: kc.active.mean, kcRate: kc.rates.meanHz }),
    ...(kc === undefined || pn === undefined ? {} : { kcSparser: kc.active.mean / pn.active.mean }),
    ...(mbon === undefined ? {} : { mbonRate: mbon.rates.p90Hz }),
    ...(apl === undefined ? {} : { aplRate: apl.rates.meanHz }),
  };
}

function kenyonBands({ rest }: LayerActivity, recorded: RecordedCounts, within: readonly number[]): Measured {
  return {
    kcRestRate: rest.restHz,
    kcRestMost: rest.restMostHz,
    kcAnswered: bootstrapOverClasses(answersByOdour(recorded, within), recorded.seed),
    ...(rest.restShare === null ? {} : { kcRestShare: rest.restShare }),
  };
}

function outputBands({ rest }: LayerActivity, recorded: RecordedCounts, within: readonly number[]): Measured {
  const strongest = strongestOverRest(recorded.means, recorded.blanks, within, recorded.seed);
  return {
    mbonRestRate: rest.restHz,
    ...(strongest === null ? {} : { mbonStrongest: strongest }),
    ...(rest.restShare === null ? {} : { mbonRestShare: rest.restShare }),
  };
}
