/** A picture for a file of its own: style sheet inside, light and dark, never wider than its window. Knows no charts. */
import { colourRules, shapeRules } from './style.ts';
import { element } from './svg.ts';

/** The whole SVG file; the same content is the same bytes. `about` is what screen readers say. */
export function standAlone(
  { width, height, about }: { readonly width: number; readonly height: number; readonly about: string },
  ...children: readonly string[]
): string {
  const used = new Set(
    children.flatMap((text) => [...text.matchAll(/ class="([^"]*)"/g)].flatMap((m) => m[1]!.split(' '))),
  );
  const style = `${shapeRules}\n${colourRules(0, used)}\n@media(prefers-color-scheme:dark){${colourRules(1, used)}}`;
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    style: 'max-width:100%;height:auto',
    role: 'img',
    'aria-label': about,
  };
  const page = element('rect', { width, height, class: 'card' });
  return `${element('svg', root, element('style', {}, style), '\n', page, '\n', children.join('\n'), '\n')}\n`;
}
