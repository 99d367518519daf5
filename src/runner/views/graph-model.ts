/** A plan → the graph that people look at: one node a stage, however many instances it has. Draws nothing. */

import type { StageStatus } from '../model/events.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';

/** How a stage stands, for its colour: how it ended, or that it is under way. */
export type NodeStatus = StageStatus | 'running';

export interface GraphNode {
  readonly stage: string;
  /** Instance ids, in order; one without a matrix. */
  readonly ids: readonly string[];
  /** `stages/train.ts`, or the first word of a command. */
  readonly runs: string;
  /** Relative to the instance's folder; a final / means a folder. */
  readonly outputs: readonly string[];
  /** Files, folders and globs of the project that it reads. */
  readonly sources: readonly string[];
  readonly status?: NodeStatus;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** What is passed, relative to the producing stage's folder. */
  readonly paths: readonly string[];
}

export interface StageGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The worst of several instances' states comes first. */
const byWeight: readonly NodeStatus[] = [
  'failed',
  'running',
  'would-run',
  'ran',
  'restored',
  'remote',
  'skipped',
  'cached',
];

/** Stages in the plan's order, and an edge for each pair of which one reads the other's output. */
export function graphOf(
  plan: Plan,
  stages: readonly PlannedStage[] = plan.stages,
  status: Readonly<Record<string, NodeStatus>> = {},
): StageGraph {
  const groups = new Map<string, PlannedStage[]>();
  for (const stage of stages) groups.set(stage.stage, [...(groups.get(stage.stage) ?? []), stage]);
  const stageOf = new Map(stages.map((stage) => [stage.id, stage.stage]));
  const nodes = [...groups].map(([name, instances]) => nodeOf(name, instances, status));
  const edges = new Map<string, { from: string; to: string; paths: Set<string> }>();
  for (const stage of stages) {
    for (const input of Object.values(stage.inputs)) {
      if (input.kind !== 'artifact') continue;
      for (const [i, producer] of input.producers.entries()) {
        const from = stageOf.get(producer);
        if (from === undefined) continue;
        const key = `${from} ${stage.stage}`;
        const edge = edges.get(key) ?? { from, to: stage.stage, paths: new Set<string>() };
        edge.paths.add(withoutFolder(input.paths[i]!, { stage: from, id: producer }));
        edges.set(key, edge);
      }
    }
  }
  return { nodes, edges: [...edges.values()].map((edge) => ({ ...edge, paths: [...edge.paths] })) };
}

function nodeOf(
  stage: string,
  instances: readonly PlannedStage[],
  status: Readonly<Record<string, NodeStatus>>,
): GraphNode {
  const first = instances[0]!;
  const known = instances.map(({ id }) => status[id]);
  const worst = byWeight.find((candidate) => known.includes(candidate));
  const inputs = Object.values(first.inputs);
  return {
    stage,
    ids: instances.map(({ id }) => id),
    runs: first.work.kind === 'module' ? first.work.module : (first.work.command.trim().split(/\s/)[0] ?? ''),
    outputs: Object.values(first.outputs).map(({ path }) => withoutFolder(path, first)),
    sources: inputs.flatMap((input) => (input.kind === 'source' ? [input.pattern] : [])),
    ...(worst === undefined ? {} : { status: worst }),
  };
}

function withoutFolder(path: string, stage: Pick<PlannedStage, 'id' | 'stage'>): string {
  return path.slice(instanceFolder(stage).length);
}

/** `train`, or `train × 3` where it has instances. */
export function titleOf(node: GraphNode): string {
  return node.ids.length > 1 ? `${node.stage} × ${node.ids.length}` : node.stage;
}
