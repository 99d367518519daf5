/** The rules that make a pathway from tables, as data: who belongs to which population, who releases what, what is left out. Applies nothing. */

/** One text or several; `*` stands for any text. */
export type Pattern = string | readonly string[];

/** Who belongs to a population: every condition given must hold. */
export interface MembershipRule {
  readonly superClass?: Pattern;
  readonly class?: Pattern;
  readonly subClass?: Pattern;
  readonly primaryType?: Pattern;
  readonly side?: 'left' | 'right' | 'none';
  /** The ids listed in root_ids_<keyword>.txt. */
  readonly keyword?: string;
  /** Whether cells without a primary type may be members; default true. */
  readonly untyped?: boolean;
}

/** One population: who belongs to it and what its cells release. */
export interface PopulationRule extends MembershipRule {
  /** What all its cells release, whatever the tables say. */
  readonly transmitter?: string;
  /** What stands in for a transmitter that has no sign (none predicted, serotonin, …); absent: such cells have no outputs. */
  readonly otherwise?: string;
  /** Whether cells without an edge stay; default keep. */
  readonly unconnected?: 'keep' | 'drop';
}

/**
 * Whose prediction gives the sign of a pair. `neuron`: one transmitter a cell, from neurons.csv (the largest *_avg where nt_type is empty);
 * `majority`: one a cell, the commonest of its rows of connections.csv; `row`: the rows of the pair, each with its own.
 */
export type TransmitterRule = 'neuron' | 'majority' | 'row';

export interface PathwayRules {
  /** In the order of the pathway's populations. */
  readonly populations: readonly (PopulationRule & { readonly name: string })[];
  /** Population names in the order in which they take their cells; a cell belongs to the first that matches. */
  readonly precedence: readonly string[];
  readonly transmitterRule: TransmitterRule;
  /** +1 excitatory, −1 inhibitory; transmitters not named have no sign. */
  readonly signs: Readonly<Record<string, 1 | -1>>;
  /** Fewest synapses of a pair, summed over neuropils. */
  readonly pairThreshold: number;
  /** Projections left out, as `PRE>POST`; `*` stands for every population. */
  readonly dropProjections: readonly string[];
  readonly dropSelfLoops: boolean;
}

/**
 * The fly's olfactory pathway in the Codex tables. Receptor neurons and Kenyon cells are cholinergic (the predictions for receptor
 * neurons are known to be wrong: a fifth are called serotonergic); local neurons without a clear fast transmitter are taken for inhibitory.
 */
export const defaultPopulations: Readonly<Record<string, PopulationRule>> = {
  ORN: { class: 'olfactory', untyped: false, transmitter: 'ACH' },
  LN: { class: 'ALLN', untyped: false, otherwise: 'GABA' },
  PN: { class: 'ALPN', untyped: false, otherwise: 'ACH' },
  KC: { class: 'Kenyon_Cell', transmitter: 'ACH' },
  APL: { primaryType: 'APL', transmitter: 'GABA' },
  MBON: { class: 'MBON', otherwise: 'ACH' },
  DAN: { class: 'DAN' },
};

/** Cells that the earlier CC_SNN project reported for its populations of FlyWire v783, for comparison. */
export const referenceCells: Readonly<Record<string, number>> = {
  ORN: 2264,
  LN: 426,
  PN: 684,
  KC: 5177,
  APL: 2,
  MBON: 96,
  DAN: 331,
};
