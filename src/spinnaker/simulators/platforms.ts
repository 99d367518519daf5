/**
 * How one trained network is said to SpiNNaker, NEST and Brian2 so that they compute the same: factors on weights, delays, refractory times.
 * Knows no files and runs nothing. The trained cells use the mean of the synaptic current over a step, as the board does; NEST and Brian2
 * integrate it exactly. For a = e^(−dt/tauM), b = e^(−dt/tauSyn), per nA:
 *   mean  kappa = (tauM/cm)(1 − a)·(tauSyn/dt)(1 − b)        exact  P21 = (1/cm)·tauM·tauSyn/(tauM − tauSyn)·(a − b)
 * so a weight W becomes W·kappa/P21 there. Pinned by test/spinnaker/platforms.test.ts and, against both simulators, by
 * test/stages/spinnaker-run.test.ts (CC_SNN_PEERS=1).
 */
import { exp } from '../../base/exp.ts';

export type Backend = 'spiNNaker' | 'nest' | 'brian2';

export interface PlatformRules {
  /** Delay to ask for, ms, with dt = 1 ms. */
  readonly delayMs: number;
  /** Steps from a spike to its first effect on V at that delay. The network is trained with 1. */
  readonly latencySteps: number;
  /** tau_refrac = (R + this)·dt keeps a cell silent for R steps. */
  readonly extraRefractorySteps: number;
  /** Whether the synaptic current is integrated exactly (weights take kappa/P21) or by its mean. */
  readonly exactIntegration: boolean;
}

/** Measured, not taken from manuals. NEST's shortest delay is one step, which acts after two. */
export const platformRules: Readonly<Record<Backend, PlatformRules>> = {
  spiNNaker: { delayMs: 1, latencySteps: 1, extraRefractorySteps: 0, exactIntegration: false },
  nest: { delayMs: 1, latencySteps: 2, extraRefractorySteps: 0, exactIntegration: true },
  brian2: { delayMs: 0, latencySteps: 1, extraRefractorySteps: 1, exactIntegration: true },
};

/** (e^x − 1)/x, accurate also near 0. */
function relativeExpMinusOne(x: number): number {
  if (Math.abs(x) >= 0.5) return (exp(x) - 1) / x;
  let sum = 1;
  for (let n = 16; n >= 2; n--) sum = 1 + (x * sum) / n;
  return sum;
}

/** kappa/P21 for one cell and receptor, accurate also where the two time constants meet. Independent of cm. */
export function meanOverExact(tauMMs: number, tauSynMs: number, dtMs: number): number {
  const a = exp(-dtMs / tauMMs);
  const b = exp(-dtMs / tauSynMs);
  const mean = (1 - a) * (tauSynMs / dtMs) * (1 - b);
  const exact = (dtMs / tauMMs) * b * relativeExpMinusOne(dtMs / tauSynMs - dtMs / tauMMs);
  return mean / exact;
}
