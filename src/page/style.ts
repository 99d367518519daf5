/** The style sheet of the page: light and dark in one, phone to wide screen, paper. Knows no data. */
import { palette } from '../drawing/colours.ts';
import { inks, shapeRules } from '../drawing/style.ts';

const both = ([light, dark]: readonly [string, string]): string => `light-dark(${light},${dark})`;

/** Classes of charts that src/drawing does not have, for pictures that stand alone. */
export const chartRules =
  '.reference{stroke:#b3261e;stroke-width:1.5;stroke-dasharray:3 3}.outline{fill:none;stroke:#c9ccd1}.heat{fill:currentColor}svg text.on{fill:#fff;font-weight:650}svg text.small{font-size:10px}svg .group{font-weight:600}';

const layout = `
:root{color-scheme:light dark;--radius:14px;--gap:18px;--accent:light-dark(#0b6aa8,#6bc0ef);--wash:light-dark(#f3f4f1,#181c21);--shadow:0 1px 2px light-dark(#1018280d,#0000),0 4px 16px light-dark(#1018280a,#0000)}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:64px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
main{max-width:1720px;margin:0 auto;padding:0 clamp(14px,2.4vw,40px) 72px}
h1{font-size:clamp(26px,3.4vw,42px);line-height:1.12;letter-spacing:-.022em;font-weight:680;margin:0 0 10px;text-wrap:balance}
h2{font-size:clamp(20px,1.9vw,26px);letter-spacing:-.014em;font-weight:660;margin:52px 0 4px}
h3{font-size:16px;font-weight:640;margin:0 0 10px;letter-spacing:-.005em}
section>p.lead,header .lead{color:var(--soft);margin:0 0 18px;max-width:76ch}
a{color:var(--accent)}code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:6px}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:12px;z-index:9;background:var(--card);padding:8px 14px}
nav{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--page) 86%,transparent);backdrop-filter:blur(12px);border-bottom:1px solid var(--rule)}
nav div{max-width:1720px;margin:0 auto;padding:0 clamp(14px,2.4vw,40px);display:flex;gap:4px;align-items:center;height:50px;overflow-x:auto;scrollbar-width:none}
nav a{color:var(--soft);text-decoration:none;padding:6px 11px;border-radius:8px;font-size:14px;white-space:nowrap}nav a:hover{color:var(--ink);background:var(--wash)}
nav button{margin-left:auto}
header{padding:clamp(26px,4vw,56px) 0 8px}
header .data{font-weight:600;margin:0 0 22px;max-width:90ch}header .data.synthetic{color:light-dark(#9a5b00,#ffc46b)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px}
.tile,figure,.panel{background:var(--card);border:1px solid var(--rule);border-radius:var(--radius);box-shadow:var(--shadow)}
.tile{padding:16px 18px}.tile b{display:block;font-size:30px;font-weight:660;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:13px;line-height:1.4;display:block;margin-top:4px}
.cards{columns:3 400px;column-gap:var(--gap)}.cards figure{break-inside:avoid}@media(max-width:480px){.cards{columns:1}}
figure{margin:0 0 var(--gap);padding:18px 20px 14px;min-width:0}figure .chart{border-radius:8px;max-width:560px;margin:0 auto}
figcaption{color:var(--soft);font-size:13px;line-height:1.45;margin-top:10px}
.source{display:flex;flex-wrap:wrap;gap:4px 12px;margin:8px 0 0;font-size:12px;color:var(--soft)}.source code{font-size:11.5px}
.seal::before{content:"○ ";}.seal.good{color:var(--good)}.seal.good::before{content:"✓ "}.seal.bad{color:var(--bad);font-weight:650}.seal.bad::before{content:"✗ "}
svg{display:block;width:100%;height:auto}
[data-say]{cursor:default}[data-say]:hover,.lit{filter:brightness(1.15) saturate(1.2)}svg .lit{stroke:var(--ink);stroke-width:2.5}
.reference{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:3 3}.outline{fill:none;stroke:var(--rule)}.heat{fill:currentColor}svg text.on{fill:light-dark(#fff,#101418);font-weight:650}svg text.small{font-size:10px}svg .group{font-weight:600}
.scroll{overflow:auto;max-height:520px;border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th{position:sticky;top:0;background:var(--card);text-align:left;font-weight:500;color:var(--soft);padding:0;border-bottom:1px solid var(--rule);white-space:nowrap}
th button,th.plain{font:inherit;color:inherit;background:none;border:0;padding:7px 12px 7px 0;cursor:pointer;width:100%;text-align:inherit}th.plain{cursor:default;display:table-cell}
th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
td{padding:6px 12px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}tr:last-child td{border-bottom:0}.number{text-align:right;white-space:nowrap}th.number button{text-align:right}
.in{color:var(--good);font-weight:600}.out{color:var(--bad);font-weight:600}.strong{font-weight:650}
.swatch{display:inline-block;width:9px;height:9px;border-radius:3px;background:currentColor;margin-right:7px}img.finding{display:block;width:100%;height:auto;max-width:720px;margin:10px auto 0}.verdict{display:inline-block;padding:1px 10px;border-radius:999px;border:1.5px solid currentColor;font-size:12.5px;font-weight:650;margin-right:4px}.filter{margin:0 0 10px}.filter input{margin-left:8px}
button,select,input[type=search],.button{font:inherit;font-size:14px;color:var(--ink);background:var(--card);border:1px solid light-dark(#c9ccd1,#454d58);border-radius:9px;padding:7px 13px}
button{cursor:pointer}button:hover{border-color:var(--accent)}button.primary{background:var(--accent);border-color:var(--accent);color:light-dark(#fff,#08131b);font-weight:620}button:disabled{opacity:.5;cursor:default}
nav button,.plain-button{border-color:transparent;background:none;padding:6px 10px}
.alarm{background:var(--bad);color:light-dark(#fff,#1b0b09);padding:12px 18px;border-radius:12px;margin:0 0 18px;font-weight:600}
#say{position:fixed;z-index:10;pointer-events:none;background:var(--ink);color:var(--page);font-size:13px;line-height:1.35;padding:6px 10px;border-radius:8px;max-width:min(340px,80vw);box-shadow:0 4px 18px #0004}#say[hidden]{display:none}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;

const live = `
.live{display:grid;grid-template-columns:minmax(0,330px) minmax(0,1fr);gap:var(--gap);align-items:start}
@media(max-width:900px){.live{grid-template-columns:minmax(0,1fr)}}
.panel{padding:18px 20px;min-width:0}
.controls{display:grid;gap:16px}.controls fieldset{border:0;margin:0;padding:0;min-width:0}.controls legend{font-weight:620;font-size:14px;padding:0;margin-bottom:6px}
.controls select{width:100%}.range{display:grid;grid-template-columns:74px minmax(0,1fr) 62px;gap:8px;align-items:center;font-size:13px;color:var(--soft);margin-top:8px}.range output{text-align:right;color:var(--ink);font-variant-numeric:tabular-nums}
input[type=range]{width:100%;accent-color:var(--accent);margin:0;height:22px}
.chips{display:flex;flex-wrap:wrap;gap:6px}.chips button{padding:5px 11px;border-radius:999px;font-size:13px;font-weight:600}.chips button[aria-pressed=true]{background:light-dark(#1d2127,#e8eaed);color:light-dark(#fff,#14171b);border-color:transparent;text-decoration:line-through}
.row{display:flex;gap:8px;flex-wrap:wrap;align-items:center}
.noses{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:var(--gap)}
.nose h3{display:flex;justify-content:space-between;gap:10px;align-items:baseline;margin-bottom:4px}.nose h3 span{font-weight:500;font-size:13px;color:var(--soft);font-variant-numeric:tabular-nums}
.named{font-size:24px;font-weight:660;letter-spacing:-.015em;line-height:1.2;margin:0 0 8px;min-height:1.2em}.named small{font-size:14px;font-weight:600;margin-left:6px}
.rivals{list-style:none;margin:0 0 14px;padding:0;display:grid;gap:4px;font-size:13px}.rivals li{display:grid;grid-template-columns:minmax(0,1fr) 46% 52px;gap:10px;align-items:center}.rivals .bar{height:8px;border-radius:4px;background:var(--rule);overflow:hidden;opacity:1}.rivals i{display:block;height:100%;border-radius:4px;background:light-dark(#9aa1ac,#6d7683)}.rivals .given i{background:light-dark(#0072b2,#58b4e8)}.rivals .given{font-weight:650}.rivals b{font-weight:inherit;text-align:right;font-variant-numeric:tabular-nums}.rivals span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
canvas{display:block;width:100%;height:560px;border-radius:10px;background:light-dark(#fcfcfa,#15191e);touch-action:pan-y}@media(max-width:600px){canvas{height:480px}}
.proof{margin-top:var(--gap)}.proof ul{margin:10px 0 0;padding-left:0;list-style:none;font-size:13px;display:grid;gap:3px}progress{width:100%;accent-color:var(--accent)}
.dag{overflow-x:auto}.dag img{display:block;max-width:100%;margin:0 auto}
.kv{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 18px;font-size:13px;margin:0}.kv dt{color:var(--soft)}.kv dd{margin:0;overflow-wrap:anywhere}
.drop{border:1.5px dashed light-dark(#b9bec6,#4b5461);border-radius:12px;padding:18px;text-align:center;color:var(--soft);margin-top:12px}.drop.over{border-color:var(--accent);color:var(--ink)}
footer{margin-top:56px;color:var(--soft);font-size:13px}
@media print{nav,.controls,.proof,.filter,.drop,#say,.skip{display:none!important}body{background:#fff}.live{display:block}main{max-width:none;padding:0}figure,.tile,.panel{break-inside:avoid;box-shadow:none}.cards{columns:2}.scroll{max-height:none;overflow:visible}h2{margin-top:22px;break-after:avoid}th{position:static}table{font-size:10px}#odours{display:none}canvas{height:380px}}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;

/** CSS without any outside reference. */
export function pageStyle(): string {
  const variables = Object.entries(inks).map(([name, pair]) => `--${name}:${both(pair)};`);
  const colours = Object.entries(palette).map(
    ([name, pair]) => `.${name}{color:${both(pair)}}svg text.${name}{fill:${both(pair)}}`,
  );
  const marks = [
    'svg text{fill:var(--ink)}svg .tick,svg .title,svg .small{fill:var(--soft)}line.grid{stroke:var(--rule)}line.axis{stroke:var(--soft)}',
    '.ink{color:var(--ink)}.soft{color:var(--soft)}svg circle.hollow{fill:var(--card)}svg text.ink{fill:var(--ink)}',
  ];
  return [`:root{${variables.join('')}}`, shapeRules, ...marks, ...colours, layout, live].join('\n');
}
