/** The three classes of Kenyon cells, from their type names. Knows no activity. */

export type KenyonClass = 'α′β′' | 'αβ' | 'γ';

/** In the order in which they answer odours (Inada 2017, doi:10.1016/j.neuron.2017.05.041). */
export const kenyonClasses: readonly KenyonClass[] = ['α′β′', 'αβ', 'γ'];

/** The class of a FlyWire cell type such as `KCg-m`, `KCab-p`, `KCapbp-ap1`; undefined for other names. */
export function kenyonClassOf(type: string): KenyonClass | undefined {
  if (/^KC(apbp|a'b')/.test(type)) return 'α′β′';
  if (/^KCab/.test(type)) return 'αβ';
  return /^KCg/.test(type) ? 'γ' : undefined;
}
