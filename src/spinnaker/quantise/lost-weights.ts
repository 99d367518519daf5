/** What rounding to the board lost: weights that became 0, thresholds that every cell is above. Decides what is refused; rounds nothing. */
import { userError } from '../../base/located-error.ts';
import type { SpikingNetwork } from '../../snn/network/network.ts';
import { cellName } from './exportable.ts';
import { endsOf, type ProjectionEdges, projectionName, projectionsOf } from './projections.ts';
import type { QuantisationPolicy, QuantisedNetwork } from './quantise.ts';

/** Share of a projection's weights that may become 0 before the board's network counts as another one. Free parameter. */
const mostLost = 0.01;

/** `0.2 nA from cell 3 of PN to cell 17 of KC`. */
function weightText(p: ProjectionEdges, weightNa: Float32Array, n: number): string {
  return `${weightNa[p.edge[n]!]} nA from ${endsOf(p, n)}`;
}

/** Throws UserError where a projection lost too much, with the first lost weight and what made the units so coarse. */
function checkProjection(
  p: ProjectionEdges,
  quantised: QuantisedNetwork,
  { weightNa }: SpikingNetwork,
  policy: QuantisationPolicy,
): void {
  const isLost = (e: number) => quantised.board.word[e] === 0 && weightNa[e]! > 0;
  const lost = p.edge.filter(isLost).length;
  const nonzero = p.edge.filter((e) => weightNa[e]! > 0).length;
  const meant = policy.rule === 'stock' || (policy.weightBits ?? 16) < 16;
  if (lost === 0 || (lost < nonzero && (meant || lost <= mostLost * nonzero))) return;
  const largest = p.edge.reduce((best, e, n) => (weightNa[e]! > weightNa[p.edge[best]!]! ? n : best), 0);
  throw userError(
    `export: ${projectionName(p)}: ${lost} of ${p.edge.length} weights are too small for the board and became 0, the first ${weightText(p, weightNa, p.edge.findIndex(isLost))}; the largest is ${weightText(p, weightNa, largest)}`,
    `the board holds the largest sum of inputs × headroom in 16 bits: lower export.quantisation.headroom (now ${policy.headroom}), or see whether one weight onto ${p.post} is far from the others`,
  );
}

/** Throws UserError where a cell's threshold is no longer above its resting or reset potential though it was when trained. */
function checkThresholds(quantised: QuantisedNetwork, network: SpikingNetwork): void {
  const { vThresh, vRest, vReset } = quantised.board.parameters;
  const { cells, topology } = network;
  for (let i = 0; i < topology.size; i++) {
    const trained = cells.vThreshMv[i]! > Math.max(cells.vRestMv[i]!, cells.vResetMv[i]!);
    if (!trained || vThresh[i]! > Math.max(vRest[i]!, vReset[i]!)) continue;
    throw userError(
      `export: ${cellName(topology, i)}: its threshold ${cells.vThreshMv[i]} mV is lost in rounding, so that it would fire in every step`,
      'lower export.quantisation.headroom, or see whether a threshold, weight or offset of its population is far from the others',
    );
  }
}

/** Throws UserError, naming projection or cell, where the board's network would be another one. cost: a pass over the edges. */
export function checkLosses(quantised: QuantisedNetwork, network: SpikingNetwork, policy: QuantisationPolicy): void {
  for (const p of projectionsOf(network.topology)) checkProjection(p, quantised, network, policy);
  checkThresholds(quantised, network);
}

/** Populations whose voltages had to be made smaller for 32 bits, with the cell that is to blame, as sentences. */
export function coarseVoltages(quantised: QuantisedNetwork, network: SpikingNetwork): string[] {
  const { populations } = network.topology;
  return populations.flatMap(({ name, offset, size }, p) => {
    const scale = quantised.scale[p]!;
    if (scale >= 1) return [];
    const thresholds = network.cells.vThreshMv.subarray(offset, offset + size);
    const largest = thresholds.reduce((best, v, i) => (Math.abs(v) > Math.abs(thresholds[best]!) ? i : best), 0);
    return [
      `${name}: voltages are held at ${scale.toPrecision(3)} of their size, so that small differences are lost; the largest threshold is ${thresholds[largest]} mV, of cell ${largest}`,
    ];
  });
}
