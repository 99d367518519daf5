/** Target `board`: checks the way to a real SpiNNaker board, runs the project on it, and refuses spikes that the board lost, delayed or cut. */
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import { compareTrials, equalOf, equalText } from '../../src/spinnaker/compare/comparison.ts';
import { isVersionReply, scampPort, versionRequest } from '../../src/spinnaker/compare/scamp.ts';
import { boardConfig } from '../../src/spinnaker/project/board-config.ts';
import type { BoardAddress } from '../../src/spinnaker/project/board-schema.ts';
import { decodeSpikes, decodeVoltages } from '../../src/spinnaker/project/trial-data.ts';
import { exportedSystems } from './exported-systems.ts';
import type { Outcome } from './outcome.ts';
import { readoutHeadlines } from './own-readout.ts';
import { runProgram } from './program.ts';
import type { ExportedProject } from './project.ts';
import { type PythonResult, type PythonRun, runScriptOf, tailOf } from './python.ts';

/** Throws UserError unless this computer has the address that the board's network wants. */
export function checkHostAddress(wanted: string, own: readonly string[] = ownAddresses()): void {
  if (own.includes(wanted)) return;
  throw userError(
    `spinnaker-run: this computer has no network interface with the address ${wanted} (it has ${own.join(', ') || 'none'})`,
    `give the interface that the board is connected to the address ${wanted}, netmask 255.255.255.0, or set spinnaker.board.hostAddress; without a board use target 'simulated' or 'virtual'`,
  );
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map((address) => address.address));
}

/** What came of asking a board's monitor for its version: an answer, silence, or the reason why nothing could be sent. */
type ScampAnswer = { readonly answered: true } | { readonly answered: false; readonly reason?: string };

function askScamp(host: string, timeoutMs: number, port: number): Promise<ScampAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer: ScampAnswer) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ answered: false }), timeoutMs);
    socket.on('error', (error) => finish({ answered: false, reason: error.message }));
    socket.on('message', (message) => {
      if (isVersionReply(message)) finish({ answered: true });
    });
    socket.send(versionRequest(), port, host);
  });
}

/** Whether the board's monitor answers a version request within `timeoutMs`; boards that have not booted do not. */
export async function answersScamp(host: string, timeoutMs: number, port: number = scampPort): Promise<boolean> {
  return (await askScamp(host, timeoutMs, port)).answered;
}

/**
 * Throws UserError unless the board answers: its monitor, or, before it has booted, a ping. Without a `ping` program a silent board may be an
 * unbooted one: that is told to `warn`, and sPyNNaker is left to boot it.
 */
export async function checkReachable(
  board: BoardAddress,
  timeoutMs: number = 2000,
  port: number = scampPort,
  warn: (message: string) => void = () => undefined,
): Promise<void> {
  const asked = await askScamp(board.machineName, timeoutMs, port);
  if (asked.answered) return;
  const ping = await runProgram('ping', ['-c', '1', '-W', '2', board.machineName], {});
  if (ping.exitCode === 0) return;
  if (ping.exitCode === null && asked.reason === undefined) {
    warn(
      `the board at ${board.machineName} did not answer its monitor's version request, and this computer has no 'ping' to tell an unbooted board from none: sPyNNaker tries to boot it`,
    );
    return;
  }
  throw userError(
    `spinnaker-run: no answer from the board at ${board.machineName} (${asked.reason ?? 'SCAMP version request and ping'})`,
    'is it powered and connected, and is spinnaker.board.machineName right?',
  );
}

/** Exit statuses of run.py: nothing says what the board lost; it lost, delayed or saturated something. */
const unknownLossStatus = 3;
const lossStatus = 4;

/** Where a project is to run. */
export interface BoardRun {
  readonly board: BoardAddress;
  readonly timeScaleFactor: number;
  /** The user's own configuration in place of the address: its text, and the way to a machine that it names. */
  readonly own?: { readonly text: string; readonly way: string };
}

/** Throws UserError where run.py did not end well, with what it said and what to do. */
function checkEnd(done: PythonResult, { board, timeScaleFactor, own }: BoardRun): void {
  if (done.exitCode === 0) return;
  if (done.exitCode === lossStatus) {
    const losses = done.output.split('\n').filter((line) => line.startsWith('core or chip'));
    throw userError(
      `spinnaker-run: the board lost, delayed or saturated something, so its spikes are not the network's:\n  ${losses.join('\n  ')}`,
      `late, lost, overran or overloaded: raise spinnaker.timeScaleFactor (now ${timeScaleFactor}); saturated: raise export.quantisation.headroom`,
    );
  }
  if (done.exitCode === unknownLossStatus) {
    throw userError(
      `spinnaker-run: the board's spikes came without an account of what it lost:\n  ${tailOf(done.output, 1)}`,
      'sPyNNaker writes it after each run; look into its reports for why it could not',
    );
  }
  throw userError(
    `spinnaker-run: run.py --backend spiNNaker ended with ${done.exitCode}:\n  ${tailOf(done.output)}`,
    own === undefined
      ? `is ${board.machineName} (spinnaker.board.machineName) a SpiNNaker board, switched on, and of version ${board.version} (spinnaker.board.version)?`
      : `does the way to a machine that spinnaker.configFile names (${own.way}) work?`,
  );
}

/** Runs all exported trials; throws UserError on any loss, with the board's own words. */
export async function runBoard(project: ExportedProject, run: PythonRun, where: BoardRun): Promise<Outcome> {
  const { board, timeScaleFactor, own } = where;
  if (own === undefined) {
    checkHostAddress(board.hostAddress);
    await checkReachable(board, undefined, undefined, (message) => run.log(message));
  } else run.log(`by your configuration: ${own.way}`);
  const config = own?.text ?? boardConfig(board);
  const args = ['--backend', 'spiNNaker', '--time-scale-factor', `${timeScaleFactor}`];
  const done = await runScriptOf(run, 'run.py', args, { 'spynnaker.cfg': config, '.spynnaker.cfg': config });
  checkEnd(done, where);
  const made = await readFile(join(run.workFolder, 'spikes.spiNNaker.safetensors'));
  const spikes = decodeSpikes(made, project.head.steps);
  const voltages = project.readout === null ? null : decodeVoltages(made, project.readout.cells.size);
  const comparison = compareTrials(project.expected.spiNNaker, spikes, project.board.wiring.populations);
  const ofReadout = readoutHeadlines(project, 'on the board', voltages, spikes);
  const agreement = equalOf(comparison);
  const systems = exportedSystems(project, 'board', spikes, voltages);
  return {
    spikes,
    report: {
      ...(own === undefined ? { board } : { machine: own.way }),
      timeScaleFactor,
      trials: spikes.length,
      spikesEqual: agreement.equal,
      spikes: agreement.of,
      populations: comparison,
      ...ofReadout.report,
      systems,
    },
    systems,
    headlines: [
      { label: 'spikes equal on the board', value: `${equalText(agreement)} predicted` },
      { label: 'accuracy on the board', value: `${percent(systems['board']!.accuracy)} of ${spikes.length} trials` },
      ...ofReadout.headlines,
    ],
  };
}
