/** The one table of colours: which stands for which population, in every picture, light and dark. Knows no charts. */

/** [on a light page, on a dark page] */
export type Colour = readonly [string, string];

/**
 * By class name. Populations and the three Kenyon cell classes have one colour each wherever they are drawn; distinct for colour-blind
 * readers (after Okabe & Ito 2008), Kenyon cell classes told apart by lightness within the Kenyon cells' hue.
 */
export const palette: Readonly<Record<string, Colour>> = {
  plain: ['#6b7280', '#9aa3b2'],
  orn: ['#6b7280', '#9aa3b2'],
  ln: ['#009e73', '#3fc79d'],
  pn: ['#0072b2', '#58b4e8'],
  kc: ['#d55e00', '#ff9a52'],
  apl: ['#a34f8b', '#e08fc8'],
  mbon: ['#b3261e', '#ff7b70'],
  dan: ['#8a6d00', '#e3c34b'],
  'kc-apbp': ['#d55e00', '#ff9a52'],
  'kc-ab': ['#e8963c', '#ffd0a3'],
  'kc-g': ['#7a2e00', '#c8703a'],
  'other-0': ['#00808a', '#4fd0d9'],
  'other-1': ['#5b5bd6', '#a5a5ff'],
  'other-2': ['#c2528f', '#ff9ccf'],
  'other-3': ['#5f7a1f', '#b5d46a'],
  wrong: ['#d55e00', '#ff9a52'],
  excites: ['#1b7f4d', '#5fd39a'],
  inhibits: ['#c0392b', '#ff8a80'],
  'ramp-0': ['#7b8794', '#8b97a5'],
  'ramp-1': ['#488c98', '#5fa5b1'],
  'ramp-2': ['#14919b', '#3bb7c1'],
  'ramp-3': ['#1980aa', '#45a9d6'],
  'ramp-4': ['#1d6fb8', '#4f9de6'],
  'ramp-5': ['#5457b0', '#8c8cf0'],
  'ramp-6': ['#8a3fa8', '#c47fe0'],
  'ramp-7': ['#b5476a', '#ea7f9d'],
  'ramp-8': ['#e04f2c', '#ff7d5c'],
};

const classes: Readonly<Record<string, string>> = {
  ORN: 'orn',
  LN: 'ln',
  PN: 'pn',
  KC: 'kc',
  APL: 'apl',
  MBON: 'mbon',
  DAN: 'dan',
  'α′β′': 'kc-apbp',
  αβ: 'kc-ab',
  γ: 'kc-g',
};

/** The class of a population or Kenyon cell class; other names take the four spare colours in turn. */
export function colourOf(name: string, index = 0): string {
  return classes[name] ?? `other-${index % 4}`;
}

/** From slate (0) over teal, blue and purple to red (1 and more). */
export function rampOf(share: number): string {
  return `ramp-${Math.round(8 * Math.min(1, Math.max(0, share)))}`;
}
