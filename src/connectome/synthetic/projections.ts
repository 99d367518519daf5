/**
 * What the synthetic projections look like at scale 1: pairs, degrees and weights measured on FlyWire v783 as data. Knows no cells.
 * Pairs of one side with at least 5 synapses; cross-side shares from the Princeton synapse set. Source: Dorkenwald et al. 2024,
 * doi:10.1038/s41586-024-07558-y (Codex v783). Pinned by test/connectome/synthetic.test.ts.
 */

/** A spread given by mean, median and maximum. */
export type PublishedSpread = readonly [mean: number, median: number, max: number];

/** How partners are chosen beyond their propensity. */
type Affinity =
  /** By a random preference of every pair of types. */
  | 'type'
  /** Within the glomerulus, 5 % elsewhere. */
  | 'glomerulus'
  /** Claws: the in-degree comes from the Kenyon cell's type. */
  | 'claws'
  /** Every cell on a side with the one cell of that side. */
  | 'all';

export interface PublishedProjection {
  readonly pre: string;
  readonly post: string;
  /** Only these cells take part, where given. */
  readonly preSubClass?: string;
  /** Only cells that release this take part: the inhibitory projection neurons leave the antennal lobe and the calyx alone. */
  readonly preTransmitter?: string;
  readonly postSubClass?: string;
  /** Same-side pairs. */
  readonly pairs: number;
  readonly weight: PublishedSpread;
  /** Presynaptic cells with an edge, and the spread of their out-degree. */
  readonly preCells: number;
  readonly out: PublishedSpread;
  readonly postCells: number;
  readonly in: PublishedSpread;
  /** Share of cross-side pairs among all; 0 where nothing is published. */
  readonly cross: number;
  readonly affinity: Affinity;
  /** Which degree stays as it is when cells become fewer. */
  readonly keeps: 'in' | 'out';
  readonly neuropils: readonly string[];
  readonly selfLoops?: number;
}

const lobes = ['MB_ML', 'MB_VL', 'MB_PED'];
const calyx = ['MB_CA', 'MB_PED'];
const antennal = ['AL'];
const dorsal = ['CRE', 'SMP', 'SLP'];

type Row = readonly [
  string,
  string,
  pairs: number,
  weight: PublishedSpread,
  preCells: number,
  out: PublishedSpread,
  postCells: number,
  into: PublishedSpread,
];

function projection(
  row: Row,
  neuropils: readonly string[],
  more: Partial<PublishedProjection> = {},
): PublishedProjection {
  const [pre, post, pairs, weight, preCells, out, postCells, into] = row;
  return {
    pre,
    post,
    pairs,
    weight,
    preCells,
    out,
    postCells,
    in: into,
    neuropils,
    cross: 0,
    affinity: 'type',
    keeps: 'in',
    ...more,
  };
}

