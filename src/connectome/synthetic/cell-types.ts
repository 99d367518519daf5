/**
 * How many cells of which type the synthetic olfactory system has at scale 1: published counts of FlyWire v783 as data. Knows no edges, no ids.
 * Source: Schlegel et al. 2024, doi:10.1038/s41586-024-07686-5 (annotations); names of local and multiglomerular types are invented.
 */

/** One cell type of one population. */
export interface CellType {
  readonly population: string;
  readonly className: string;
  readonly subClass: string;
  /** primary_type; '' is untyped. */
  readonly type: string;
  /** Cells at scale 1, both sides. */
  readonly count: number;
  /** The fewest cells that any scale keeps. */
  readonly least: number;
  /** Glomerulus of receptor and uniglomerular projection neurons, else ''. */
  readonly glomerulus: string;
}

const ornCounts =
  'DA1 127, VA1d 97, VA1v 94, VL1 80, DL3 79, VM4 75, VL2a 71, DL1 69, DM1 68, VM5d 67, V 67, VA2 67, DM3 61, VA6 60, DM2 54, DL4 52, ' +
  'DM6 52, DL5 42, DM5 42, DA4l 40, DM4 40, DA4m 40, DA2 39, DC1 39, VM3 37, VM2 37, VM7d 33, VM6m 33, DC3 33, DP1m 32, D 31, VC3 31, ' +
  'VA4 31, DA3 30, VC2 29, VA3 29, VL2p 28, VC1 26, VM7v 26, VM6v 26, VC5 25, VM1 25, DP1l 24, VM5v 23, VC4 23, VA7m 22, DC4 22, ' +
  'VM6l 21, DC2 20, DL2v 18, VA7l 16, DL2d 14, VA5 12';

const uniglomerularCounts =
  'DA1_lPN 15, DA2_lPN 11, DL2d_adPN 10, DL3_lPN 10, VM5d_adPN 9, VA1v_adPN 9, VC3_adPN 8, DL2v_adPN 8, VP1l_lvPN 8, D_adPN 6, VA7m_lPN 6, ' +
  'VM5v_adPN 6, DM6_adPN 6, VA5_lPN 6, VA1d_adPN 6, VC5_lvPN 5, VC4_adPN 5, VM7d_adPN 5, VL2a_vPN 5, DC3_adPN 5, DM5_lPN 5, VM4_lvPN 5, ' +
  'VA3_adPN 4, VM7v_adPN 4, VM1_lPN 4, VM2_adPN 4, DL2d_vPN 4, VM3_adPN 4, DC4_vPN 4, DL1_adPN 4, DC2_adPN 4, VA1v_vPN 4, DA3_adPN 4, ' +
  'DM2_lPN 4, VL2a_adPN 2, DA4m_adPN 2, VA1d_vPN 2, VP2_adPN 2, VL2p_vPN 2, VM4_adPN 2, DA4l_adPN 2, VA2_adPN 2, DA1_vPN 2, DC4_adPN 2, ' +
  'DM3_adPN 2, VL1_ilPN 2, DM4_adPN 2, DL5_adPN 2, DL4_adPN 2, VA4_lPN 2, VA7l_adPN 2, DP1m_adPN 2, VL2p_adPN 2, DM1_lPN 2, VP1m_l2PN 2, ' +
  'DC1_adPN 2, DM4_vPN 2, VP2_l2PN 2, VP1d_il2PN 2, VM6m_adPN 2, DP1l_vPN 2, VL1_vPN 2, VP4_vPN 2, V_ilPN 2, VC2_lPN 2, V_l2PN 2, ' +
  'VC1_lPN 2, DP1l_adPN 2, VA6_adPN 2';

const kenyonCounts =
  'KCg-m 2190, KCab 1643, KCapbp-m 338, KCapbp-ap2 298, KCg-d 295, KCapbp-ap1 280, KCab-p 128, KCg-s1 2, KCg-s2 2, KCg-s3 1';

const mbonCounts =
  'MBON01 2, MBON02 2, MBON03 2, MBON04 2, MBON05 2, MBON06 2, MBON07 4, MBON09 4, MBON10 9, MBON11 2, MBON12 4, MBON13 2, MBON14 4, ' +
  'MBON15 4, MBON15-like 5, MBON16 2, MBON17 2, MBON17-like 2, MBON18 2, MBON19 4, MBON20 2, MBON21 2, MBON22 2, MBON23 2, MBON24 2, ' +
  'MBON25 6, MBON26 2, MBON27 2, MBON28 2, MBON29 2, MBON30 2, MBON31 2, MBON32 2, MBON33 2, MBON35 2';

