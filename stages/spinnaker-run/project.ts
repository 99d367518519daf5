/** An exported project's files, decoded, beside the model and task they came from. Runs nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OdourTask, Trial } from '../../src/odour/odour-task.ts';
import { decodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { decodeModel } from '../../src/snn/network/model-file.ts';
import type { Model } from '../../src/snn/network/network.ts';
import type { BoardNetwork } from '../../src/spinnaker/firmware/board-network.ts';
import { decodeBoardNetwork, type NetworkHead } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeTrials, decodeVoltages } from '../../src/spinnaker/project/trial-data.ts';
import { readoutCellsIn } from '../../src/spinnaker/quantise/readout-cells.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import type { ReadoutCells } from '../../src/spinnaker/simulators/trial-row.ts';

export interface ExportedProject {
  readonly folder: string;
  readonly model: Model;
  readonly task: OdourTask;
  readonly head: NetworkHead;
  readonly board: BoardNetwork;
  readonly trials: readonly Trial[];
  readonly inputs: readonly Raster[];
  readonly expected: Readonly<Record<'spiNNaker' | 'nest' | 'brian2', readonly Raster[]>>;
  /** The readout's own cells on the board, and what they will hold [K][C]; null where the host reads out. */
  readonly readout: { readonly cells: ReadoutCells; readonly expected: readonly Int32Array[] } | null;
}

/** Reads everything; throws RangeError, naming the file's part, on damage. */
export async function readProject(folder: string, modelPath: string, taskPath: string): Promise<ExportedProject> {
  const bytes = (name: string) => readFile(join(folder, name));
  const { head, board } = decodeBoardNetwork(await bytes('network.safetensors'));
  const inputs = await bytes('inputs.safetensors');
  const expected = await bytes('expected.safetensors');
  const cells = readoutCellsIn(board, head.steps);
  const voltages = cells === null ? null : decodeVoltages(expected, cells.size, 'spiNNaker');
  return {
    folder,
    model: decodeModel(await readFile(modelPath)),
    task: decodeOdourTask(await readFile(taskPath)),
    head,
    board,
    trials: decodeTrials(inputs),
    inputs: decodeSpikes(inputs, head.steps),
    expected: {
      spiNNaker: decodeSpikes(expected, head.steps, 'spiNNaker'),
      nest: decodeSpikes(expected, head.steps, 'nest'),
      brian2: decodeSpikes(expected, head.steps, 'brian2'),
    },
    readout: cells === null || voltages === null ? null : { cells, expected: voltages },
  };
}
