/**
 * Presynaptic inhibition of receptor cells as a divisive gain on their drive, by the pathway's own wiring: receptor cells → LN → receptor cells.
 * Constant over a trial: the wiring predicts that it follows an odour's total drive. Knows no DoOR and no spikes.
 */
import { mean } from '../base/numbers.ts';
import type { Pathway, Population, Projection } from '../connectome/pathway.ts';

/** How strongly, and by which population, receptor cells are inhibited; strength 0: not at all. */
export interface PresynapticRule {
  readonly strength: number;
  readonly from: string;
}

/** Both ways of the loop. */
export interface LateralWiring {
  readonly forth: Projection;
  readonly back: Projection;
}

/** The loop from the input population through `from` and back; throws RangeError that says what the pathway lacks. */
export function lateralWiring(pathway: Pathway, input: string, from: string): LateralWiring {
  const find = (pre: string, post: string): Projection => {
    const found = pathway.projections.find((p) => p.pre === pre && p.post === post);
    if (found !== undefined) return found;
    throw new RangeError(
      `odours.presynaptic: the pathway has no projection ${pre}>${post}; take it out of pathway.dropProjections (docs/odours.md), or set odours.presynaptic.strength to 0`,
    );
  };
  return { forth: find(input, from), back: find(from, input) };
}

/** [nFrom, types] synapses on each inhibiting cell from a glomerulus, as a mean over its cells; and the sums over glomeruli. */
function heardBy({ forth }: LateralWiring, population: Population, size: number): Float64Array {
  const types = population.types.length;
  const heard = new Float64Array(size * types);
  for (let cell = 0; cell < population.size; cell++)
    for (let e = forth.rowPtr[cell]!; e < forth.rowPtr[cell + 1]!; e++)
      heard[forth.colIdx[e]! * types + population.typeIdx[cell]!]! += forth.synCount[e]!;
  return heard;
}

/** [types, nFrom] synapses from each inhibiting cell on a glomerulus, over the cells of it. */
function givenTo({ back }: LateralWiring, population: Population, size: number): Float64Array {
  const given = new Float64Array(population.types.length * size);
  const cells = new Float64Array(population.types.length);
  for (const type of population.typeIdx) cells[type]! += 1;
  for (let from = 0; from < size; from++)
    for (let e = back.rowPtr[from]!; e < back.rowPtr[from + 1]!; e++) {
      if (back.sign[e]! > 0) continue;
      const type = population.typeIdx[back.colIdx[e]!]!;
      given[type * size + from]! += back.synCount[e]! / cells[type]!;
    }
  return given;
}

/** [O, types] mean drive of the cells of each type. */
function meanByType(drive: Float32Array, population: Population, odours: number): Float64Array {
  const types = population.types.length;
  const sums = new Float64Array(odours * types);
  const cells = new Float64Array(types);
  for (const type of population.typeIdx) cells[type]! += 1;
  for (let o = 0; o < odours; o++)
    for (let i = 0; i < population.size; i++) {
      const type = population.typeIdx[i]!;
      sums[o * types + type]! += drive[o * population.size + i]! / cells[type]!;
    }
  return sums;
}

/**
 * x[o, g] = Σ_l n(l→g)·⟨drive of o that l hears⟩ over the inhibiting cells l, divided by its mean over odours and glomeruli: 1 is what a glomerulus gets
 * on average. n(l→g) counts inhibitory synapses a cell of g; l hears the mean drive of its receptor cells, weighted by their synapses. `drive` [O, N], Hz
 * above the baseline. Throws RangeError where nothing inhibits. Deterministic. cost: O(O · types · nFrom).
 */
export function presynapticInhibition(
  wiring: LateralWiring,
  population: Population,
  drive: Float32Array,
): Float64Array {
  const size = wiring.back.rowPtr.length - 1;
  const types = population.types.length;
  const odours = drive.length / population.size;
  const [heard, given] = [heardBy(wiring, population, size), givenTo(wiring, population, size)];
  const byType = meanByType(drive, population, odours);
  const inhibition = new Float64Array(odours * types);
  for (let from = 0; from < size; from++) {
    const row = heard.subarray(from * types, (from + 1) * types);
    const all = row.reduce((a, b) => a + b, 0);
    if (all === 0) continue;
    for (let o = 0; o < odours; o++) {
      let hears = 0;
      for (let type = 0; type < types; type++) hears += row[type]! * byType[o * types + type]!;
      for (let type = 0; type < types; type++)
        inhibition[o * types + type]! += (given[type * size + from]! * hears) / all;
    }
  }
  const unit = mean(inhibition);
  if (!(unit > 0)) {
    throw new RangeError(
      `odours.presynaptic: no inhibitory synapse of ${wiring.back.pre} reaches ${population.name} that an odour drives; set odours.presynaptic.strength to 0`,
    );
  }
  return inhibition.map((x) => x / unit);
}

/** Drive [O, N] divided by 1 + strength·x of its odour and glomerulus. */
export function inhibited(
  drive: Float32Array,
  inhibition: Float64Array,
  population: Population,
  strength: number,
): Float32Array {
  const types = population.types.length;
  return drive.map((hz, k) => {
    const [odour, cell] = [Math.floor(k / population.size), k % population.size];
    return hz / (1 + strength * inhibition[odour * types + population.typeIdx[cell]!]!);
  });
}
