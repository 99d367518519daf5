/** The exported trials on a target beside the trained model, its 64-bit form and the board's integers. Runs only the trained model. */
import { classesOfVoltages, namedClass } from '../../src/spinnaker/compare/accuracy.ts';
import { type SystemResult, sideBySide } from '../../src/spinnaker/compare/side-by-side.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import { TrainedSimulator } from '../../src/spinnaker/simulators/trained-simulator.ts';
import type { ExportedProject } from './project.ts';

/**
 * Results by name for as many exported trials as `found` has; NEST comes with the network at its latency of two steps, a board with what the
 * voltages of its readout's cells name.
 */
export function exportedSystems(
  project: ExportedProject,
  target: 'nest' | 'brian2' | 'board' | 'firmware',
  found: readonly Raster[],
  voltages: readonly Int32Array[] | null = null,
): Record<string, SystemResult> {
  const { model, expected } = project;
  const asRun = (rasters: readonly Raster[]) => {
    const spikes = rasters.slice(0, found.length);
    return { classes: spikes.map((raster) => namedClass(model, raster)), spikes };
  };
  const asTrained = new TrainedSimulator(model);
  const trained = asRun(project.inputs.slice(0, found.length).map((input) => asTrained.run(input)));
  asTrained.close();
  return sideBySide(
    project.trials.slice(0, found.length).map((trial) => trial.odour),
    project.board.wiring.populations,
    trained,
    {
      float64: asRun(expected.brian2),
      integers: asRun(expected.spiNNaker),
      ...(target === 'nest' ? { float64TwoSteps: asRun(expected.nest) } : {}),
      [target]: asRun(found),
      ...(voltages === null ? {} : { [`${target}Readout`]: { classes: classesOfVoltages(voltages) } }),
    },
  );
}
