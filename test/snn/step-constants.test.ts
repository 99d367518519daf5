import assert from 'node:assert/strict';
import { cellStepConstants, stepConstants } from '../../src/snn/network/step-constants.ts';
import { randomModel } from '../rig/random-model.ts';

const cell = { tauMMs: 20, cmNf: 0.5, vRestMv: -60, iOffsetNa: 0.1, tauSynEMs: 5, tauSynIMs: 10 };

describe('step constants', () => {
  it('agree with the SpiNNaker binary, which rounds dt/tau down to 15 bits: tauM 20, tauSyn 5', () => {
    const asOnChip = { ...cell, tauMMs: 32768 / Math.floor(32768 / 20), tauSynEMs: 32768 / Math.floor(32768 / 5) };
    const { a, bE } = cellStepConstants(asOnChip, 1);
    assert.equal(Math.floor(a * 2 ** 15), 31170);
    assert.ok(Math.abs(bE - 3516490311 / 2 ** 32) < 1.3e-6);
  });

  it('rest at vRest + (tauM/cm)·iOffset', () => {
    const { a, drive } = cellStepConstants(cell, 1);
    assert.ok(Math.abs(drive / (1 - a) - (-60 + (20 / 0.5) * 0.1)) < 1e-12);
  });

  it('charge: one spike of 1 nA lifts V by (tauM/cm)·tauSyn/dt in total', () => {
    const { a, bE, kE, bI, kI } = cellStepConstants(cell, 1);
    const area = (k: number, b: number) => k / (1 - b) / (1 - a);
    assert.ok(Math.abs(area(kE, bE) - (20 / 0.5) * 5) < 1e-9);
    assert.ok(Math.abs(area(kI, bI) - (20 / 0.5) * 10) < 1e-9);
  });

  it('of a network are those of each cell, rounded to f32', () => {
    const { cells } = randomModel().network;
    const all = stepConstants(cells, 1);
    const one = cellStepConstants(
      {
        tauMMs: cells.tauMMs[5]!,
        cmNf: cells.cmNf[5]!,
        vRestMv: cells.vRestMv[5]!,
        iOffsetNa: cells.iOffsetNa[5]!,
        tauSynEMs: cells.tauSynEMs[5]!,
        tauSynIMs: cells.tauSynIMs[5]!,
      },
      1,
    );
    for (const name of ['a', 'bE', 'bI', 'kE', 'kI', 'drive'] as const) {
      assert.equal(all[name][5], Math.fround(one[name]), name);
    }
  });

  it('refuse a time constant of zero by name', () => {
    assert.throws(() => cellStepConstants({ ...cell, tauSynIMs: 0 }, 1), /tauSynIMs is 0, want > 0/);
  });
});
