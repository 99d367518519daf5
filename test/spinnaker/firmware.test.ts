/** The cells against a committed run of the board's firmware; remade by firmware-peer.test.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import { firmwareCase, traceOf } from './firmware-case.ts';
import type { FirmwareGolden } from './firmware-golden.ts';
import { goldenPath, summaryOf } from './firmware-golden.ts';

describe('spinnaker/board-tick', () => {
  const goldens = JSON.parse(readFileSync(goldenPath, 'utf8')) as readonly FirmwareGolden[];
  for (const golden of goldens) {
    it(`equals the firmware bit for bit: 256 cells, 3000 ticks, ${golden.spikeCount} spikes, seed ${golden.seed}`, () => {
      const given = firmwareCase(golden.seed);
      const summary = summaryOf(golden.seed, given.size, boardCells(given.parameters), traceOf(given));
      assert.deepEqual(summary.start, golden.start);
      assert.deepEqual(summary, golden);
    });
  }
});
