/** The whole page as one HTML text: figures drawn from artifacts, the live network, and what proves both. Knows no files. */
import { escaped, percent, thousands } from '../base/text.ts';
import { dataInWords, isSynthetic, sourcesOf, termsOf } from '../formats/data-sources.ts';
import type { Model } from '../snn/network/network.ts';
import { type EvaluationMetrics, mainReadout } from './figures/accuracy.ts';
import { drawFigure, type Figure, type FigureTexts, type TextName } from './figures/figure.ts';
import { figureList } from './figures/list.ts';
import { pack } from './live/pack.ts';
import { livePanel } from './live-panel.ts';
import { pageStyle } from './style.ts';

/** An artifact that the page speaks of. */
export interface PageArtifact {
  /** e.g. `metrics`: the name by which figures ask for it, or the stage's input. */
  readonly name: string;
  /** e.g. `evaluate/metrics.json` */
  readonly label: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** One trial whose spikes the pipeline's own kernel gave. */
export interface SpikeProof {
  readonly odour: number;
  readonly trial: number;
  readonly onSteps: number;
  /** SHA-256 of the spikes [T, N] as bytes. */
  readonly trained: string;
  readonly untrained: string;
}

/** What the page's script reads beside the texts and the network. */
export interface PageData {
  readonly artifacts: readonly PageArtifact[];
  readonly proofs: readonly SpikeProof[];
}

export interface ReportContent extends PageData {
  readonly model: Model;
  readonly texts: FigureTexts;
  /** `encodeLive` */
  readonly live: Uint8Array;
  /** Names the action that made the page. */
  readonly key: string;
  readonly script: string;
}

/** Self-contained HTML; the same content is the same bytes. */
export function reportPage(content: ReportContent): string {
  const { model, texts, live, script, key } = content;
  const sources = sourcesOf(model.provenance);
  const { topology } = model.network;
  const cells = topology.size + topology.inputSize;
  const shown = sections(content);
  const synthetic = isSynthetic(sources) ? ' synthetic' : '';
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>A fly’s nose, trained and alive</title><style>${pageStyle()}</style></head><body>`,
    '<a class="skip" href="#live">To the content</a>',
    `<nav aria-label="Parts of the page"><div>${parts
      .filter(([id]) => !id.endsWith('-part') || shown.some((text) => text.includes(`<section id="${id}"`)))
      .map(([id, name]) => `<a href="#${id}">${name}</a>`)
      .join('')}<button type="button" id="theme" aria-label="Light or dark">◐</button></div></nav>`,
    '<main>',
    `<header><h1>A fly’s nose, trained and alive</h1><p class="lead">${thousands(cells)} cells and ${thousands(topology.colIdx.length)} connections of the olfactory pathway of <i>Drosophila</i>, from receptor neurons to mushroom body output neurons, taught to tell ${model.readouts[0]!.classes.length} odours apart by spikes.</p>`,
    `<p class="data${synthetic}">${escaped(dataInWords(sources))}</p>${tiles(texts)}</header>`,
    `<section id="live" aria-labelledby="live-head"><h2 id="live-head">Live</h2><p class="lead">The trained network itself, in this page, in the pipeline’s own compiled kernel. Give it an odour, silence its cells, and see what it makes of it.</p>${livePanel}</section>`,
    ...shown,
    runSection(model, key),
    dataSection(model),
    proofSection(content),
    '<footer>Everything in this page is in this one file: nothing is fetched.</footer>',
    '</main><div id="say" hidden></div><div id="said" class="visually-hidden" aria-live="polite"></div>',
    carried(
      'page-data',
      'application/json',
      JSON.stringify({ artifacts: content.artifacts, proofs: content.proofs } satisfies PageData),
    ),
    carried('texts', 'text/plain', base64(pack(bytesOf(texts)))),
    carried('network', 'text/plain', base64(live)),
    carried('pipeline-run', 'application/json', 'null'),
    `<script>${script}</script></body></html>`,
    '',
  ].join('\n');
}

const parts: readonly (readonly [id: string, name: string])[] = [
  ['live', 'Live'],
  ['accuracy-part', 'Accuracy'],
  ['activity-part', 'Activity'],
  ['board-part', 'Board'],
  ['findings-part', 'Findings'],
  ['run', 'Run'],
  ['data', 'Data'],
  ['proof', 'Proof'],
];

function carried(id: string, type: string, text: string): string {
  return `<script type="${type}" id="${id}">${text.replaceAll('<', '\\u003c')}</script>`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function bytesOf(texts: FigureTexts): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text as string)]),
  );
}

function tiles({ metrics }: FigureTexts): string {
  if (metrics === undefined) return '';
  const { accuracy, chance, odours } = JSON.parse(metrics) as EvaluationMetrics;
  const main = mainReadout(accuracy.trained);
  const own = accuracy.trained[main]!;
  const before = accuracy.untrained[main];
  const ceiling = accuracy.input['knownWindow'];
  const tile = (value: string, about: string): string =>
    `<div class="tile"><b>${escaped(value)}</b><span>${escaped(about)}</span></div>`;
  return `<div class="tiles">${[
    tile(
      percent(own.top1),
      `of test trials named right by ${main} spikes (95 %: ${percent(own.low)} – ${percent(own.high)})`,
    ),
    ...(before === undefined ? [] : [tile(percent(before.top1), 'before training, read out in the same way')]),
    ...(ceiling === undefined ? [] : [tile(percent(ceiling.top1), 'at most: an ideal observer of the same input')]),
    tile(percent(chance), `by guessing among ${odours} odours`),
  ].join('')}</div>`;
}

function sections(content: ReportContent): string[] {
  return figureList.flatMap(({ id, title, lead, figures }) => {
    const cards = (wide: boolean): string =>
      figures
        .filter((figure) => (figure.wide === true) === wide)
        .flatMap((figure) => card(figure, content))
        .join('\n');
    const [narrow, whole] = [cards(false), cards(true)];
    if (narrow + whole === '') return [];
    return [
      `<section id="${id}" aria-labelledby="${id}-head"><h2 id="${id}-head">${escaped(title)}</h2><p class="lead">${escaped(lead)}</p><div class="cards">${narrow}</div>${whole}</section>`,
    ];
  });
}

/** A figure with its caption and its sources, or nothing. */
function card(figure: Figure, { texts, artifacts }: ReportContent): string[] {
  const drawn = drawFigure(figure, texts);
  if (drawn === undefined) return [];
  const from = figure.sources.map((name: TextName) => {
    const found = artifacts.find((artifact) => artifact.name === name);
    return found === undefined
      ? ''
      : `<span class="seal" data-artifact="${name}">${escaped(found.label)} <code>${found.sha256.slice(0, 12)}</code></span>`;
  });
  const chart = drawn.body.startsWith('<svg')
    ? `<div class="chart" tabindex="0" role="group" aria-label="${escaped(figure.title)} Arrow keys tell the values.">${drawn.body}</div>`
    : drawn.body;
  return [
    `<figure id="${figure.id}"><h3>${escaped(figure.title)}</h3><div data-figure="${figure.id}">${chart}</div><figcaption>${escaped(drawn.caption)}</figcaption><p class="source">${from.join('')}</p></figure>`,
  ];
}

function runSection({ provenance }: Model, key: string): string {
  const said = (name: string): string => escaped(String(provenance[name] ?? 'not stated'));
  const settings = ['train', 'pathway', 'odours', 'inputs', 'backend']
    .filter((name) => provenance[name] !== undefined)
    .map((name) => `<dt>${name}</dt><dd><code>${escaped(JSON.stringify(provenance[name]))}</code></dd>`);
  return `<section id="run" aria-labelledby="run-head"><h2 id="run-head">The run</h2><p class="lead">cc-snn ${said('version')}; training seed ${said('seed')}, seed of the trials ${said('trialSeed')}; this page <code>${escaped(key.slice(0, 16))}</code>.</p>
<div id="run-record" class="panel" hidden></div>
<details class="panel proof"><summary>Settings of this network</summary><dl class="kv">${settings.join('')}</dl></details></section>`;
}

function dataSection({ provenance }: Model): string {
  const sources = sourcesOf(provenance);
  const rows = sources.map(
    ({ name, sha256, about, licence, cite, synthetic }) =>
      `<tr><td>${escaped(name)}</td><td>${escaped(synthetic ? 'synthetic' : about || 'undeclared')}</td><td>${escaped(licence)}</td><td>${escaped(cite)}</td><td><code>${escaped(sha256.slice(0, 16))}</code></td></tr>`,
  );
  const terms = termsOf(sources);
  return `<section id="data" aria-labelledby="data-head"><h2 id="data-head">Data</h2><p class="lead">${terms.length === 0 ? 'No terms were declared for these files.' : 'Terms and what to cite are those of whoever made the data.'}</p>
<div class="panel"><div class="scroll" tabindex="0" role="region" aria-label="Files that the network comes from"><table><thead><tr>${['file', 'what it is', 'licence', 'cite', 'SHA-256'].map((text) => `<th class="plain" scope="col">${text}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></div></section>`;
}

function proofSection({ artifacts, texts }: ReportContent): string {
  const rows = artifacts.map(
    ({ name, label, sha256, bytes }) =>
      `<tr><td>${escaped(label)}</td><td class="number">${thousands(bytes)}</td><td><code>${sha256}</code></td><td><span class="seal" data-artifact="${name}">${name in texts ? 'carried by this page' : 'not in this page'}</span></td></tr>`,
  );
  return `<section id="proof" aria-labelledby="proof-head"><h2 id="proof-head">Proof</h2><p class="lead">Each figure names the artifact that it was drawn from. Those that the page carries were hashed and the figures drawn again when it opened; the others are checked when you give them.</p>
<div class="panel"><p id="verified" role="status">Not checked: this needs JavaScript.</p><div class="scroll" tabindex="0" role="region" aria-label="Artifacts and their digests"><table><thead><tr><th class="plain" scope="col">artifact</th><th class="plain number" scope="col">bytes</th><th class="plain" scope="col">SHA-256</th><th class="plain" scope="col">checked</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<div class="drop" id="drop"><label for="files">Drop files of <code>artifacts/</code> here, or choose them: </label><input type="file" id="files" multiple></div></div></section>`;
}
