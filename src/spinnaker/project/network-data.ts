/**
 * The numbers of an exported network ⇄ the safetensors file that run.py and spinnaker-run read. Knows no quantisation rule and no files.
 * head (canonical JSON): dtMs, steps, ticks, populations with offset, shifts and λ, projections, classes; arrays: `cells.*` trained values (f64),
 * `board.*` s1615 bits, `projection.k.{pre, post, weight, word}`, `readout.*`.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  tensor,
  tensorData,
} from '../../formats/safetensors.ts';
import type { CellParameters, Model, PopulationSlice } from '../../snn/network/network.ts';
import type { BoardCellParameters } from '../firmware/board-cells.ts';
import type { BoardNetwork, Wiring } from '../firmware/board-network.ts';
import { type ProjectionEdges, projectionsOf, type ReceptorName } from '../quantise/projections.ts';
import type { QuantisedNetwork } from '../quantise/quantise.ts';
import { readoutLeft, readoutPopulation, readoutTick } from '../quantise/readout-cells.ts';
import { expectedWeightFor } from '../quantise/weight-shift.ts';
import { meanOverExact } from '../simulators/platforms.ts';
import { rowTicks, type Timetable } from '../simulators/trial-row.ts';
import type { BoardAddress } from './board-schema.ts';

export const networkFormat = 'cc-snn/pynn-network/1';

export interface PopulationHead extends PopulationSlice {
  /** λ: V, thresholds and weights on the board are this times the trained ones. */
  readonly scale: number;
  readonly shiftE: number;
  readonly shiftI: number;
  /** What makes sPyNNaker choose these shifts. */
  readonly maxExpectedSummedWeight: readonly [number, number];
}

export interface ProjectionHead {
  readonly pre: string;
  readonly post: string;
  readonly receptor: ReceptorName;
  readonly shift: number;
}

