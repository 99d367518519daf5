/** A stage as the plan has it, of a command and nothing else, for tests of one question about it. */
import type { PlannedStage } from '../../src/runner/model/plan.ts';

export function plannedStage(command: string, more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    id: 's',
    stage: 's',
    axes: {},
    at: { file: 'pipeline.yaml' },
    work: { kind: 'command', command },
    code: [],
    params: {},
    inputs: {},
    outputs: {},
    env: [],
    metrics: [],
    resources: { cpus: 1, slots: {} },
    retries: 0,
    cache: true,
    network: false,
    tools: [],
    needs: [],
    ...more,
  };
}
