/** A stage graph → a stand-alone SVG that reads well on light and dark pages. Knows nothing of files. */

import { escaped } from '../../base/text.ts';
import { layOut, type Placed, type Route } from './graph-layout.ts';
import { type GraphNode, type NodeStatus, type StageGraph, titleOf } from './graph-model.ts';

const margin = 16;
const padding = 14;
const titleHeight = 34;
const lineHeight = 16;
const maxLines = 5;
const titleCharPx = 8.8;
const lineCharPx = 6.9;

/** Stroke and fill on light and dark pages; told apart without colour by the word in the box. */
const colours: Readonly<Record<NodeStatus | 'plain', readonly [string, string, string, string]>> = {
  plain: ['#5b6b7f', '#f6f8fa', '#8b9bb0', '#1c2430'],
  cached: ['#2f7d4f', '#eef8f1', '#56b37c', '#15281d'],
  restored: ['#1f6fb5', '#edf5fc', '#5aa6e6', '#13253a'],
  remote: ['#1f6fb5', '#f6fafd', '#5aa6e6', '#101c2a'],
  ran: ['#1a6b3c', '#dcf3e4', '#6fd39a', '#123524'],
  running: ['#7a4fb5', '#f4effb', '#b493e6', '#271b3b'],
  'would-run': ['#a86a00', '#fff6e5', '#e3a43a', '#33270f'],
  failed: ['#b3261e', '#fdeeed', '#f2776e', '#3d1715'],
  skipped: ['#7d8590', '#f0f1f3', '#7d8590', '#1b1e23'],
};

/** Rounded boxes with names and outputs, in layers from top to bottom. */
export function graphSvg(graph: StageGraph): string {
  const boxes = graph.nodes.map((node) => ({ id: node.stage, width: widthOf(node), height: heightOf(node) }));
  const layout = layOut(
    boxes,
    graph.edges.map(({ from, to }): readonly [string, string] => [from, to]),
  );
  const width = Math.ceil(layout.width + 2 * margin);
  const height = Math.ceil(layout.height + 2 * margin);
  const used = new Set<NodeStatus | 'plain'>(graph.nodes.map((node) => node.status ?? 'plain'));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="pipeline of ${graph.nodes.length} stages">`,
    styles(used),
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0,0.6 L8,4 L0,7.4 z"/></marker></defs>',
    `<g transform="translate(${margin} ${margin})">`,
    ...layout.routes.map((route) => edgeSvg(route)),
    ...graph.nodes.map((node, i) => nodeSvg(node, layout.boxes[i]!)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function styles(used: ReadonlySet<NodeStatus | 'plain'>): string {
  const rules = [...used].map((status) => {
    const [stroke, fill] = colours[status];
    return `.${status} rect{stroke:${stroke};fill:${fill}} .${status} .state{fill:${stroke}}`;
  });
  const dark = [...used].map((status) => {
    const [, , stroke, fill] = colours[status];
    return `.${status} rect{stroke:${stroke};fill:${fill}} .${status} .state{fill:${stroke}}`;
  });
  return [
    '<style>',
    'text{font-family:ui-sans-serif,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}',
    '.name{font-size:14px;font-weight:600;fill:#1f2328} .line{font-size:12px;fill:#57606a} .state{font-size:11px;font-weight:600}',
    'rect{stroke-width:1.4} .edge{fill:none;stroke:#8c959f;stroke-width:1.4} .tip{fill:#8c959f} .stack{opacity:.55}',
    ...rules,
    `@media(prefers-color-scheme:dark){.name{fill:#e6edf3} .line{fill:#9aa4b0} .edge{stroke:#6e7681} .tip{fill:#6e7681} ${dark.join(' ')}}`,
    '</style>',
  ].join('\n');
}

function linesOf(node: GraphNode): readonly string[] {
  if (node.outputs.length <= maxLines) return node.outputs;
  return [...node.outputs.slice(0, maxLines - 1), `and ${node.outputs.length - maxLines + 1} more`];
}

function widthOf(node: GraphNode): number {
  const state = node.status === undefined ? 0 : node.status.length * 7 + 16;
  const lines = linesOf(node).map((line) => shorten(line).length * lineCharPx);
  return Math.ceil(Math.max(110, titleOf(node).length * titleCharPx + state, ...lines) + 2 * padding);
}

function heightOf(node: GraphNode): number {
  return titleHeight + linesOf(node).length * lineHeight + (node.outputs.length > 0 ? 6 : 0);
}

function shorten(text: string): string {
  return text.length > 36 ? `…${text.slice(-35)}` : text;
}

function nodeSvg(node: GraphNode, { x, y, width, height }: Placed): string {
  const state =
    node.status === undefined
      ? ''
      : `<text class="state" x="${width - padding}" y="22" text-anchor="end">${node.status}</text>`;
  const lines = linesOf(node).map(
    (line, i) =>
      `<text class="line" x="${padding}" y="${titleHeight + 8 + i * lineHeight}">${escaped(shorten(line))}</text>`,
  );
  const stack =
    node.ids.length > 1 ? `<rect class="stack" x="5" y="5" width="${width}" height="${height}" rx="9"/>` : '';
  return [
    `<g class="${node.status ?? 'plain'}" transform="translate(${round(x)} ${round(y)})"><title>${escaped(node.runs)}</title>`,
    `${stack}<rect width="${width}" height="${height}" rx="9"/><text class="name" x="${padding}" y="22">${escaped(titleOf(node))}</text>${state}`,
    ...lines,
    '</g>',
  ].join('');
}

/** Straight where it stands straight, else curves that leave and enter vertically. */
function edgeSvg(route: Route): string {
  const [first, ...rest] = route.points;
  let [x, y] = first!;
  let path = `M${round(x)},${round(y)}`;
  for (const [i, [toX, toY]] of rest.entries()) {
    const endY = i === rest.length - 1 ? toY - 1 : toY;
    if (Math.abs(toX - x) < 0.5) path += ` L${round(toX)},${round(endY)}`;
    else {
      const bend = (endY - y) / 2;
      path += ` C${round(x)},${round(y + bend)} ${round(toX)},${round(endY - bend)} ${round(toX)},${round(endY)}`;
    }
    [x, y] = [toX, endY];
  }
  return `<path class="edge" d="${path}" marker-end="url(#tip)"><title>${escaped(`${route.from} → ${route.to}`)}</title></path>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
