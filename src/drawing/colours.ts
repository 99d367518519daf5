/** Which colour stands for which population, as classes of the page's style sheet (light and dark). Knows no charts. */

const known: Readonly<Record<string, string>> = {
  ORN: 'c0',
  LN: 'c1',
  PN: 'c2',
  KC: 'c3',
  APL: 'c4',
  MBON: 'c5',
  DAN: 'c6',
  'α′β′': 'c3',
  αβ: 'c4',
  γ: 'c6',
};

/** The class of a population or Kenyon cell class; other names take colours in turn. */
export function colourOf(name: string, index = 0): string {
  return known[name] ?? `c${index % 7}`;
}

/** [light, dark] of each colour class: distinct for colour-blind readers (after Okabe & Ito 2008). */
export const palette: Readonly<Record<string, readonly [string, string]>> = {
  c0: ['#6b7280', '#9aa3b2'],
  c1: ['#009e73', '#3fc79d'],
  c2: ['#0072b2', '#58b4e8'],
  c3: ['#d55e00', '#ff9a52'],
  c4: ['#a34f8b', '#e08fc8'],
  c5: ['#b3261e', '#ff7b70'],
  c6: ['#8a6d00', '#e3c34b'],
};
