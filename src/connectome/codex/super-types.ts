/** The larger type of each cell, for shuffled controls: coarser than primary_type, finer than a population. Knows no edges. */
import type { Pathway, Population } from '../pathway.ts';
import type { CodexCells } from './codex-cells.ts';

/** The families that names of primary types tell: KCg, KCab and KCapbp of Kenyon cells, PAM and PPL of dopamine cells. */
const family = /^(KC(?:apbp|ab|g)|PAM|PPL)/;

function superTypesOf(codex: CodexCells, { rootIds, types, typeIdx, transmitters, transmitterIdx }: Population) {
  return Array.from(rootIds, (id, i) => {
    const named = family.exec(types[typeIdx[i]!]!)?.[1];
    const { subClass } = codex.cells[codex.index.findId(id)]!;
    return named ?? (subClass === '' ? transmitters[transmitterIdx[i]!]! : subClass);
  });
}

/**
 * By population, each cell's larger type: the family in the name of its type (Kenyon and dopamine cells); else its sub_class (uniglomerular and
 * multiglomerular projection neurons); else what it releases (local and output neurons; receptor neurons are all alike).
 */
export function superTypes(codex: CodexCells, { populations }: Pathway): ReadonlyMap<string, readonly string[]> {
  return new Map(populations.map((population) => [population.name, superTypesOf(codex, population)]));
}
