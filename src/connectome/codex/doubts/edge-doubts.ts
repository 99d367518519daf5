/** What is doubtful about the connections: unknown and rounded ids, rows twice, words, projections that are not there, direction. */
import { percent } from '../../../base/text.ts';
import type { BuiltPathway } from '../build-pathway.ts';
import type { CodexCells } from '../codex-cells.ts';
import type { EdgeCollector } from '../edge-collector.ts';
import type { PathwayRules } from '../rules.ts';
import type { Doubt } from './doubt.ts';
import { roundedDoubts, wordDoubts } from './table-doubts.ts';
import { unknownIdDoubts } from './unknown-ids.ts';

/** Without one of these there is no olfactory pathway. */
const builtInProjections = ['ORN>PN', 'ORN>LN', 'LN>PN', 'PN>KC', 'KC>APL', 'APL>KC', 'KC>MBON'];

function emptyProjections({ pathway, edgeCounts }: BuiltPathway, file: string, rules: PathwayRules): Doubt[] {
  const sizes = new Map(pathway.populations.map(({ name, size }) => [name, size]));
  const isWanted = (pre: string, post: string): boolean =>
    // An empty population is a doubt of its own.
    (sizes.get(pre) ?? 0) > 0 &&
    (sizes.get(post) ?? 0) > 0 &&
    !rules.dropProjections.some((text) => [`${pre}>${post}`, `${pre}>*`, `*>${post}`, '*>*'].includes(text));
  const missing = builtInProjections.filter((name) => {
    const [pre, post] = name.split('>') as [string, string];
    return isWanted(pre, post) && !pathway.projections.some((p) => p.pre === pre && p.post === post);
  });
  if (missing.length === 0) return [];
  const { pairs } = edgeCounts.belowThreshold;
  const below = pairs > 0 ? `; ${pairs} pairs have fewer than pairThreshold ${rules.pairThreshold} synapses` : '';
  return [
    {
      kind: 'emptyProjections',
      refuses: true,
      count: missing.length,
      message: `${file}: no edge ${missing.map((name) => name.replace('>', ' → ')).join(', ')}${below}`,
      cure: 'is it the whole table of connections, of the same release as the others?',
    },
  ];
}

function direction({ pathway, edgeCounts }: BuiltPathway, file: string): Doubt[] {
  const forth = pathway.projections.find(({ pre, post }) => pre === 'ORN' && post === 'PN')?.colIdx.length ?? 0;
  const back = edgeCounts.dropped['PN>ORN']?.pairs ?? 0;
  if (back <= forth) return [];
  return [
    {
      kind: 'direction',
      refuses: true,
      count: back,
      message: `${file}: ${back} pairs go from PN to ORN and ${forth} from ORN to PN`,
      cure: 'are pre_root_id and post_root_id exchanged?',
    },
  ];
}

function duplicateRows(edges: EdgeCollector): Doubt[] {
  const { duplicates, firstLine, file, hasNeuropils } = edges;
  if (duplicates === 0) return [];
  const what = hasNeuropils ? 'a pair and neuropil' : 'a pair (there are no neuropils)';
  return [
    {
      kind: 'duplicates',
      refuses: hasNeuropils,
      count: duplicates,
      message: `${file}: ${duplicates} rows repeat ${what}, the first at ${file}:${firstLine.duplicate}`,
      cure: hasNeuropils
        ? 'their synapses would count twice: was the file appended to itself?'
        : 'their synapses were summed, as those of several neuropils',
    },
  ];
}

/** Rows without a transmitter, where the rule goes by rows. */
function silentRows(edges: EdgeCollector, rules: PathwayRules): Doubt[] {
  const { withoutTransmitter, inside, file } = edges;
  if (rules.transmitterRule === 'neuron' || withoutTransmitter === 0) return [];
  const share = percent(withoutTransmitter / inside.rows);
  return [
    {
      kind: 'noTransmitters',
      refuses: false,
      count: withoutTransmitter,
      message: `${file}: ${withoutTransmitter} of ${inside.rows} rows (${share}) name no transmitter, and transmitterRule is ${rules.transmitterRule}`,
      cure:
        rules.transmitterRule === 'row'
          ? 'that of their neuron (neurons.csv) counts for them'
          : 'they have no voice, and neurons.csv decides for cells without any',
    },
  ];
}

export function edgeDoubts(codex: CodexCells, edges: EdgeCollector, built: BuiltPathway, rules: PathwayRules): Doubt[] {
  const { file, unknown, unknownIds, firstLine, all, digits, words } = edges;
  const ids = Array.from({ length: unknownIds.size }, (_, i) => unknownIds.idAt(i));
  const known = codex.cells.map(({ rootId }) => rootId);
  return [
    ...roundedDoubts(file, 'pre_root_id', digits.pre.allRounded),
    ...roundedDoubts(file, 'post_root_id', digits.post.allRounded),
    ...unknownIdDoubts(
      { file, lacking: 'the other tables', rows: unknown.rows, of: all.rows, ids, line: firstLine.unknown },
      known,
    ),
    ...duplicateRows(edges),
    ...wordDoubts({
      file,
      reader: words,
      known: Object.keys(rules.signs),
      matters: rules.transmitterRule !== 'neuron',
    }),
    ...silentRows(edges, rules),
    ...emptyProjections(built, file, rules),
    ...direction(built, file),
  ];
}
