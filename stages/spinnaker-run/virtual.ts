/** Target `virtual`: sPyNNaker maps the network on a board that is not there; what it would load is compared, its load estimated. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import {
  advisedTimeScaleFactor,
  type CoreLoad,
  type CoreSlice,
  coreLoads,
} from '../../src/spinnaker/compare/board-load.ts';
import { runEstimate } from '../../src/spinnaker/compare/run-estimate.ts';
import { type Saturations, saturationsOf, saturationText } from '../../src/spinnaker/compare/saturations.ts';
import { virtualConfig } from '../../src/spinnaker/project/board-config.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { rowTicks } from '../../src/spinnaker/simulators/trial-row.ts';
import { markdownTable } from './markdown.ts';
import type { Outcome } from './outcome.ts';
import type { ExportedProject } from './project.ts';
import { type PythonRun, runScriptOf, tailOf } from './python.ts';

/** Exported trials whose spikes load the cores. */
const loadTrials = 5;

interface Place extends CoreSlice {
  readonly x: number;
  readonly y: number;
  readonly p: number;
}

/** What virtual.py writes. */
interface VirtualReport {
  readonly fits: boolean;
  readonly error?: string;
  readonly seconds: number;
  readonly machine: { readonly chips: number; readonly cores: number; readonly sdramPerChip: number };
  readonly placements: readonly Place[];
  readonly cores: readonly { readonly x: number; readonly y: number; readonly p: number; readonly bytes: number }[];
  readonly compared: Readonly<
    Record<
      'cores' | 'shiftsEqual' | 'parameters' | 'parametersEqual' | 'words' | 'wordsEqual' | 'wordsUnpredicted',
      number
    >
  >;
}

async function mapOnBoard(run: PythonRun, version: number, neuronsPerCore: number): Promise<VirtualReport> {
  await rm(run.workFolder, { recursive: true, force: true });
  const config = virtualConfig(version);
  const args = ['--neurons-per-core', `${neuronsPerCore}`];
  const done = await runScriptOf(run, 'virtual.py', args, { 'spynnaker.cfg': config, '.spynnaker.cfg': config });
  if (done.exitCode !== 0) {
    throw userError(`spinnaker-run: virtual.py ended with ${done.exitCode}:\n  ${tailOf(done.output)}`);
  }
  return JSON.parse(await readFile(join(run.workFolder, 'virtual.json'), 'utf8')) as VirtualReport;
}

/** Version that is tried when the asked one is too small. */
const larger: Readonly<Record<number, number>> = { 3: 5 };
/** sPyNNaker puts no more cells of IF_curr_exp on a core. */
const mostNeuronsPerCore = 256;

/** What would hold the network, as settings, found by mapping it. */
async function whatWouldFit(run: PythonRun, version: number, neuronsPerCore: number): Promise<string[]> {
  const found: string[] = [];
  for (let more = neuronsPerCore; more < mostNeuronsPerCore && found.length === 0; ) {
    more = Math.min(mostNeuronsPerCore, 2 * more);
    const { fits } = await mapOnBoard(run, version, more);
    if (fits) found.push(`on this board with ${more} cells a core (export.neuronsPerCore: ${more})`);
  }
  const next = larger[version];
  if (next !== undefined && (await mapOnBoard(run, next, neuronsPerCore)).fits)
    found.push(`as it is on a version ${next} board (spinnaker.board.version: ${next})`);
  return found;
}

/** Throws UserError, saying what would hold the network, when it does not fit. */
async function refuse(run: PythonRun, version: number, neuronsPerCore: number, error: string): Promise<never> {
  const fitting = await whatWouldFit(run, version, neuronsPerCore);
  throw userError(
    `spinnaker-run: the network does not fit on a version ${version} board with ${neuronsPerCore} cells a core: ${error}`,
    fitting.length > 0
      ? `it fits ${fitting.join(', or ')}`
      : `it fits on no single board, not even with ${mostNeuronsPerCore} cells a core: leave populations out`,
  );
}

/** Bytes of SDRAM and cores in use, by chip. */
function byChip(report: VirtualReport): { chip: string; cores: number; sdramBytes: number }[] {
  const chips = new Map<string, { chip: string; cores: number; sdramBytes: number }>();
  for (const { x, y, bytes } of report.cores) {
    const chip = `${x},${y}`;
    const entry = chips.get(chip) ?? { chip, cores: 0, sdramBytes: 0 };
    chips.set(chip, { chip, cores: entry.cores + 1, sdramBytes: entry.sdramBytes + bytes });
  }
  return [...chips.values()];
}

interface SimulatedLoad {
  readonly loads: readonly CoreLoad[];
  readonly saturations: Saturations;
  /** Spikes of a trial with those of the input, mean. */
  readonly spikes: number;
}

