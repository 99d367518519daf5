/** Two runs side by side on one self-contained page: what differs, the metrics, the pages that both made. Knows no files. */
import { escaped } from '../../base/text.ts';
import type { Json } from '../model/plan.ts';
import { shownChange, shownValue } from './words.ts';

/** One of the two runs. */
export interface DiffSide {
  readonly run: string;
  readonly started: string;
  readonly command: string;
}

export interface DiffContent {
  readonly sides: readonly [DiffSide, DiffSide];
  /** Parameters, code, inputs, outputs, figures told: what, before, after. */
  readonly rows: readonly (readonly [what: string, before: string, after: string])[];
  readonly metrics: readonly {
    readonly stage: string;
    readonly name: string;
    readonly before: Json | undefined;
    readonly after: Json | undefined;
  }[];
  /** Pages that both runs made, as text. */
  readonly pages: readonly { readonly name: string; readonly texts: readonly [string, string] }[];
}

const style = `
:root{color-scheme:light dark;--page:light-dark(#fbfbf9,#14171b);--card:light-dark(#fff,#1c2026);--ink:light-dark(#1d2127,#e8eaed);--soft:light-dark(#5c6470,#a0a8b4);--rule:light-dark(#e3e4e6,#343a43);--up:light-dark(#0072b2,#58b4e8);--down:light-dark(#b3541e,#ff9a52)}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1900px;margin:0 auto;padding:clamp(18px,3vw,44px) clamp(14px,2.4vw,40px) 60px}h1{font-size:clamp(24px,3vw,36px);letter-spacing:-.02em;margin:0 0 16px}h2{font-size:20px;margin:36px 0 10px}
.sides{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}@media(max-width:700px){.sides{grid-template-columns:minmax(0,1fr)}}
.card{background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:16px 18px;overflow:auto;max-height:70vh}.card b{font-size:17px}.card p{margin:4px 0 0;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}th{text-align:left;color:var(--soft);font-weight:500;border-bottom:1px solid var(--rule);padding:6px 12px 6px 0}td{border-bottom:1px solid var(--rule);padding:6px 12px 6px 0;vertical-align:top;overflow-wrap:anywhere}tr:last-child td{border-bottom:0}
.up{color:var(--up)}.down{color:var(--down)}.bar{display:inline-block;height:8px;border-radius:4px;background:currentColor;vertical-align:middle}iframe{width:100%;height:86vh;border:1px solid var(--rule);border-radius:14px;background:var(--card)}
:focus-visible{outline:2px solid var(--up);outline-offset:2px}`;

/** The page; the same content is the same bytes. */
export function diffPage({ sides, rows, metrics, pages }: DiffContent): string {
  const side = (name: string, { run, started, command }: DiffSide): string =>
    `<div class="card"><b>${name}: ${escaped(run)}</b><p>${escaped(started.slice(0, 19).replace('T', ' '))} UTC</p><p>${escaped(command)}</p></div>`;
  const both = (one: string, other: string): string => `<div class="sides">${one}${other}</div>`;
  const frame = (name: string, letter: string, text: string): string =>
    `<iframe title="${escaped(`${name} of ${letter}`)}" srcdoc="${escaped(text)}" loading="lazy"></iframe>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>Two runs side by side</title><style>${style}</style></head><body><main><h1>Two runs side by side</h1>`,
    both(side('A', sides[0]), side('B', sides[1])),
    part('Metrics that differ', metricTable(metrics)),
    part(
      'What else differs',
      table(
        ['what', 'A', 'B'],
        rows.map((row) => row.map(escaped)),
      ),
    ),
    ...pages.map(
      ({ name, texts }) => `<h2>${escaped(name)}</h2>${both(frame(name, 'A', texts[0]), frame(name, 'B', texts[1]))}`,
    ),
    '</main></body></html>',
    '',
  ].join('\n');
}

function part(title: string, body: string): string {
  return `<h2>${title}</h2>${body === '' ? '<p>Nothing.</p>' : `<div class="card" tabindex="0" role="region" aria-label="${title}">${body}</div>`}`;
}

/** Cells are HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = (tag: string, row: readonly string[]): string =>
    row.map((cell) => `<${tag}>${cell}</${tag.slice(0, 2)}>`).join('');
  return `<table><thead><tr>${cells('th scope="col"', head)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table>`;
}

/** The largest relative change first; bars are relative changes, a whole one or more fills the width. */
function metricTable(metrics: DiffContent['metrics']): string {
  const shown = (value: Json | undefined): string => (value === undefined ? '(none)' : escaped(shownValue(value)));
  const sorted = metrics
    .map((metric, k) => ({ ...metric, k, change: relative(metric.before, metric.after) }))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.k - b.k);
  const rows = sorted.map(({ stage, name, before, after, change }) => {
    const width = Math.round(120 * Math.min(1, Math.abs(change)));
    const bar = `<span class="${change < 0 ? 'down' : 'up'}"><i class="bar" style="width:${width}px"></i> ${escaped(shownChange(before, after))}</span>`;
    return [escaped(stage), escaped(name), shown(before), shown(after), bar];
  });
  return table(['stage', 'metric', 'A', 'B', 'change'], rows);
}

/** Of the larger of the two; 0 where they are no numbers. */
function relative(before: Json | undefined, after: Json | undefined): number {
  if (typeof before !== 'number' || typeof after !== 'number') return 0;
  return (after - before) / Math.max(Math.abs(before), Math.abs(after));
}
