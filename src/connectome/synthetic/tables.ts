/** Synthetic cells and pairs as Codex CSV texts: its columns, its order, its conventions. Knows no statistics of the wiring. */
import type { RandomStream } from '../../base/random.ts';
import type { SyntheticCell } from './cells.ts';
import type { SyntheticPair } from './wiring.ts';

const TRANSMITTERS = ['DA', 'SER', 'GABA', 'GLUT', 'ACH', 'OCT'];
/** Free parameter: share of rows whose own prediction differs from the neuron's (in 65 real rows it was 55 %). */
const CONFLICTING_ROWS = 0.3;
/** Free parameter: share of pairs that lie in more than one neuropil. */
const SPLIT_PAIRS = 0.2;

const sideSuffix = (cell: SyntheticCell): string => (cell.side === 1 ? '_L' : '_R');
const lines = (header: string, rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`;

/** Row totals of a pair: one row, or two or three of which the later ones are small. */
function splitSynapses(synapses: number, places: number, random: RandomStream): number[] {
  if (places < 2 || random.uniform() >= SPLIT_PAIRS) return [synapses];
  const extra = 1 + random.below(Math.min(2, places - 1));
  const later = Array.from({ length: extra }, () => 1 + random.below(2));
  return [synapses - later.reduce((a, b) => a + b, 0), ...later];
}

/** The region of a pair's n-th row: those of the projection in turn on the postsynaptic side, the last one unassigned. */
function neuropilOf(pair: SyntheticPair, post: SyntheticCell, first: number, row: number): string {
  const { neuropils } = pair.statistics;
  return row === neuropils.length ? 'UNASGD' : neuropils[(first + row) % neuropils.length]! + sideSuffix(post);
}

function rowTransmitter(cell: SyntheticCell, random: RandomStream): string {
  const own = cell.predicted || cell.transmitter;
  if (random.uniform() >= CONFLICTING_ROWS) return own;
  const others = TRANSMITTERS.filter((name) => name !== own);
  return others[random.below(others.length)]!;
}

/** `pre_root_id,post_root_id,neuropil,syn_count,nt_type`, one row a neuropil, by pre and post id. */
export function connectionsTable(
  cells: readonly SyntheticCell[],
  pairs: readonly SyntheticPair[],
  random: RandomStream,
): string {
  const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...pairs].sort(
    (a, b) => compare(cells[a.pre]!.id, cells[b.pre]!.id) || compare(cells[a.post]!.id, cells[b.post]!.id),
  );
  const rows = sorted.flatMap((pair) => {
    const pre = cells[pair.pre]!;
    const post = cells[pair.post]!;
    const places = pair.statistics.neuropils.length;
    const first = random.below(places);
    return splitSynapses(pair.synapses, places + 1, random).map((synapses, row) => {
      const neuropil = neuropilOf(pair, post, first, row);
      return `${pre.id},${post.id},${neuropil},${synapses},${rowTransmitter(pre, random)}`;
    });
  });
  return lines('pre_root_id,post_root_id,neuropil,syn_count,nt_type', rows);
}

const hemilineages: Readonly<Record<string, string>> = { LN: 'ALl1_dorsal', PN: 'ALad1__prim', KC: 'MBp4' };

/** `root_id,flow,super_class,class,sub_class,hemilineage,side,nerve`. */
export function classificationTable(cells: readonly SyntheticCell[]): string {
  const rows = cells.map((cell) => {
    const { population, className, subClass } = cell.kind;
    const sensory = population === 'ORN';
    const flow = sensory ? 'afferent,sensory' : 'intrinsic,central';
    const side = cell.sideKnown ? (cell.side === 1 ? 'left' : 'right') : '';
    const hemilineage = sensory ? '' : (hemilineages[population] ?? 'putative_primary');
    return `${cell.id},${flow},${className},${subClass},${hemilineage},${side},${sensory ? 'AN' : ''}`;
  });
  return lines('root_id,flow,super_class,class,sub_class,hemilineage,side,nerve', rows);
}

/** `root_id,primary_type,additional_type(s)`; untyped cells have no row; a few cells have more names, quoted. */
export function cellTypesTable(cells: readonly SyntheticCell[]): string {
  const rows = cells.flatMap(({ id, kind }, i) => {
    if (kind.type === '') return [];
    return [`${id},${kind.type},${i % 97 === 0 ? `"${kind.type}_x, ${kind.type}_y"` : ''}`];
  });
  return lines('root_id,primary_type,additional_type(s)', rows);
}

/** Probabilities of the six transmitters in hundredths: the sure ones lead clearly, the unsure ones barely. */
function probabilities(cell: SyntheticCell, random: RandomStream): number[] {
  if (cell.kind.population === 'DAN' && cell.predicted === '') return TRANSMITTERS.map(() => 0);
  const sure = cell.predicted !== '';
  const lead = sure ? 50 + random.below(40) : 35 + random.below(10);
  const leader = TRANSMITTERS.indexOf(cell.predicted || cell.transmitter);
  const second = (leader + 1 + random.below(TRANSMITTERS.length - 1)) % TRANSMITTERS.length;
  const rest = 100 - lead;
  const seconds = Math.min(lead - 2, Math.floor(rest * 0.7));
  const values = TRANSMITTERS.map((_, i) => (i === leader ? lead : i === second ? seconds : 0));
  const last = TRANSMITTERS.findIndex((_, i) => i !== leader && i !== second);
  values[last]! += rest - seconds;
  return values;
}

/** A count of hundredths as Codex prints it: `0.5`, `0.05`, `0.0`. */
function hundredths(value: number): string {
  const text = (value / 100).toFixed(2);
  return text.endsWith('0') ? text.slice(0, -1) : text;
}

const groupOf = (cell: SyntheticCell): string =>
  ['ORN', 'LN', 'PN', 'ALIN'].includes(cell.kind.population) ? 'AL' : 'MB';

/** `root_id,group,nt_type,nt_type_score,da_avg,ser_avg,gaba_avg,glut_avg,ach_avg,oct_avg`. */
export function neuronsTable(cells: readonly SyntheticCell[], random: RandomStream): string {
  const rows = cells.map((cell) => {
    const values = probabilities(cell, random);
    const score = cell.predicted === '' ? 0 : Math.max(...values);
    return `${cell.id},${groupOf(cell)},${cell.predicted},${[score, ...values].map(hundredths).join(',')}`;
  });
  return lines('root_id,group,nt_type,nt_type_score,da_avg,ser_avg,gaba_avg,glut_avg,ach_avg,oct_avg', rows);
}

/** `root_id,name,group`. */
export function namesTable(cells: readonly SyntheticCell[]): string {
  return lines(
    'root_id,name,group',
    cells.map((cell, i) => `${cell.id},${groupOf(cell)}.${i + 1},${groupOf(cell)}`),
  );
}

/** `root_id,processed_labels`, a list as Python prints it, for typed cells. */
export function labelsTable(cells: readonly SyntheticCell[]): string {
  const rows = cells.flatMap(({ id, kind }) =>
    kind.type === '' ? [] : [`${id},"['${kind.type}; synthetic', '${kind.population} of a synthetic fly']"`],
  );
  return lines('root_id,processed_labels', rows);
}