/** Every synthetic projection, in a fixed order. */
export const publishedProjections: readonly PublishedProjection[] = [
  projection(['ORN', 'ORN', 99, [5.6, 5, 12], 72, [1.4, 1, 5], 78, [1.3, 1, 3]], antennal),
  projection(['ORN', 'LN', 2784, [10.4, 7, 96], 1224, [2.3, 1, 15], 137, [20.3, 7, 432]], antennal, { cross: 0.65 }),
  projection(['ORN', 'PN', 3611, [21.4, 15, 234], 1850, [2, 2, 9], 248, [16.5, 15.6, 45]], antennal, {
    postSubClass: 'uniglomerular',
    affinity: 'glomerulus',
    cross: 0.4,
  }),
  projection(['ORN', 'PN', 641, [14.1, 8, 109], 500, [1.3, 1, 5], 82, [7.8, 2, 122]], antennal, {
    postSubClass: 'multiglomerular',
    cross: 0.4,
  }),
  projection(['LN', 'ORN', 4357, [9.5, 7, 77], 97, [44.9, 8, 481], 1411, [3.1, 2, 16]], antennal),
  projection(['LN', 'LN', 9720, [28.1, 14, 785], 396, [24.5, 11, 95], 374, [26, 13, 91]], antennal, { selfLoops: 20 }),
  projection(['LN', 'PN', 12097, [16.3, 10, 388], 423, [28.6, 12, 157], 592, [20.4, 11, 91]], antennal),
  projection(['PN', 'ORN', 60, [6.9, 6, 15], 23, [2.6, 1, 10], 59, [1, 1, 2]], antennal),
  projection(['PN', 'LN', 9220, [17.5, 11, 313], 400, [23.1, 18, 72], 347, [26.6, 6, 112]], antennal, {
    preTransmitter: 'ACH',
  }),
  projection(['PN', 'PN', 2848, [14, 8, 322], 498, [5.7, 5.4, 28], 581, [4.9, 3, 76]], ['AL', 'LH'], {
    preTransmitter: 'ACH',
  }),
  projection(['PN', 'KC', 20171, [14.8, 14, 69], 231, [87, 72, 516], 4700, [4.3, 5, 11]], calyx, {
    preSubClass: 'uniglomerular',
    affinity: 'claws',
    cross: 0.02,
  }),
  projection(['PN', 'KC', 911, [14.8, 14, 69], 51, [18, 8, 120], 850, [1.1, 1, 4]], calyx, {
    preSubClass: 'multiglomerular',
    preTransmitter: 'ACH',
  }),
  projection(['PN', 'APL', 197, [17.6, 13, 101], 197, [1, 1, 1], 2, [98.5, 98, 106]], calyx, { keeps: 'out' }),
  projection(['PN', 'MBON', 38, [20.6, 10, 90], 25, [1.5, 1, 3], 16, [2.4, 2, 6]], calyx),
  projection(['PN', 'DAN', 135, [18.4, 9, 172], 86, [1.6, 1, 7], 28, [4.8, 2, 24]], dorsal),
  projection(['KC', 'KC', 2133, [5.7, 5, 17], 1298, [1.6, 1, 9], 1297, [1.6, 1, 18]], lobes),
  projection(['KC', 'APL', 5176, [22.6, 22, 60], 5176, [1, 1, 1], 2, [2588, 2588, 2596]], lobes, { affinity: 'all' }),
  projection(['KC', 'DPM', 4800, [9, 8, 40], 4800, [1, 1, 1], 2, [2400, 2400, 2500]], lobes, { affinity: 'all' }),
  projection(['KC', 'MBON', 14829, [7.3, 7, 31], 4862, [3, 3, 10], 69, [215, 103, 996]], lobes, {
    cross: 0.3,
  }),
  projection(['KC', 'DAN', 1326, [6.1, 6, 21], 1106, [1.2, 1, 5], 104, [12.8, 2, 265]], lobes, { keeps: 'out' }),
  projection(['APL', 'PN', 172, [18.9, 13, 139], 2, [86, 86, 90], 172, [1, 1, 1]], calyx),
  projection(['APL', 'KC', 5166, [19.1, 19, 68], 2, [2583, 2583, 2586], 5166, [1, 1, 1]], lobes, { affinity: 'all' }),
  projection(['APL', 'MBON', 50, [36.5, 14, 317], 2, [25, 25, 27], 50, [1, 1, 1]], lobes),
  projection(['APL', 'DAN', 66, [11.1, 6, 67], 2, [33, 33, 40], 66, [1, 1, 1]], lobes),
  projection(['DPM', 'KC', 4700, [8, 7, 30], 2, [2350, 2350, 2500], 4700, [1, 1, 1]], lobes, { affinity: 'all' }),
  projection(['MBON', 'PN', 32, [18, 14, 39], 16, [2, 1, 6], 22, [1.5, 1, 4]], dorsal),
  projection(['MBON', 'APL', 42, [43.1, 12, 499], 42, [1, 1, 1], 2, [21, 21, 23]], lobes, { keeps: 'out' }),
  projection(['MBON', 'MBON', 330, [28.2, 14, 247], 75, [4.4, 3, 16], 95, [3.5, 3, 11]], dorsal),
  projection(['MBON', 'DAN', 264, [11.9, 7, 230], 80, [3.3, 2, 12], 126, [2.1, 1, 12]], dorsal),
  projection(['DAN', 'PN', 52, [9.9, 7, 37], 4, [13, 12, 24], 50, [1, 1, 2]], dorsal),
  projection(['DAN', 'KC', 188, [5.6, 5, 11], 32, [5.9, 3, 52], 168, [1.1, 1, 3]], lobes, { cross: 0.4 }),
  projection(['DAN', 'APL', 64, [22.7, 10, 276], 64, [1, 1, 1], 2, [32, 32, 34]], lobes, { keeps: 'out' }),
  projection(['DAN', 'MBON', 371, [17.4, 9, 277], 209, [1.8, 2, 10], 71, [5.2, 2, 22]], lobes, { cross: 0.52 }),
  projection(['DAN', 'DAN', 14, [7.6, 8, 11], 12, [1.2, 1, 3], 12, [1.2, 1, 2]], dorsal),
  projection(['PN', 'ALIN', 600, [15, 9, 120], 200, [3, 2, 12], 24, [25, 20, 60]], antennal),
  projection(['ALIN', 'LN', 400, [12, 8, 100], 24, [17, 14, 50], 120, [3.3, 2, 12]], antennal),
];
