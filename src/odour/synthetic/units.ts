/** The responding units of DoOR 2.0 as facts: name, glomerulus, and roughly how much each was measured. Holds no response of any odour. */

/** How many of the odours were measured, as a class of units. */
export type Coverage = 'never' | 'few' | 'some' | 'often' | 'much' | 'screened';

/** Mean number of measured odours of a unit in each class, of 692. */
export const measuredOf692: Readonly<Record<Coverage, number>> = {
  never: 0,
  few: 24,
  some: 59,
  often: 119,
  much: 180,
  screened: 496,
};

export interface UnitFact {
  readonly unit: string;
  /** DoOR's text; '' for larval receptors. */
  readonly glomerulus: string;
  /** Glomeruli that DoOR draws with this unit. */
  readonly codes: readonly string[];
  readonly coverage: Coverage;
}

/** `unit glomerulus code coverage`, `-` for none. */
const facts = `
  ac1A ? - some; ac1B ? - some; ac2A ? - some; ac2B ? - some; ac3A DL2d/v DL2d,DL2v often; ac3B VC3 VC3 often; ac4 ? - much;
  Or1a - - few; Or2a DA4m DA4m often; Or7a DL5 DL5 much; Or9a VM3 VM3 often; Or10a DL1 DL1 much; Or13a DC2 DC2 much;
  Or19a DC1 DC1 screened; Or22a DM2 DM2 much; Or22b DM2 - few; Or22c - - never; Or23a DA3 DA3 often; Or24a - - never; Or30a - - few;
  Or33a DA2 - few; Or33b DM5+DM3 - often; Or33c VC1 - few; Or35a VC3 - often; Or42a VM7d VM7d some; Or42b DM1 DM1 much;
  Or43a DA4l DA4l often; Or43b VM2 VM2 often; Or45a - - few; Or45b - - few; Or46a VA7l VA7l few; Or47a DM3 - often;
  Or47b VA1v VA1v much; Or49a DL4 - few; Or49b VA5 VA5 much; Or59a - - few; Or59b DM4 DM4 much; Or59c VM7v VM7v some;
  Or65a DL3 DL3 often; Or67a DM6 DM6 often; Or67b VA3 VA3 often; Or67c VC4 VC4 much; Or67d DA1 DA1 never; Or71a VC2 VC2 often;
  Or74a - - few; Or82a VA6 VA6 much; Or85a DM5 - often; Or85b VM5d VM5d much; Or85c - - few; Or85d VA4 VA4 some; Or85e VC1 - few;
  Or85f DL4 DL4 often; Or88a VA1d VA1d often; Or92a VA2 VA2 much; Or94a - - few; Or94b - - few; Or98a VM5v VM5v much;
  Gr21a.Gr63a V V some; ab2B DM5 DM5 often; ab4B DA2 DA2 much; ab5B DM3 DM3 some; pb2A VC1 VC1 never; Or69a D D often;
  ac1 VL1+VM1+VL2p - much; ac2 VL1+DP1l+VC5 - much; ac3_noOr35a DL2d/v+VC3 - much; Ir31a VL2p VL2p few; Ir41a VC5 VC5 few;
  Ir75a DP1l DP1l few; Ir75d VL1 VL1 few; Ir76a VM4 VM4 few; Ir84a VL2a VL2a few; Ir92a VM1 VM1 few; Ir64a.DC4 DC4 DC4 few;
  Ir64a.DP1m DP1m DP1m few; ac1BC ? - few; ac2BC ? - some; Or83c DC3 DC3 often`;

/** The units, in the order of the synthetic response matrix. */
export function unitFacts(): UnitFact[] {
  return facts.split(';').map((text) => {
    const [unit = '', glomerulus = '', code = '', coverage = ''] = text.trim().split(' ');
    return {
      unit,
      glomerulus: glomerulus === '-' ? '' : glomerulus,
      codes: code === '-' ? [] : code.split(','),
      coverage: coverage as Coverage,
    };
  });
}
