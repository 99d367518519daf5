/** Whether PyNN's IF_curr_exp and the board's 1 ms step can hold a model; the reason where they cannot. Knows no files. */
import { userError } from '../../base/located-error.ts';
import type { Model } from '../../snn/network/network.ts';

/** Synaptic time constants (ms) by transmitter of the spikes that reach a population, with the receptor they feed. */
export interface TransmitterTau {
  readonly transmitter: string;
  readonly receptor: 'excitatory' | 'inhibitory';
  readonly tauSynMs: number;
}

/**
 * The one time constant of each receptor of a population. Throws UserError with the reason where two transmitters of one receptor differ:
 * IF_curr_exp has one excitatory and one inhibitory current.
 */
export function receptorTaus(
  population: string,
  taus: readonly TransmitterTau[],
): Partial<Record<'excitatory' | 'inhibitory', number>> {
  const found: Partial<Record<'excitatory' | 'inhibitory', TransmitterTau>> = {};
  for (const tau of taus) {
    found[tau.receptor] ??= tau;
    const first = found[tau.receptor]!;
    if (first.tauSynMs === tau.tauSynMs) continue;
    throw userError(
      `export: ${population} has two ${tau.receptor} time constants, ${first.transmitter} ${first.tauSynMs} ms and ${tau.transmitter} ${tau.tauSynMs} ms; IF_curr_exp holds one per receptor`,
      'train with tauSyn shared by population (tauSynE, tauSynI), or tie the transmitters of one receptor',
    );
  }
  return Object.fromEntries(Object.values(found).map((tau) => [tau.receptor, tau.tauSynMs]));
}

/** Throws UserError, saying what and why, for a model that the exported project could not run. */
export function checkExportable(model: Model): void {
  const { network } = model;
  if (network.dtMs !== 1)
    throw userError(
      `export: the model's step is ${network.dtMs} ms; the board runs steps of 1 ms`,
      'train with dt = 1 ms',
    );
  if (model.readouts.length === 0)
    throw userError('export: the model has no readout', 'train with a readout population');
  const byPopulation = model.provenance['tauSynMs'] as Readonly<Record<string, readonly TransmitterTau[]>> | undefined;
  for (const [population, taus] of Object.entries(byPopulation ?? {})) receptorTaus(population, taus);
  const empty = network.topology.populations.filter((p) => p.size === 0).map((p) => p.name);
  if (empty.length > 0)
    throw userError(`export: no cells in ${empty.join(', ')}`, 'leave the population out of the pathway');
}
