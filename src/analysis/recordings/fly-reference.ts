/** The recordings that models are scored against, from whichever of their files are there. Knows no model; opens nothing. */
import { type GlomerularTable, readGlomeruli } from '../../formats/recordings/glomeruli.ts';
import { type ResponderTable, readCorrelations, readResponders } from '../../formats/recordings/kenyon.ts';
import { type MbonTable, readMbonLines } from '../../formats/recordings/mbon.ts';
import { type RecordedOdour, readOdourSet } from '../../formats/recordings/odour-names.ts';
import { isComplete, pairsOfFly } from './glomerular-patterns.ts';

/** Files by the name that they have among the tables. */
export const referenceFiles = {
  odours: 'odours.csv',
  responders: 'responders_peak_and_std.csv',
  correlations: 'correlations.csv',
  orn: 'pebbled_dff.csv',
  pn: 'gh146_dff.csv',
  mbon: 'hige2015_lines.csv',
} as const;

export type ReferenceFile = keyof typeof referenceFiles;

export interface FlyReference {
  /** The 17 odours, in the order of all tables here. */
  readonly odours: readonly RecordedOdour[];
  /** Vectors of pairs of odours, one a fly; empty where the layer's file is absent. */
  readonly pairs: Readonly<Record<'ORN' | 'PN' | 'KC', readonly Float64Array[]>>;
  readonly glomeruli: Readonly<Record<'ORN' | 'PN', GlomerularTable | undefined>>;
  readonly responders: ResponderTable | undefined;
  readonly mbon: MbonTable | undefined;
  /** Names of Hige's odours → InChIKey. */
  readonly mbonKeys: ReadonlyMap<string, string>;
}

/** A glomerular table with its odours in another order. Throws RangeError where one is missing. */
function inOrder(table: GlomerularTable, labels: readonly string[]): GlomerularTable {
  const rows = labels.map((label) => {
    const at = table.odours.indexOf(label);
    if (at < 0)
      throw new RangeError(`recordings: odour '${label}' is not in the table, there are ${table.odours.join(', ')}`);
    return at;
  });
  return {
    odours: labels,
    flies: table.flies.map((fly) => {
      const n = fly.glomeruli.length;
      return {
        ...fly,
        response: Float64Array.from(rows.flatMap((r) => [...fly.response.subarray(r * n, (r + 1) * n)])),
      };
    }),
  };
}

/** The reference; undefined where the list of odours is not there. `bytesOf` gives undefined for a file that is absent. */
export function readReference(bytesOf: (file: ReferenceFile) => Uint8Array | undefined): FlyReference | undefined {
  const names = bytesOf('odours');
  if (names === undefined) return undefined;
  const read = <T>(file: ReferenceFile, as: (name: string, bytes: Uint8Array) => T): T | undefined => {
    const bytes = bytesOf(file);
    return bytes === undefined ? undefined : as(referenceFiles[file], bytes);
  };
  const odours = readOdourSet(referenceFiles.odours, names, 'kc17');
  const labels = odours.map(({ label }) => label);
  const glomerular = (file: 'orn' | 'pn') => read(file, (name, bytes) => inOrder(readGlomeruli(name, bytes), labels));
  const [orn, pn] = [glomerular('orn'), glomerular('pn')];
  const pairsOf = (table: GlomerularTable | undefined) =>
    (table?.flies ?? []).filter(isComplete).map((fly) => pairsOfFly(fly, labels.length));
  return {
    odours,
    pairs: {
      ORN: pairsOf(orn),
      PN: pairsOf(pn),
      KC: (read('correlations', (name, bytes) => readCorrelations(name, bytes, labels)) ?? []).map(
        ({ pairs }) => pairs,
      ),
    },
    glomeruli: { ORN: orn, PN: pn },
    responders: read('responders', readResponders),
    mbon: read('mbon', readMbonLines),
    mbonKeys: new Map(readOdourSet(referenceFiles.odours, names, 'hige10').map(({ label, key }) => [label, key])),
  };
}
