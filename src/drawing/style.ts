/** The style sheet of charts, light and dark, for a page and for pictures that stand alone. Knows no data. */
import { type Colour, palette } from './colours.ts';

/** Colours of paper and ink, [light, dark]. */
export const inks: Readonly<Record<'page' | 'card' | 'ink' | 'soft' | 'rule' | 'good' | 'bad' | 'stimulus', Colour>> = {
  page: ['#fbfbf9', '#14171b'],
  card: ['#ffffff', '#1c2026'],
  ink: ['#1d2127', '#e8eaed'],
  soft: ['#5c6470', '#a0a8b4'],
  rule: ['#e3e4e6', '#343a43'],
  good: ['#1a7f4b', '#5fd39a'],
  bad: ['#b3261e', '#ff8a80'],
  stimulus: ['#e86a17', '#ff9a52'],
};

/** Sizes, widths and opacities; a coloured mark takes the `color` of its class. */
export const shapeRules: string = [
  'svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}svg .tick{font-size:11px}svg .small{font-size:9px}svg .row{font-size:13px}svg .heading{font-size:16px}',
  'svg .strong{font-weight:650}svg .name{font-weight:600}.mid{text-anchor:middle}.end{text-anchor:end}',
  'svg circle,.level,.mark{fill:currentColor}.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}.dashed{stroke-dasharray:5 4}.stroke{fill:none;stroke:currentColor}',
  '.interval{stroke:currentColor;stroke-width:2;opacity:.7}.median{stroke:currentColor;stroke-width:3}.bar{fill:currentColor;opacity:.32}',
  '.area{fill:currentColor;fill-opacity:.25;stroke:currentColor;stroke-width:1.5}.spikes{fill:none;stroke:currentColor}',
  '.band{opacity:.14}.shade{opacity:.1}svg circle.hollow,svg circle.disc{stroke:currentColor;stroke-width:2}svg circle.disc{stroke-width:3}',
].join('\n');

/** What differs between light (0) and dark (1); of the palette only the classes in `used`, all where it is not given. */
export function colourRules(theme: 0 | 1, used?: ReadonlySet<string>): string {
  const ink = (name: keyof typeof inks) => inks[name][theme];
  const coloured = Object.entries(palette)
    .filter(([name]) => used === undefined || used.has(name))
    .map(([name, pair]) => `.${name}{color:${pair[theme]}}svg text.${name}{fill:${pair[theme]}}`);
  return [
    `svg text{fill:${ink('ink')}}svg .tick,svg .title,svg .small{fill:${ink('soft')}}line.grid{stroke:${ink('rule')}}line.axis{stroke:${ink('soft')}}`,
    `.ink{color:${ink('ink')}}.soft{color:${ink('soft')}}.band{fill:${ink('good')}}.stimulus{fill:${ink('stimulus')}}.card,svg circle.hollow,svg circle.disc{fill:${ink('card')}}`,
    ...coloured,
  ].join('\n');
}
