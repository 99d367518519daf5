/** The modelled pathway: populations and the projections between them, as plain typed arrays. Knows no files, no neuron equations. */

/** The cells of one population, in ascending order of root id. */
export interface Population {
  /** e.g. `ORN`, `LN`, `PN`, `KC`, `APL`, `MBON`, `DAN`. */
  readonly name: string;
  readonly size: number;
  /** [n] FlyWire root ids (beyond 2^53, hence BigInt). */
  readonly rootIds: BigInt64Array;
  /** Distinct cell types (primary_type), in code-unit order; '' stands for untyped. */
  readonly types: readonly string[];
  /** [n] index into types. */
  readonly typeIdx: Int32Array;
  /** [n] 0 none, 1 left, 2 right. */
  readonly side: Uint8Array;
  /** Distinct transmitters after the rules, e.g. ['ACH', 'GABA', 'GLUT']. */
  readonly transmitters: readonly string[];
  /** [n] index into transmitters. */
  readonly transmitterIdx: Uint8Array;
}

/** Every connected pair from one population to another: CSR by presynaptic cell, columns ascending. */
export interface Projection {
  readonly pre: string;
  readonly post: string;
  /** [nPre + 1] */
  readonly rowPtr: Int32Array;
  /** [E] postsynaptic cell within its population. */
  readonly colIdx: Int32Array;
  /** [E] synapses of the pair, summed over neuropils, ≥ 1. */
  readonly synCount: Int32Array;
  /** [E] +1 excitatory, −1 inhibitory (from the transmitter rules). */
  readonly sign: Int8Array;
}

/** Populations of cells and the signed, sparse projections between them: what `prep-pathway` writes. */
export interface Pathway {
  readonly populations: readonly Population[];
  readonly projections: readonly Projection[];
  /** Where it came from and which rules were applied, for reports (canonical JSON data). */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** The population of that name; throws RangeError that lists the names there are. */
export function populationOf(pathway: Pathway, name: string): Population {
  const found = pathway.populations.find((population) => population.name === name);
  if (found === undefined) {
    throw new RangeError(
      `pathway: no population '${name}', there are: ${pathway.populations.map((p) => p.name).join(', ')}`,
    );
  }
  return found;
}