const danCounts =
  'PAM01 40, PAM02 13, PAM03 10, PAM04 32, PAM05 22, PAM06 31, PAM07 18, PAM08 46, PAM09 11, PAM10 13, PAM11 16, PAM12 23, PAM13 12, ' +
  'PAM14 16, PAM15 1, PPL101 2, PPL102 2, PPL103 2, PPL104 2, PPL105 2, PPL106 2, PPL107 2, PPL108 2, PPL201 2, PPL202 2, PPL203 2, ' +
  'PPL204 2, CB_DAN 3';

/** `A 3, B 2` as pairs. */
function parseCounts(text: string): [string, number][] {
  return text.split(', ').map((entry) => {
    const [name, count] = entry.split(' ');
    return [name!, Number(count)];
  });
}

/** `types` sizes that fall like 1/(rank + offset) from about 10 % of the total down to 2, and sum to `total`. Free parameter: offset. */
function fallingSizes(total: number, types: number, offset = 6): number[] {
  const shares = Array.from({ length: types }, (_, rank) => 1 / (rank + offset));
  const all = shares.reduce((a, b) => a + b, 0);
  const sizes = shares.map((share) => Math.max(2, Math.floor((share / all) * total)));
  sizes[0]! += total - sizes.reduce((a, b) => a + b, 0);
  return sizes;
}

const padded = (n: number): string => String(n).padStart(2, '0');

function localTypes(): CellType[] {
  const families = ['lLN1', 'lLN2', 'v2LN', 'l2LN', 'vLN', 'il3LN'];
  return fallingSizes(426, 94).map((count, i) => ({
    population: 'LN',
    className: 'ALLN',
    subClass: '',
    glomerulus: '',
    least: 0,
    count,
    type: `${families[i % families.length]}_s${padded(i + 1)}`,
  }));
}

function multiglomerularTypes(): CellType[] {
  const families = ['M_lPNm', 'M_vPNml', 'M_lvPNm', 'M_adPNm', 'M_l2PNm'];
  return fallingSizes(400, 100).map((count, i) => ({
    population: 'PN',
    className: 'ALPN',
    subClass: 'multiglomerular',
    glomerulus: '',
    least: 0,
    count,
    type: `${families[i % families.length]}_s${padded(i + 1)}`,
  }));
}

function counted(counts: string, shape: Omit<CellType, 'type' | 'count' | 'glomerulus'>, prefix = ''): CellType[] {
  return parseCounts(counts).map(([name, count]) => ({ ...shape, type: prefix + name, count, glomerulus: '' }));
}

function single(population: string, className: string, type: string, count: number, least: number): CellType {
  return { population, className, subClass: '', type, count, least, glomerulus: '' };
}

/** Every type of the synthetic system, in a fixed order. */
export function syntheticCellTypes(): readonly CellType[] {
  const orn = { population: 'ORN', className: 'olfactory', subClass: '', least: 4 };
  const upn = { population: 'PN', className: 'ALPN', subClass: 'uniglomerular', least: 2 };
  return [
    ...counted(ornCounts, orn, 'ORN_').map((t) => ({ ...t, glomerulus: t.type.slice(4) })),
    single('ORN', 'olfactory', '', 2, 1),
    ...localTypes(),
    single('LN', 'ALLN', '', 1, 1),
    ...counted(uniglomerularCounts, upn).map((t) => ({ ...t, glomerulus: t.type.split('_')[0]! })),
    ...multiglomerularTypes(),
    single('PN', 'ALPN', 'Z_s01', 7, 1),
    single('PN', 'ALPN', '', 1, 1),
    ...counted(kenyonCounts, { population: 'KC', className: 'Kenyon_Cell', subClass: '', least: 1 }),
    single('APL', 'MBIN', 'APL', 2, 2),
    single('DPM', 'MBIN', 'DPM', 2, 2),
    ...counted(mbonCounts, { population: 'MBON', className: 'MBON', subClass: '', least: 9 }),
    ...counted(danCounts, { population: 'DAN', className: 'DAN', subClass: '', least: 1 }),
    single('ALIN', 'ALIN', 'ALIN_s01', 24, 4),
  ];
}
