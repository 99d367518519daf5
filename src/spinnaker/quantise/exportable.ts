/** Whether PyNN's IF_curr_exp and the board's 1 ms step can hold a model; where they cannot, what and which cell. Knows no files. */
import { userError } from '../../base/located-error.ts';
import type { CellParameters, Model, Readout, SpikingNetwork, Topology } from '../../snn/network/network.ts';
import { endsOf, projectionName, projectionsOf } from './projections.ts';

/** `cell 17 of KC`, for a cell's number in the network. */
export function cellName(topology: Pick<Topology, 'populations'>, cell: number): string {
  const population = topology.populations.find((p) => cell >= p.offset && cell < p.offset + p.size);
  return population === undefined ? `cell ${cell}` : `cell ${cell - population.offset} of ${population.name}`;
}

const foreignModel = 'train stops before it writes such a value: is the model file another program’s, or damaged?';

/** What a cell's parameter must be beside finite. */
const domains: Readonly<Partial<Record<keyof CellParameters, readonly [holds: (x: number) => boolean, want: string]>>> =
  {
    tauMMs: [(x) => x > 0, 'above 0'],
    cmNf: [(x) => x > 0, 'above 0'],
    tauSynEMs: [(x) => x > 0, 'above 0'],
    tauSynIMs: [(x) => x > 0, 'above 0'],
    refractorySteps: [(x) => x >= 0 && x <= 65535, 'between 0 and 65535'],
  };

/** Throws UserError at the first parameter of a cell that is not a number of its domain. */
function checkCells({ cells, topology }: SpikingNetwork): void {
  for (const name of Object.keys(cells) as (keyof CellParameters)[]) {
    const [holds, want] = domains[name] ?? [() => true, 'finite'];
    const bad = cells[name].findIndex((x: number) => !(Number.isFinite(x) && holds(x)));
    if (bad < 0) continue;
    throw userError(`export: ${name} of ${cellName(topology, bad)} is ${cells[name][bad]}, want ${want}`, foreignModel);
  }
  const always = cells.vThreshMv.findIndex((vThresh, i) => vThresh <= cells.vResetMv[i]!);
  if (always >= 0) {
    throw userError(
      `export: ${cellName(topology, always)} fires in every step: its threshold ${cells.vThreshMv[always]} mV is not above its reset ${cells.vResetMv[always]} mV`,
      'NEST refuses such a cell; bound the thresholds in training',
    );
  }
}

/** Throws UserError at the first weight that is not a finite number ≥ 0, with its projection and cells. */
function checkWeights({ topology, weightNa }: SpikingNetwork): void {
  const isBad = (w: number) => !(Number.isFinite(w) && w >= 0);
  if (!weightNa.some(isBad)) return;
  const found = projectionsOf(topology).find((p) => p.edge.some((e) => isBad(weightNa[e]!)))!;
  const n = found.edge.findIndex((e) => isBad(weightNa[e]!));
  const all = found.edge.filter((e) => isBad(weightNa[e]!)).length;
  throw userError(
    `export: ${projectionName(found)}: the weight from ${endsOf(found, n)} is ${weightNa[found.edge[n]!]} nA, want a finite number ≥ 0 (the receptor carries the sign); ${all} of its ${found.edge.length} weights are not`,
    foreignModel,
  );
}

/** Throws UserError where a number of a readout is not finite. */
function checkReadout(readout: Readout): void {
  for (const name of ['weight', 'bias', 'mean', 'scale'] as const) {
    const bad = readout[name].findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw userError(
        `export: ${name}[${bad}] of the readout of ${readout.population} is ${readout[name][bad]}`,
        foreignModel,
      );
  }
}

/** Throws UserError, saying what and why, for a model that the exported project could not run. cost: a pass over cells and weights. */
export function checkExportable(model: Model): void {
  const { network } = model;
  if (network.dtMs !== 1)
    throw userError(
      `export: the model's step is ${network.dtMs} ms; the board runs steps of 1 ms`,
      'train with dt = 1 ms',
    );
  const readout = model.readouts[0];
  if (readout === undefined) throw userError('export: the model has no readout', 'train with a readout population');
  const empty = network.topology.populations.filter((p) => p.size === 0).map((p) => p.name);
  if (empty.length > 0)
    throw userError(`export: no cells in ${empty.join(', ')}`, 'leave the population out of the pathway');
  checkCells(network);
  checkWeights(network);
  checkReadout(readout);
}
