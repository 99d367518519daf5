/** The questions that a page can show the answers to, by the stage that judges. */

/** Stages that judge, and what each asks. */
export const findings = {
  score: 'Are odours as alike to the network as to flies?',
  rates: 'Do layers fire as in flies?',
  tuning: 'Are cells tuned as in flies?',
  whitening: 'Does the antennal lobe whiten odours?',
  overlap: 'How far do Kenyon cells overlap?',
  apl: 'What does APL do?',
  valence: 'Is valence in the output neurons?',
  learning: 'Does dopamine-gated depression teach it?',
  mixtures: 'What becomes of mixtures?',
  nulls: 'Does the connectome’s wiring matter?',
  ensemble: 'How far do models of one task agree?',
  freeWeights: 'What do free weights buy?',
} as const;

export type Finding = keyof typeof findings;
