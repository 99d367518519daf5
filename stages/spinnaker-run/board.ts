/** Target `board`: checks the way to a real SpiNNaker board, runs the project on it, and refuses spikes that the board lost, delayed or cut. */
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { percent } from '../../src/base/text.ts';
import { compareTrials, equalOf } from '../../src/spinnaker/compare/comparison.ts';
import { isVersionReply, scampPort, versionRequest } from '../../src/spinnaker/compare/scamp.ts';
import { type BoardAddress, boardConfig } from '../../src/spinnaker/project/board-config.ts';
import { decodeSpikes } from '../../src/spinnaker/project/trial-data.ts';
import { exportedSystems } from './exported-systems.ts';
import type { Outcome } from './outcome.ts';
import { runProgram } from './program.ts';
import type { ExportedProject } from './project.ts';
import { type PythonRun, runScriptOf, tailOf } from './python.ts';

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

/** Whether the board's monitor answers a version request within `timeoutMs`; boards that have not booted do not. */
export function answersScamp(host: string, timeoutMs: number, port: number = scampPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer: boolean) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on('error', () => finish(false));
    socket.on('message', (message) => {
      if (isVersionReply(message)) finish(true);
    });
    socket.send(versionRequest(), port, host);
  });
}

/** Throws UserError unless the board answers: its monitor, or, before it has booted, a ping. */
export async function checkReachable(
  board: BoardAddress,
  timeoutMs: number = 2000,
  port: number = scampPort,
): Promise<void> {
  if (await answersScamp(board.machineName, timeoutMs, port)) return;
  const ping = await runProgram('ping', ['-c', '1', '-W', '2', board.machineName], {});
  if (ping.exitCode === 0) return;
  throw userError(
    `spinnaker-run: no answer from the board at ${board.machineName} (SCAMP version request and ping)`,
    'is it powered and connected, and is spinnaker.board.machineName right?',
  );
}

/** Exit status of run.py for a board that lost, delayed or saturated something. */
const lossStatus = 4;

/** Runs all exported trials; throws UserError on any loss, with the board's own words. */
export async function runBoard(
  project: ExportedProject,
  run: PythonRun,
  board: BoardAddress,
  timeScaleFactor: number,
): Promise<Outcome> {
  checkHostAddress(board.hostAddress);
  await checkReachable(board);
  const config = boardConfig(board);
  const args = ['--backend', 'spiNNaker', '--time-scale-factor', `${timeScaleFactor}`];
  const done = await runScriptOf(run, 'run.py', args, { 'spynnaker.cfg': config, '.spynnaker.cfg': config });
  if (done.exitCode === lossStatus) {
    const losses = done.output.split('\n').filter((line) => line.startsWith('core or chip'));
    throw userError(
      `spinnaker-run: the board lost, delayed or saturated something, so its spikes are not the network's:\n  ${losses.join('\n  ')}`,
      `late or lost: raise spinnaker.timeScaleFactor (now ${timeScaleFactor}); saturated: raise export.quantisation.headroom`,
    );
  }
  if (done.exitCode !== 0) {
    throw userError(`spinnaker-run: run.py --backend spiNNaker ended with ${done.exitCode}:\n  ${tailOf(done.output)}`);
  }
  const spikes = decodeSpikes(await readFile(join(run.workFolder, 'spikes.spiNNaker.safetensors')), project.head.steps);
  const comparison = compareTrials(project.expected.spiNNaker, spikes, project.model.network.topology.populations);
  const { equal, of } = equalOf(comparison);
  const systems = exportedSystems(project, 'board', spikes);
  return {
    spikes,
    report: {
      board,
      timeScaleFactor,
      trials: spikes.length,
      spikesEqual: equal,
      spikes: of,
      populations: comparison,
      systems,
    },
    systems,
    headlines: [
      { label: 'spikes equal on the board', value: `${equal} of ${of} predicted` },
      { label: 'accuracy on the board', value: `${percent(systems['board']!.accuracy)} of ${spikes.length} trials` },
    ],
  };
}
