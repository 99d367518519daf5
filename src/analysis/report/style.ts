/** The style sheet of the reports: light and dark, screen and paper. Knows no data. */
import { colourRules, inks, shapeRules } from '../../drawing/style.ts';

function variables(theme: 0 | 1): string {
  return Object.entries(inks)
    .map(([name, pair]) => `--${name}:${pair[theme]};`)
    .join('');
}

/** CSS without any outside reference. */
export function styleSheet(): string {
  return [
    `:root{color-scheme:light dark;${variables(0)}}`,
    `@media(prefers-color-scheme:dark){:root{${variables(1)}}}`,
    '*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}',
    'main{max-width:1160px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0 0 2px}h2{font-size:17px;margin:0 0 2px}header p{margin:0 0 18px;color:var(--soft)}',
    '.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:12px;margin:0 0 16px}.tile,figure{background:var(--card);border:1px solid var(--rule);border-radius:10px}',
    '.tile{padding:12px 16px}.tile b{display:block;font-size:27px;font-weight:650;line-height:1.2}.tile span{color:var(--soft);font-size:13px}',
    '.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;align-items:start}.stack{display:grid;gap:16px;min-width:0}.wide{grid-column:1/-1}@media(max-width:820px){.grid{grid-template-columns:minmax(0,1fr)}}',
    'figure{margin:0;padding:16px 18px 14px;min-width:0}figcaption{color:var(--soft);font-size:13px;margin-top:8px}svg{display:block;width:100%;height:auto}',
    'table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}th{color:var(--soft);font-weight:500;text-align:left;border-bottom:1px solid var(--rule);padding:4px 8px 4px 0}td{padding:4px 8px 4px 0;border-bottom:1px solid var(--rule)}tr:last-child td{border-bottom:0}.scroll{overflow-x:auto}',
    '.in{color:var(--good);font-weight:600}.out{color:var(--bad);font-weight:600}.alarm{background:var(--bad);color:#fff;padding:10px 16px;border-radius:10px;margin:0 0 16px}',
    'header .data{color:var(--ink);font-weight:600}.origin{margin:28px 0 0;padding:16px 18px;border:1px solid var(--rule);border-radius:10px}.origin td{overflow-wrap:anywhere}.origin p{margin:6px 0}summary{cursor:pointer;margin-top:8px}',
    '@media print{figure,.tile,.origin{break-inside:avoid}.grid,.stack{display:block}figure{margin:0 0 12px}main{max-width:none;padding:0}}',
    shapeRules,
    colourRules(0),
    `@media(prefers-color-scheme:dark){${colourRules(1)}}`,
  ].join('\n');
}
