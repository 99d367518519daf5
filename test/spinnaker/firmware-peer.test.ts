/** The cells against the board's own firmware, run under an ARM emulator: CC_SNN_PEERS=1; CC_SNN_UPDATE_GOLDEN=1 also rewrites the golden file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorFile } from '../../src/formats/safetensors.ts';
import { decodeSafetensors, encodeSafetensors, tensor, tensorData } from '../../src/formats/safetensors.ts';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import type { FirmwareCase, FirmwareTrace } from './firmware-case.ts';
import { firmwareCase, traceOf } from './firmware-case.ts';
import type { CellConstants } from './firmware-golden.ts';
import { goldenPath, goldenSeeds, summaryOf } from './firmware-golden.ts';
import { needPeer } from './peer-python.ts';

function runFirmware(python: string, given: FirmwareCase): TensorFile {
  const folder = mkdtempSync(join(tmpdir(), 'firmware-'));
  const tensors = Object.fromEntries(
    Object.entries(given.parameters).map(([name, data]) => [name, tensor(data as Int32Array)]),
  );
  const shifts = tensor(Int32Array.from(given.shifts));
  const slots = tensor(given.slots, [given.ticks, given.size, 2]);
  writeFileSync(join(folder, 'case'), encodeSafetensors({ tensors: { ...tensors, shifts, slots }, metadata: {} }));
  execFileSync(python, ['test/spinnaker/firmware-peer.py', join(folder, 'case'), join(folder, 'trace')]);
  const result = decodeSafetensors(readFileSync(join(folder, 'trace')));
  rmSync(folder, { recursive: true });
  return result;
}

function firmwareTrace(file: TensorFile): FirmwareTrace {
  const ints = (name: string) => tensorData(file, name, Int32Array);
  const spikes = tensorData(file, 'spikes', Uint8Array);
  return {
    v: ints('v'),
    currentE: ints('currentE'),
    currentI: ints('currentI'),
    refractory: ints('refractory'),
    spikes,
  };
}

function firmwareConstants(file: TensorFile): CellConstants {
  const ints = (name: string) => tensorData(file, name, Int32Array);
  const unsigned = (name: string) => tensorData(file, name, Uint32Array);
  return {
    resistance: ints('resistance'),
    expTc: ints('expTc'),
    refractorySteps: ints('refractorySteps'),
    decayE: unsigned('decayE'),
    initE: unsigned('initE'),
    decayI: unsigned('decayI'),
    initI: unsigned('initI'),
  };
}

describe('spinnaker/board-tick against IF_curr_exp.aplx under Unicorn', () => {
  const goldens: unknown[] = [];
  for (const seed of goldenSeeds) {
    it(`has the same constants, voltages, currents, refractory counters and spikes: 256 cells, 3000 ticks, seed ${seed}`, function () {
      const python = needPeer(this, 'firmware');
      this.timeout(1_200_000);
      const given = firmwareCase(seed);
      const theirs = runFirmware(python, given);
      const trace = firmwareTrace(theirs);
      const constants = firmwareConstants(theirs);
      const ours = boardCells(given.parameters);
      for (const name of Object.keys(constants) as (keyof CellConstants)[])
        assert.equal(
          ours[name].findIndex((x, i) => x !== constants[name][i]),
          -1,
          `${name} differs first at this cell`,
        );
      const mine = traceOf(given);
      for (const name of Object.keys(mine) as (keyof FirmwareTrace)[])
        assert.equal(
          mine[name].findIndex((x, i) => x !== trace[name][i]),
          -1,
          `${name} differs first at this index`,
        );
      goldens.push(summaryOf(seed, given.size, constants, trace));
    });
  }

  after(() => {
    if (process.env['CC_SNN_UPDATE_GOLDEN'] === undefined || goldens.length < goldenSeeds.length) return;
    writeFileSync(goldenPath, `${JSON.stringify(goldens)}\n`);
  });
});
