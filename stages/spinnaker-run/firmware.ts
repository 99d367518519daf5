/** Target `firmware`: whole cores of the board's own program in an emulator; every spike and every state must be the simulator's. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import { compareTrials, equalOf, equalText } from '../../src/spinnaker/compare/comparison.ts';
import type { BoardTicker } from '../../src/spinnaker/firmware/board-tick.ts';
import { virtualConfig } from '../../src/spinnaker/project/board-config.ts';
import { decodeSpikes, decodeVoltages } from '../../src/spinnaker/project/trial-data.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import { rowInput, rowsOf } from '../../src/spinnaker/simulators/trial-row.ts';
import { exportedSystems } from './exported-systems.ts';
import type { Outcome } from './outcome.ts';
import { readoutHeadlines } from './own-readout.ts';
import type { ExportedProject } from './project.ts';
import { type PythonRun, runScriptOf, tailOf } from './python.ts';

/** Trials that are run where no number is asked for: a few seconds each, a minute on the real network. */
export const defaultFirmwareTrials = 3;

/** Exit status of firmware.py whose spikes are not the expected ones. */
const unequalStatus = 5;

/** What firmware.py writes. */
interface FirmwareReport {
  readonly cores: number;
  readonly ticks: number;
  readonly events: number;
  readonly skipped: number;
  readonly saturated: number;
  readonly seconds: { readonly mapping: number; readonly running: number };
}

const quantities = ['V', 'the excitatory current', 'the inhibitory current'] as const;

/** Values of one trial that were compared, and the first that differs, in words. */
interface StateComparison {
  compared: number;
  different: number;
  first?: string;
}

/** Compares one tick's [3, N] states of the firmware with the simulator's. */
function compareTick(
  theirs: Int32Array,
  cells: BoardTicker,
  tick: number,
  project: ExportedProject,
  into: StateComparison,
): void {
  const { v, currentE, currentI } = cells.states();
  [v, currentE, currentI].forEach((ours, q) => {
    for (let i = 0; i < ours.length; i++) {
      into.compared++;
      if (ours[i] === theirs[q * ours.length + i]) continue;
      into.different++;
      const at = project.head.populations.find((p) => i >= p.offset && i < p.offset + p.size)!;
      into.first ??= `tick ${tick}, cell ${i - at.offset} of ${at.name}: ${quantities[q]} is ${theirs[q * ours.length + i]} in the firmware, ${ours[i]} predicted`;
    }
  });
}

/** Runs the simulator beside the states that firmware.py wrote, [trials, T, 3, N]. cost: the states of a run in memory. */
async function compareStates(project: ExportedProject, path: string, trials: number): Promise<StateComparison> {
  const { steps, size } = project.head;
  const simulator = new IntegerSimulator(project.board);
  const result: StateComparison = { compared: 0, different: 0 };
  const file = await open(path);
  try {
    const bytes = 4 * steps * 3 * size;
    for (const row of rowsOf(trials, project.head)) {
      const states = new Int32Array((row.length * bytes) / 4);
      await file.read(states, 0, states.byteLength, row[0]! * bytes);
      const watch = (tick: number, cells: BoardTicker) => {
        const within = tick % project.head.periodTicks;
        if (within >= steps) return;
        const at = (Math.floor(tick / project.head.periodTicks) * steps + within) * 3 * size;
        compareTick(states.subarray(at, at + 3 * size), cells, tick, project, result);
      };
      const inputs = row.map((k) => project.inputs[k]!);
      simulator.run(rowInput(inputs, project.head), { watch });
    }
  } finally {
    await file.close();
  }
  return result;
}

/** Runs the first exported trials, packets in the order that `seed` draws, with the reset between that a board gets; throws UserError at a spike or state that is not the predicted one. */
export async function runFirmware(
  project: ExportedProject,
  run: PythonRun,
  version: number,
  { trials: count, seed }: { readonly trials: number; readonly seed: number },
): Promise<Outcome> {
  const numbers = project.trials.slice(0, count).map((_, k) => k);
  const config = virtualConfig(version);
  const args = ['--states', '--trials', numbers.join(','), '--seed', `${seed}`];
  const done = await runScriptOf(run, 'firmware.py', args, { 'spynnaker.cfg': config, '.spynnaker.cfg': config });
  if (done.exitCode !== 0 && done.exitCode !== unequalStatus)
    throw userError(`spinnaker-run: firmware.py ended with ${done.exitCode}:\n  ${tailOf(done.output)}`);
  const file = (name: string) => join(run.workFolder, name);
  const made = await readFile(file('spikes.firmware.safetensors'));
  const spikes = decodeSpikes(made, project.head.steps);
  const voltages = project.readout === null ? null : decodeVoltages(made, project.readout.cells.size);
  const report = JSON.parse(await readFile(file('firmware.json'), 'utf8')) as FirmwareReport;
  const states = await compareStates(project, file('states.bin'), numbers.length);
  return outcomeOf(project, { spikes, voltages }, report, states);
}

/** What firmware.py wrote of its trials. */
interface Made {
  readonly spikes: readonly Raster[];
  readonly voltages: readonly Int32Array[] | null;
}

function outcomeOf(
  project: ExportedProject,
  { spikes, voltages }: Made,
  report: FirmwareReport,
  states: StateComparison,
): Outcome {
  const { populations } = project.board.wiring;
  const comparison = compareTrials(project.expected.spiNNaker.slice(0, spikes.length), spikes, populations);
  const agreement = equalOf(comparison);
  const ofReadout = readoutHeadlines(project, 'in the emulated firmware', voltages, spikes);
  if (agreement.onlyReference + agreement.onlyHere + states.different + ofReadout.different > 0) {
    throw userError(
      `spinnaker-run: the firmware is not what was predicted: spikes ${equalText(agreement)}; voltages of the readout ${ofReadout.text}; states ${states.compared - states.different} of ${states.compared} equal${states.first === undefined ? '' : `, first ${states.first}`}`,
      'the integer simulator or the emulator is wrong, or the project was exported by another release: report it with these counts',
    );
  }
  const systems = exportedSystems(project, 'firmware', spikes, voltages);
  return {
    spikes,
    report: {
      ...report,
      trials: spikes.length,
      spikesEqual: agreement.equal,
      spikes: agreement.of,
      states,
      ...ofReadout.report,
      systems,
    },
    systems,
    headlines: [
      { label: 'spikes equal in the emulated firmware', value: `${equalText(agreement)} in ${spikes.length} trials` },
      {
        label: 'states equal',
        value: `${states.compared} of ${states.compared} (V and currents, every cell and tick)`,
      },
      {
        label: 'accuracy of the firmware',
        value: `${percent(systems['firmware']!.accuracy)} of ${spikes.length} trials`,
      },
      ...ofReadout.headlines,
    ],
  };
}
