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
 * Whose prediction gives the sign of a pair. `neuron`: one transmitter a cell, from neurons.csv (by UncertainRule where that is not sure);
 * `majority`: one a cell, the commonest of its rows of connections.csv; `row`: the rows of the pair, each with its own.
 */
export type TransmitterRule = 'neuron' | 'majority' | 'row';

/**
 * What gives a sign to a cell whose prediction is not sure: what most sure cells of its primary type release (`type`), the population's
 * `otherwise`, the largest average (`topScore`), or nothing, so that it has no outputs (`exclude`). `type` and `topScore` fall back on `otherwise`.
 */
export type UncertainRule = 'type' | 'otherwise' | 'topScore' | 'exclude';

export interface PathwayRules {
  /** In the order of the pathway's populations. */
  readonly populations: readonly (PopulationRule & { readonly name: string })[];
  /** Population names in the order in which they take their cells; a cell belongs to the first that matches. */
  readonly precedence: readonly string[];
  readonly transmitterRule: TransmitterRule;
  /** A prediction is not sure when nt_type is empty and the largest average leads the second by no more than the margin. */
  readonly uncertainSigns: { readonly rule: UncertainRule; readonly margin: number };
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
 * neurons are known to be wrong: a fifth are called serotonergic); local neurons for which neither their own prediction nor that of their
 * type names a fast transmitter are taken for inhibitory, as most local neurons are (Wilson & Laurent 2005, Liu & Wilson 2013).
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
