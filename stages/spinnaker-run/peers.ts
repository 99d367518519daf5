/** Targets `nest` and `brian2`: run.py on the exported trials, its spikes beside those of the 64-bit simulator. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import { compareTrials, equalOf, equalText } from '../../src/spinnaker/compare/comparison.ts';
import type { SystemResult } from '../../src/spinnaker/compare/side-by-side.ts';
import { decodeSpikes } from '../../src/spinnaker/project/trial-data.ts';
import { platformRules } from '../../src/spinnaker/simulators/platforms.ts';
import { exportedSystems } from './exported-systems.ts';
import type { Outcome } from './outcome.ts';
import type { ExportedProject } from './project.ts';
import { type PythonRun, runScriptOf, tailOf } from './python.ts';

/** NEST's accuracy is that of a network whose connections act a step later than trained: said where the accuracy stands. */
function latencyText(systems: Readonly<Record<string, SystemResult>>): string {
  const later = systems['float64TwoSteps'];
  return later === undefined
    ? ''
    : ` (NEST acts after two steps, the network was trained with one; predicted at two: ${percent(later.accuracy)})`;
}

/** Runs the first `count` exported trials; throws UserError with the end of the program's output when it fails. */
export async function runPeer(project: ExportedProject, run: PythonRun, count: number): Promise<Outcome> {
  const backend = run.target as 'nest' | 'brian2';
  const trials = project.trials.slice(0, count);
  const numbers = trials.map((_, k) => k).join(',');
  const done = await runScriptOf(run, 'run.py', ['--backend', backend, '--trials', numbers]);
  if (done.exitCode !== 0) {
    throw userError(
      `spinnaker-run: run.py --backend ${backend} ended with ${done.exitCode}:\n  ${tailOf(done.output)}`,
    );
  }
  const spikes = decodeSpikes(
    await readFile(join(run.workFolder, `spikes.${backend}.safetensors`)),
    project.head.steps,
  );
  const expected = project.expected[backend].slice(0, trials.length);
  const comparison = compareTrials(expected, spikes, project.model.network.topology.populations);
  const agreement = equalOf(comparison);
  const systems = exportedSystems(project, backend, spikes);
  return {
    spikes,
    report: {
      trials: trials.length,
      latencySteps: platformRules[backend].latencySteps,
      spikesEqual: agreement.equal,
      spikes: agreement.of,
      populations: comparison,
      systems,
    },
    systems,
    headlines: [
      { label: `spikes equal in ${backend}`, value: `${equalText(agreement)} in ${trials.length} trials` },
      {
        label: `accuracy trained → ${backend}`,
        value: `${percent(systems['trained']!.accuracy)} → ${percent(systems[backend]!.accuracy)}${latencyText(systems)}`,
      },
    ],
  };
}