export interface NetworkHead extends Timetable {
  readonly format: string;
  readonly dtMs: number;
  /** What a board runs for one trial: whole 16 ticks, the rest cut off. */
  readonly ticks: number;
  readonly size: number;
  readonly inputPopulation: string;
  readonly inputSize: number;
  readonly populations: readonly PopulationHead[];
  readonly projections: readonly ProjectionHead[];
  readonly neuronsPerCore: number;
  readonly timeScaleFactor: number;
  readonly board: BoardAddress;
  readonly readout: {
    readonly population: string;
    readonly classes: readonly string[];
    /** The readout's own cells, which only the board has, the tick at which their V is read, and what is left then of earlier currents; null where the host reads out. */
    readonly cells: { readonly population: string; readonly tick: number; readonly left: number } | null;
  };
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** PyNN's names of the trained values. */
const floatColumns = {
  v_rest: 'vRestMv',
  v_reset: 'vResetMv',
  v_thresh: 'vThreshMv',
  tau_m: 'tauMMs',
  cm: 'cmNf',
  i_offset: 'iOffsetNa',
  tau_syn_E: 'tauSynEMs',
  tau_syn_I: 'tauSynIMs',
} as const satisfies Readonly<Record<string, keyof CellParameters>>;

/** PyNN's names of the board's values. */
const boardColumns = {
  v_init: 'vInit',
  v_rest: 'vRest',
  v_reset: 'vReset',
  v_thresh: 'vThresh',
  tau_m: 'tauM',
  cm: 'cm',
  i_offset: 'iOffset',
  tau_refrac: 'tauRefrac',
  tau_syn_E: 'tauSynE',
  tau_syn_I: 'tauSynI',
} as const satisfies Readonly<Record<string, keyof BoardCellParameters>>;

export interface BoardSettings extends Omit<Timetable, 'steps'> {
  readonly neuronsPerCore: number;
  readonly timeScaleFactor: number;
  readonly board: BoardAddress;
}

function headOf(
  model: Model,
  quantised: QuantisedNetwork,
  projections: readonly ProjectionEdges[],
  settings: BoardSettings,
): NetworkHead {
  const { network } = model;
  const { shifts, wiring } = quantised.board;
  const readout = model.readouts[0];
  if (readout === undefined) throw new RangeError('export: the model has no readout');
  const own = wiring.populations.some((p) => p.name === readoutPopulation);
  return {
    format: networkFormat,
    dtMs: network.dtMs,
    steps: model.steps,
    ticks: rowTicks({ ...settings, steps: model.steps }, 1, own ? { tick: readoutTick(model.steps) } : null),
    size: wiring.size,
    inputPopulation: wiring.inputPopulation,
    inputSize: wiring.inputSize,
    populations: wiring.populations.map(({ name, offset, size }, p) => {
      const [shiftE, shiftI] = [shifts[2 * p]!, shifts[2 * p + 1]!];
      const maxExpectedSummedWeight = [expectedWeightFor(shiftE), expectedWeightFor(shiftI)] as const;
      return { name, offset, size, scale: quantised.scale[p]!, shiftE, shiftI, maxExpectedSummedWeight };
    }),
    projections: projections.map(({ pre, post, receptor, postIdx, receptorIdx }) => ({
      pre,
      post,
      receptor,
      shift: shifts[2 * postIdx + receptorIdx]!,
    })),
    ...settings,
    readout: {
      population: readout.population,
      classes: readout.classes,
      cells: own
        ? { population: readoutPopulation, tick: readoutTick(model.steps), left: readoutLeft(model.steps) }
        : null,
    },
    provenance: model.provenance,
  };
}

/** The file of a network; `model` is the quantised one, with its readout's cells where the board has them. cost: one copy of everything; throws RangeError without a readout. */
export function encodeNetworkData(model: Model, quantised: QuantisedNetwork, settings: BoardSettings): Uint8Array {
  const { network } = model;
  const { cells, weightNa } = network;
  const projections = projectionsOf(quantised.board.wiring);
  const tensors: Record<string, Tensor> = {};
  for (const [name, key] of Object.entries(floatColumns))
    tensors[`cells.${name}`] = tensor(Float64Array.from(cells[key]));
  for (const [name, key] of Object.entries(boardColumns))
    tensors[`board.${name}`] = tensor(quantised.board.parameters[key]);
  const factors = (tauSyn: Float32Array) =>
    tensor(Float64Array.from(tauSyn, (tau, i) => meanOverExact(cells.tauMMs[i]!, tau, network.dtMs)));
  tensors['cells.mean_over_exact_E'] = factors(cells.tauSynEMs);
  tensors['cells.mean_over_exact_I'] = factors(cells.tauSynIMs);
  tensors['cells.refractory_steps'] = tensor(cells.refractorySteps);
  projections.forEach((projection, k) => {
    tensors[`projection.${k}.pre`] = tensor(projection.preCell);
    tensors[`projection.${k}.post`] = tensor(projection.postCell);
    tensors[`projection.${k}.weight`] = tensor(Float64Array.from(projection.edge, (e) => weightNa[e]!));
    tensors[`projection.${k}.word`] = tensor(Uint16Array.from(projection.edge, (e) => quantised.board.word[e]!));
  });
  const head = headOf(model, quantised, projections, settings);
  const readout = model.readouts[0]!;
  tensors['readout.weight'] = tensor(readout.weight, [readout.classes.length, readout.mean.length]);
  for (const name of ['bias', 'mean', 'scale'] as const) tensors[`readout.${name}`] = tensor(readout[name]);
  return encodeSafetensors({ tensors, metadata: { network: canonicalJson(head) } });
}

/** The description of an exported network; throws RangeError when the file holds something else. */
export function networkHeadOf(file: TensorFile): NetworkHead {
  const text = file.metadata['network'];
  if (text === undefined) throw new RangeError("PyNN network: no metadata 'network'; is this another kind of file?");
  const head = JSON.parse(text) as NetworkHead;
  if (head.format !== networkFormat)
    throw new RangeError(`PyNN network: format '${head.format}', want '${networkFormat}'`);
  return head;
}

/** What run.py gives the board, read back from the exported file alone. */
export function decodeBoardNetwork(bytes: Uint8Array): { readonly head: NetworkHead; readonly board: BoardNetwork } {
  const file = decodeSafetensors(bytes);
  const head = networkHeadOf(file);
  const parameters = Object.fromEntries(
    Object.entries(boardColumns).map(([name, key]) => [key, tensorData(file, `board.${name}`, Int32Array)]),
  ) as unknown as BoardCellParameters;
  const shifts = Uint8Array.from(head.populations.flatMap((p) => [p.shiftE, p.shiftI]));
  return { head, board: { ...wiringOf(file, head), parameters, shifts, delaySteps: 1 } };
}

interface RowEdge {
  readonly col: number;
  readonly receptor: number;
  readonly word: number;
}

/** Projections → rows, columns ascending. */
function wiringOf(file: TensorFile, head: NetworkHead): { readonly wiring: Wiring; readonly word: Uint16Array } {
  const rows: RowEdge[][] = Array.from({ length: head.inputSize + head.size }, () => []);
  const offsets = new Map([[head.inputPopulation, 0], ...head.populations.map((p) => [p.name, p.offset] as const)]);
  head.projections.forEach((projection, k) => {
    const firstRow = offsets.get(projection.pre)! + (projection.pre === head.inputPopulation ? 0 : head.inputSize);
    const firstCol = offsets.get(projection.post)!;
    const pre = tensorData(file, `projection.${k}.pre`, Int32Array);
    const post = tensorData(file, `projection.${k}.post`, Int32Array);
    const word = tensorData(file, `projection.${k}.word`, Uint16Array);
    const receptor = projection.receptor === 'excitatory' ? 0 : 1;
    for (let n = 0; n < pre.length; n++)
      rows[firstRow + pre[n]!]!.push({ col: firstCol + post[n]!, receptor, word: word[n]! });
  });
  const edges = rows.flatMap((row) => row.sort((a, b) => a.col - b.col || a.receptor - b.receptor));
  const rowPtr = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    rowPtr[r + 1] = rowPtr[r]! + row.length;
  });
  const wiring: Wiring = {
    inputPopulation: head.inputPopulation,
    inputSize: head.inputSize,
    size: head.size,
    populations: head.populations.map(({ name, offset, size }) => ({ name, offset, size })),
    rowPtr,
    colIdx: Int32Array.from(edges, (e) => e.col),
    receptor: Uint8Array.from(edges, (e) => e.receptor),
  };
  return { wiring, word: Uint16Array.from(edges, (e) => e.word) };
}
