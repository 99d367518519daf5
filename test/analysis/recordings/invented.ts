/** Invented recordings in the formats of the real ones: three odours of which two are alike, two flies. Says nothing about a fly. */
const text = (lines: readonly string[]) => new TextEncoder().encode(`${lines.join('\n')}\n`);

export const labels = ['ep', 'b', 'c', 'd', 'e'];

/** Input patterns [5, 4 glomeruli]: ep and b alike, the others apart. */
export const patterns: readonly (readonly number[])[] = [
  [9, 1, 0, 0],
  [8, 2, 0, 1],
  [0, 0, 9, 1],
  [1, 9, 0, 0],
  [0, 1, 1, 9],
];
export const glomeruli = ['DA1', 'DM1', 'DM2', 'VA2'];

export const files: Readonly<Record<string, Uint8Array>> = {
  'odours.csv': text([
    'set,label,name,dose,cas,inchikey,door_name,door_units,in_284,note',
    ...labels.map((label, c) => `kc17,${label},name ${c},1e-3,,ODOUR-${c},,30,1,"a, b"`),
    ...labels.slice(0, 4).map((label, c) => `hige10,${label},name ${c},,,ODOUR-${c},,30,1,`),
  ]),
  'responders_peak_and_std.csv': text([
    'fly,cell,cluster,ep,b,c,d,e',
    'f/1,0,3,1,1,0,0,0',
    'f/1,1,3,1,0,0,0,0',
    'f/1,2,4,0,0,0,0,0',
    'f/1,3,4,0,0,1,0,0',
    'f/2,0,1,1,1,0,0,1',
    'f/2,1,1,0,0,0,0,0',
  ]),
  'correlations.csv': text([
    'fly,odour_a,odour_b,correlation',
    ...['f/1', 'f/2'].flatMap((fly, f) =>
      labels.flatMap((a, i) =>
        labels
          .slice(i + 1)
          .map((b, k) => `${fly},${b},${a},${(i === 0 && k === 0 ? 0.9 : 0.1) + 0.01 * (i + k) * (f + 1)}`),
      ),
    ),
  ]),
  'pebbled_dff.csv': text([
    'fly,glomerulus,odour,dff_1,dff_2,dff_3',
    ...['o/1', 'o/2'].flatMap((fly, f) =>
      glomeruli.flatMap((name, g) =>
        labels.map(
          (label, c) =>
            `${fly},${name},${label},${patterns[c]![g]!},${patterns[c]![g]! + f},${c === 4 && f === 1 ? '' : patterns[c]![g]!}`,
        ),
      ),
    ),
  ]),
  'hige2015_lines.csv': text([
    'driver,cell_type,mbon,fly,ep,b,c,d,empty',
    ...['A', 'B', 'C', 'D'].flatMap((driver, l) =>
      [0, 1].map((fly) => `${driver},type ${l},MBON-${l % 2} MBON-9,${fly},${4 + l},${3 + fly},${2},1,0`),
    ),
    'Z,calyx,MBON-0,0,1,2,3,4,0',
  ]),
};
