/** A whole network under the test trials, input cells included: layers, Kenyon cell classes, cell types, bands. Knows no readout. */

import { mean } from '../../base/numbers.ts';
import type { OdourTask } from '../../odour/odour-task.ts';
import type { Model, PopulationSlice } from '../../snn/network/network.ts';
import { answered } from '../activity/answered.ts';
import { type BandCheck, type BandKey, checkBands } from '../activity/bands.ts';
import { type KenyonClass, kenyonClasses, kenyonClassOf } from '../activity/kenyon-class.ts';
import { type AnswersByInput, answersByInput, inputResponse } from '../activity/measured-input.ts';
import { odourMeans } from '../activity/odour-means.ts';
import { type RateSummary, summariseRates } from '../activity/rates.ts';
import { type Separation, separation } from '../activity/separation.ts';
import { tuningCurve } from '../activity/tuning.ts';
import { type LayerActivity, layerActivity, type RecordedCounts } from './layer-activity.ts';

/** Response from which input counts as measured (of DoOR's 0 … 1). */
const LEAST_RESPONSE = 0.05;

export interface KenyonClassActivity {
  readonly name: KenyonClass;
  readonly rates: RateSummary;
  readonly answered: number;
  /** [C] Hz by rank of odour. */
  readonly tuning: Float64Array | null;
}

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
}

/** Counts of one network under test trials and blanks, and those of its input. */
export interface NetworkRun {
  /** [B, N] and [K, N]. */
  readonly counts: Float32Array;
  readonly blanks: Float32Array;
  /** [B, nIn] and [K, nIn]. */
  readonly inputCounts: Float32Array;
  readonly inputBlanks: Float32Array;
}

/** All activity figures of one network. cost: O(B·N + C²·N). */
export function networkActivity(model: Model, task: OdourTask, run: NetworkRun, labels: Int32Array): NetworkActivity {
  const { topology, dtMs } = model.network;
  const odours = task.odours.length;
  const seconds = (model.steps * dtMs) / 1000;
  const recorded = record(run.counts, run.blanks, topology.size, labels, odours, seconds);
  const input = record(run.inputCounts, run.inputBlanks, task.inputSize, labels, odours, seconds);
  const inputSlice = { name: topology.inputPopulation, offset: 0, size: task.inputSize };
  const slices = topology.populations.filter(({ size }) => size > 0);
  const layers = [layerActivity(inputSlice, input), ...slices.map((slice) => layerActivity(slice, recorded))];
  const rates = Float64Array.from(layers.slice(1).flatMap((layer) => [...layer.ratesHz]));
  const pn = slices.find(({ name }) => name === 'PN');
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
    kenyonClasses: classesOf(model, slices, rates, recorded, odours),
    ...(driven === undefined ? {} : { drivenPairs: driven }),
    separations: separationsOf(layers),
    bands: checkBands(bandValues(layers, driven)),
  };
}

function record(
  counts: Float32Array,
  blanks: Float32Array,
  cells: number,
  labels: Int32Array,
  odours: number,
  trialSeconds: number,
): RecordedCounts {
  const means = odourMeans(counts, labels, odours);
  return { cells, counts, blanks, means, answers: answered(counts, labels, odours, blanks, cells), trialSeconds };
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

function classesOf(
  model: Model,
  slices: readonly PopulationSlice[],
  ratesHz: Float64Array,
  { means, answers, cells: all, trialSeconds }: RecordedCounts,
  odours: number,
): KenyonClassActivity[] {
  const kc = slices.find(({ name }) => name === 'KC');
  if (kc === undefined) return [];
  const groups = cellsBy(kc.size, (i) => {
    const found = kenyonClassOf(model.typeNames[model.typeIdx[kc.offset + i]!]!);
    return found === undefined ? undefined : kenyonClasses.indexOf(found);
  });
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([index, within]) => {
      const cells = within.map((i) => kc.offset + i);
      const gather = (matrix: Float64Array) =>
        Float64Array.from({ length: odours * cells.length }, (_, k) => {
          return matrix[Math.floor(k / cells.length) * all + cells[k % cells.length]!]!;
        });
      const curve = means.split ? tuningCurve(gather(means.odd), gather(means.even), odours) : null;
      let answersOfClass = 0;
      for (let c = 0; c < odours; c++) for (const i of cells) answersOfClass += answers[c * all + i]!;
      return {
        name: kenyonClasses[index]!,
        rates: summariseRates(cells.map((i) => ratesHz[i]!)),
        answered: answersOfClass / (odours * cells.length),
        tuning: curve === null ? null : curve.map((count) => count / trialSeconds),
      };
    });
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
  driven: AnswersByInput | undefined,
): Partial<Record<BandKey, number>> {
  const of = (name: string) => layers.find((layer) => layer.name === name);
  const [pn, kc, mbon, apl] = [of('PN'), of('KC'), of('MBON'), of('APL')];
  return {
    ...(driven === undefined ? {} : { pnAnswered: driven.share }),
    ...(kc === undefined ? {} : { kcAnswered: mean(kc.answered) }),
    ...(kc === undefined ? {} : { kcActive: kc.active.mean, kcRate: kc.rates.meanHz }),
    ...(kc === undefined || pn === undefined ? {} : { kcSparser: kc.active.mean / pn.active.mean }),
    ...(mbon === undefined ? {} : { mbonRate: mbon.rates.p90Hz }),
    ...(apl === undefined ? {} : { aplRate: apl.rates.meanHz }),
  };
}