function loadsOf(project: ExportedProject, report: VirtualReport): SimulatedLoad {
  const simulator = new IntegerSimulator(project.board);
  const runs = project.inputs.slice(0, loadTrials).map((input) => ({ input, ...simulator.run(input) }));
  const spiking = new Set(project.head.populations.map((p) => p.name));
  const cores = report.placements.filter((place) => spiking.has(place.population));
  return {
    loads: coreLoads(project.board.wiring, cores, runs),
    saturations: saturationsOf(
      runs.map((run) => run.saturations),
      project.board.wiring.populations,
    ),
    spikes: runs.reduce((sum, run) => sum + run.input.cell.length + run.spikes.cell.length, 0) / runs.length,
  };
}

/** Chips and cores for people; loads are shares of a tick in real time. */
function tablesOf(chips: ReturnType<typeof byChip>, loads: readonly CoreLoad[]): string {
  const chipRows = chips.map((c) => [c.chip, `${c.cores}`, (c.sdramBytes / 1e6).toFixed(2)]);
  const coreRows = loads.map((c) => [
    c.population,
    `${c.begin}–${c.end - 1}`,
    c.meanSpikes.toFixed(1),
    `${c.peakSpikes}`,
    c.meanEvents.toFixed(1),
    `${c.peakEvents}`,
    percent(c.meanLoad),
    percent(c.peakLoad),
  ]);
  const coreHead = [
    'population',
    'cells',
    'spikes a tick, mean',
    'peak',
    'events a tick, mean',
    'peak',
    'load, mean',
    'peak',
  ];
  return `${markdownTable(['chip', 'cores', 'SDRAM, MB'], chipRows)}\n${markdownTable(coreHead, coreRows)}`;
}

/** Maps, compares, estimates; throws UserError when the network does not fit or a loaded word is not the predicted one. */
export async function runVirtual(project: ExportedProject, run: PythonRun, version: number): Promise<Outcome> {
  const { neuronsPerCore } = project.head;
  const report = await mapOnBoard(run, version, neuronsPerCore);
  if (!report.fits) return refuse(run, version, neuronsPerCore, report.error ?? 'no reason given');
  const { compared } = report;
  const wrong =
    compared.words - compared.wordsEqual + compared.wordsUnpredicted + compared.parameters - compared.parametersEqual;
  if (wrong > 0 || compared.shiftsEqual !== compared.cores) {
    throw userError(
      `spinnaker-run: what sPyNNaker would load differs from the export: ${JSON.stringify(compared)}`,
      'the installed sPyNNaker quantises in another way than release 7.4.1; report it with these counts',
    );
  }
  const { loads, saturations, spikes } = loadsOf(project, report);
  const busiest = loads.reduce((a, b) => (b.peakLoad > a.peakLoad ? b : a));
  const advised = advisedTimeScaleFactor(loads);
  const chips = byChip(report);
  const { dtMs, timeScaleFactor } = project.head;
  const together = Math.min(project.head.trialsPerRun, project.trials.length);
  const ticks = rowTicks(project.head, together, project.readout?.cells ?? null) / together;
  const cores = report.placements.length;
  const estimate = runEstimate({ version, cores, chips: chips.length, ticks, dtMs, timeScaleFactor, spikes });
  const lateRisk = busiest.peakLoad / project.head.timeScaleFactor;
  return {
    spikes: [],
    report: {
      version,
      seconds: report.seconds,
      machine: report.machine,
      coresUsed: report.cores.length,
      chips,
      placements: report.placements,
      compared,
      loads,
      saturations: saturations.additions,
      timeScaleFactor: project.head.timeScaleFactor,
      advisedTimeScaleFactor: advised,
      estimate,
      lateSpikeRisk: lateRisk < 0.5 ? 'low' : lateRisk < 1 ? 'some' : 'high',
    },
    details: tablesOf(chips, loads),
    headlines: [
      {
        label: 'virtual board',
        value: `${report.cores.length} of ${report.machine.cores} cores, ${chips.length} of ${report.machine.chips} chips, ${(Math.max(...chips.map((c) => c.sdramBytes)) / 1e6).toFixed(1)} MB on the fullest`,
      },
      {
        label: 'synaptic words equal',
        value: `${compared.wordsEqual} of ${compared.words}; cell parameters ${compared.parametersEqual} of ${compared.parameters}`,
      },
      {
        label: 'busiest core',
        value: `${busiest.population}: ${Math.round(100 * busiest.peakLoad)} % of a real-time tick (estimate); time_scale_factor advised ${advised}`,
      },
      {
        label: 'time and energy a trial',
        value: `${estimate.secondsPerTrial.toFixed(2)} s, ${estimate.joulesPerTrial.toPrecision(2)} J (estimate: board ${estimate.boardJ.toPrecision(2)}, ${cores} cores ${estimate.coresJ.toPrecision(2)}, packets ${estimate.packetsJ.toPrecision(1)}; loading not in it)`,
      },
      { label: 'additions to full ring buffers, simulated', value: saturationText(saturations) },
    ],
  };
}
