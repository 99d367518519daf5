/** A plan as mermaid, dot, JSON or SVG. Knows nothing of terminals and files. */
import type { Plan, PlannedStage } from '../model/plan.ts';
import { graphOf, type NodeStatus, type StageGraph, titleOf } from './graph-model.ts';
import { graphSvg } from './graph-svg.ts';

export const graphFormats = ['mermaid', 'dot', 'json', 'svg'] as const;
export type GraphFormat = (typeof graphFormats)[number];

export interface GraphOptions {
  /** Only these; all if not given. */
  readonly stages?: readonly PlannedStage[];
  /** By instance id; gives colours. */
  readonly status?: Readonly<Record<string, NodeStatus>>;
}

/** The whole text, ending with a line break. */
export function renderGraph(plan: Plan, format: GraphFormat, options: GraphOptions = {}): string {
  const graph = graphOf(plan, options.stages, options.status);
  if (format === 'json') return `${JSON.stringify(graph, null, 2)}\n`;
  if (format === 'svg') return graphSvg(graph);
  return format === 'dot' ? dotOf(graph) : mermaidOf(graph);
}

const colours: Readonly<Record<NodeStatus, string>> = {
  ran: '#dcf3e4',
  cached: '#eef8f1',
  restored: '#edf5fc',
  remote: '#f6fafd',
  failed: '#fdeeed',
  skipped: '#f0f1f3',
  'would-run': '#fff6e5',
  running: '#f4effb',
};

function mermaidOf(graph: StageGraph): string {
  const ids = new Map(graph.nodes.map((node, i) => [node.stage, `s${i}`]));
  const text = (value: string): string => value.replace(/[#"<>&]/g, (c) => `#${c.charCodeAt(0)};`);
  const used = new Set(graph.nodes.flatMap((node) => node.status ?? []));
  const lines = [
    'flowchart TD',
    ...graph.nodes.map((node) => {
      const label = [titleOf(node), ...node.outputs].map(text).join('<br/>');
      return `  ${ids.get(node.stage)}("${label}")${node.status === undefined ? '' : `:::${mermaidClass(node.status)}`}`;
    }),
    ...graph.edges.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
    ...[...used].map(
      (status) => `  classDef ${mermaidClass(status)} fill:${colours[status]},stroke:#57606a,color:#1f2328`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function mermaidClass(status: NodeStatus): string {
  return status.replace('-', '');
}

function dotOf(graph: StageGraph): string {
  const quote = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  const lines = [
    'digraph pipeline {',
    '  rankdir=TB; node [shape=box, style="rounded,filled", fillcolor="#f6f8fa", fontname="Helvetica"]; edge [color="#8c959f"];',
    ...graph.nodes.map((node) => {
      const label = quote([titleOf(node), ...node.outputs].join('\n')).replaceAll('\n', '\\n');
      const fill = node.status === undefined ? '' : `, fillcolor="${colours[node.status]}"`;
      return `  ${quote(node.stage)} [label=${label}${fill}];`;
    }),
    ...graph.edges.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
