/** What is odd about an odour task, in words for people: cells and units that hear or tell nothing. Decides nothing. */
import { percent } from '../base/text.ts';
import type { OdourTaskReport } from './task-report.ts';

/** More cells without data, or units without cells, than FlyWire and DoOR leave to each other (10 % and none). */
const most = 0.2;

/** Warnings; none where the tables fit each other as well as the published ones. */
export function taskDoubts({ input }: OdourTaskReport): readonly string[] {
  const { withoutData, unitsWithoutCells, cells, population, types } = input;
  const units = new Set(types.flatMap((type) => type.units)).size + unitsWithoutCells.length;
  const doubts: string[] = [];
  if (withoutData.cells > most * cells)
    doubts.push(
      `${withoutData.cells} of ${cells} ${population} cells (${percent(withoutData.cells / cells)}) have no response in DoOR, no odour drives them: ${few(withoutData.types)}; are these the types of receptor cells (ORN_ and a glomerulus of DoOR.mappings)?`,
    );
  if (unitsWithoutCells.length > most * units)
    doubts.push(
      `${unitsWithoutCells.length} of ${units} units of DoOR have no ${population} cell, what they measured is lost: ${few(unitsWithoutCells)}; is the population whole (pathway.populations)?`,
    );
  return doubts;
}

/** For the log: cells that no odour drives. */
export function silentCells({ input: { withoutData, cells } }: OdourTaskReport): string {
  return withoutData.cells === 0
    ? `all ${cells} cells have data`
    : `${withoutData.cells} of ${cells} cells have no data: ${withoutData.types.join(', ')}`;
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 6).join(', ')}${names.length > 6 ? `, … (${names.length})` : ''}`;
}
