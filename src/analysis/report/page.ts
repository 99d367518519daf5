/** A self-contained HTML page of tiles and figures. Knows no data. */
import { escaped } from '../../base/text.ts';
import { styleSheet } from './style.ts';

export interface Tile {
  readonly value: string;
  readonly about: string;
}

/** One figure with what it shows as its heading; `body` is SVG or HTML. */
export function figureCard(heading: string, body: string, caption: string, wide = false): string {
  return `<figure${wide ? ' class="wide"' : ''}><h2>${escaped(heading)}</h2>${body}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

/** Figures one below the other in one column. */
export function stack(...figures: readonly string[]): string {
  return `<div class="stack">${figures.join('\n')}</div>`;
}

/** What stands above and below tiles and figures. */
export interface PageText {
  readonly title: string;
  readonly subtitle: string;
  /** From which data, in words. */
  readonly data: string;
  /** HTML below the figures. */
  readonly foot: string;
  readonly alarm?: string | undefined;
}

/** The page; the same content is the same bytes. */
export function page(
  { title, subtitle, data, foot, alarm }: PageText,
  tiles: readonly Tile[],
  figures: readonly string[],
): string {
  const shown = tiles.map(
    ({ value, about }) => `<div class="tile"><b>${escaped(value)}</b><span>${escaped(about)}</span></div>`,
  );
  const warning = alarm === undefined ? '' : `<p class="alarm">${escaped(alarm)}</p>`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title><style>${styleSheet()}</style></head><body><main>`,
    `<header><h1>${escaped(title)}</h1><p>${escaped(subtitle)}</p><p class="data">${escaped(data)}</p></header>${warning}`,
    `<div class="tiles">${shown.join('')}</div>`,
    `<div class="grid">${figures.join('\n')}</div>`,
    foot,
    '</main></body></html>',
    '',
  ].join('\n');
}
