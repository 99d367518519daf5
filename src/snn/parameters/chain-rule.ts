/** Kernel gradients (by step constants) → gradients by the parameters in units. Knows no sharing and no optimizer. */
import type { KernelGradients } from '../kernel/kernel.ts';
import type { CellParameters } from '../network/network.ts';
import { decay } from '../network/step-constants.ts';
import type { Trainable } from './parameter-spec.ts';

/** dL by each cell's parameters, per unit (ms, mV, nA), [N] each; f64. */
export type CellGradients = Readonly<Record<Exclude<Trainable, 'gain'>, Float64Array>>;

/**
 * With a = e^(−dt/tauM), m = (tauM/cm)(1 − a), sX = (tauSynX/dt)(1 − bX): kX = m·sX, drive = (1 − a)·vRest + m·iOffset, so
 * dL/dtauM = La·a' + (LkE·sE + LkI·sI + Ldrive·iOffset)·m' − Ldrive·vRest·a', a' = a·dt/tauM², m' = (1 − a)/cm − (tauM/cm)·a';
 * dL/dtauSynX = LbX·bX' + LkX·m·sX', bX' = bX·dt/tauSynX², sX' = ((1 − bX) − tauSynX·bX')/dt; dL/diOffset = Ldrive·m.
 * The surrogate's width follows vThresh − vReset but is not part of L. Pinned by test/snn/chain-rule.test.ts. cost: O(N).
 */
export function cellGradients(cells: CellParameters, dtMs: number, byConstant: KernelGradients): CellGradients {
  const n = cells.tauMMs.length;
  const out = {
    tauM: new Float64Array(n),
    vThresh: Float64Array.from(byConstant.vThresh),
    iOffset: new Float64Array(n),
    tauSynE: new Float64Array(n),
    tauSynI: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    const tauM = cells.tauMMs[i]!;
    const cm = cells.cmNf[i]!;
    const a = decay(tauM, dtMs);
    const aSlope = (a * dtMs) / (tauM * tauM);
    const m = (tauM / cm) * (1 - a);
    const mSlope = (1 - a) / cm - (tauM / cm) * aSlope;
    const e = synapticSlopes(cells.tauSynEMs[i]!, dtMs);
    const inh = synapticSlopes(cells.tauSynIMs[i]!, dtMs);
    const byDrive = byConstant.drive[i]!;
    const byM = byConstant.kE[i]! * e.s + byConstant.kI[i]! * inh.s + byDrive * cells.iOffsetNa[i]!;
    out.tauM[i] = (byConstant.a[i]! - byDrive * cells.vRestMv[i]!) * aSlope + byM * mSlope;
    out.iOffset[i] = byDrive * m;
    out.tauSynE[i] = byConstant.bE[i]! * e.bSlope + byConstant.kE[i]! * m * e.sSlope;
    out.tauSynI[i] = byConstant.bI[i]! * inh.bSlope + byConstant.kI[i]! * m * inh.sSlope;
  }
  return out;
}

function synapticSlopes(tauSyn: number, dtMs: number): { s: number; bSlope: number; sSlope: number } {
  const b = decay(tauSyn, dtMs);
  const bSlope = (b * dtMs) / (tauSyn * tauSyn);
  return { s: (tauSyn / dtMs) * (1 - b), bSlope, sSlope: (1 - b - tauSyn * bSlope) / dtMs };
}
