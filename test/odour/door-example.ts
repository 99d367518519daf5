/** Small DoOR tables and input populations for tests. */
import type { Population } from '../../src/connectome/pathway.ts';
import type { DoorTables } from '../../src/odour/door/door-tables.ts';
import type { OdourTaskRules } from '../../src/odour/odour-task-rules.ts';

const _ = Number.NaN;

/** Four units, five odours; `c` and `d` differ only in the larval unit, `e` was measured only there. */
export function exampleDoor(): DoorTables {
  return {
    odours: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ key: `KEY-${name}`, name })),
    units: ['Or1', 'sum', 'never', 'Or1a'],
    // biome-ignore format: one row an odour
    response: Float64Array.of(
      0.5, 0.3, _, 0.1,
      _,   0.2, _, _,
      0.4, _,   _, 0.9,
      0.4, _,   _, 0.1,
      _,   _,   _, 0.7,
    ),
    sfr: Float64Array.of(0.1, _, _, 0),
    mappings: [
      { unit: 'Or1', glomerulus: 'DM1', code: 'DM1' },
      { unit: 'sum', glomerulus: 'DM1+DL2d/v', code: '' },
      { unit: 'never', glomerulus: 'DA1', code: 'DA1' },
      { unit: '?', glomerulus: 'VA7m', code: 'VA7m' },
      { unit: 'Or1a', glomerulus: '', code: '' },
    ],
  };
}

/** Cells of the given types, one each time a type is named. */
export function populationOfTypes(cellTypes: readonly string[]): Population {
  const types = [...new Set(cellTypes)].sort();
  return {
    name: 'ORN',
    size: cellTypes.length,
    rootIds: BigInt64Array.from(cellTypes, (_type, i) => BigInt(i)),
    types,
    typeIdx: Int32Array.from(cellTypes, (type) => types.indexOf(type)),
    side: new Uint8Array(cellTypes.length),
    transmitters: ['ACH'],
    transmitterIdx: new Uint8Array(cellTypes.length),
  };
}

export function exampleRules(change: Partial<OdourTaskRules> = {}): OdourTaskRules {
  return {
    odours: { columns: 'mapped', sfr: 'keep', threshold: null, minResponders: 1, drop: [] },
    input: { units: 'mapped', composites: 'mean', sfr: 'keep', unmeasured: 'zero' },
    rateHz: { baseline: 8, gain: 192 },
    presynaptic: { strength: 0, from: 'LN' },
    durationMs: { min: 70, max: 500 },
    steps: 500,
    dtMs: 1,
    trials: { train: 2, validation: 1, test: 1 },
    silentOdours: 'refuse',
    identicalOdours: 'refuse',
    ...change,
  };
}
