import assert from 'node:assert/strict';
import { digestOf } from '../../src/base/digest.ts';
import { columnTexts, dataFrameOf } from '../../src/formats/r/r-value.ts';
import { decodeRData } from '../../src/formats/r/rdata.ts';
import { chooseOdours, odourRules } from '../../src/odour/choose-odours.ts';
import { type DoorTables, readDoor } from '../../src/odour/door/door-tables.ts';
import { syntheticDoor } from '../../src/odour/synthetic/synthetic-door.ts';

function readSynthetic(files: Record<string, Uint8Array>): Promise<DoorTables> {
  return readDoor({
    responseMatrix: files['response.matrix.RData']!,
    odor: files['odor.RData']!,
    mappings: files['DoOR.mappings.RData']!,
  });
}

function quantile(sorted: readonly number[], p: number): number {
  return sorted[Math.floor(p * (sorted.length - 1))]!;
}

describe('odour/synthetic-door', () => {
  let full: DoorTables;

  before(async () => {
    full = await readSynthetic(syntheticDoor({ odours: 284, seed: 1 }));
  });

  it('has DoOR’s size and statistics: 692 × 78, 13.65 % filled, median 0.085, 95th percentile 0.48', () => {
    const known = Array.from(full.response.filter((x) => !Number.isNaN(x))).sort((a, b) => a - b);
    assert.deepEqual([full.odours.length, full.units.length], [692, 78]);
    assert.ok(Math.abs(known.length / full.response.length - 0.1365) < 0.01, `${known.length / full.response.length}`);
    assert.ok(Math.abs(quantile(known, 0.5) - 0.085) < 0.015, `${quantile(known, 0.5)}`);
    assert.ok(Math.abs(quantile(known, 0.95) - 0.48) < 0.05, `${quantile(known, 0.95)}`);
    assert.ok(known[0] === 0 && known.at(-1)! <= 1);
  });

  it('was measured as unevenly as DoOR: 647, 354, 298 and 182 of 692 odours by 1, 2, 4 and 15 units or more', () => {
    const units = full.units.length;
    const counts = full.odours.map(
      (_, o) => full.response.subarray(o * units, (o + 1) * units).filter((x) => !Number.isNaN(x)).length,
    );
    const atLeast = (least: number) => counts.filter((n) => n >= least).length;
    [
      [1, 647],
      [2, 354],
      [4, 298],
      [15, 182],
    ].forEach(([least, real]) => {
      assert.ok(Math.abs(atLeast(least!) - real!) <= 30, `${least}: ${atLeast(least!)}, DoOR ${real}`);
    });
  });

  it('makes as many classes as asked for', async () => {
    assert.equal(chooseOdours(full, odourRules['mapped-measured']).length, 284);
    for (const [odours, seed] of [
      [60, 1],
      [60, 2],
      [12, 3],
    ] as const) {
      const door = await readSynthetic(syntheticDoor({ odours, seed }));
      assert.equal(chooseOdours(door, odourRules['mapped-measured']).length, odours);
    }
    assert.ok(chooseOdours(full, odourRules['above-sfr']).length > 200);
  });

  it('has the traps of the real files: all-NaN logical columns, the SFR row first, factors', async () => {
    const files = syntheticDoor({ odours: 284, seed: 1 });
    const matrix = dataFrameOf((await decodeRData(files['response.matrix.RData']!))['response.matrix']!, 'm');
    const logical = matrix.columnNames.filter((_, k) => matrix.columns[k]!.type === 'logical');
    assert.deepEqual(logical, ['Or22c', 'Or24a', 'Or67d', 'pb2A']);
    assert.equal(matrix.rowNames[0], 'SFR');
    const odor = dataFrameOf((await decodeRData(files['odor.RData']!))['odor']!, 'odor');
    assert.deepEqual(columnTexts(odor, 'InChIKey'), matrix.rowNames);
  });

  it('invents every odour plainly', () => {
    for (const { key, name } of full.odours) {
      assert.match(key, /^SYNTHETICODOUR-[A-Z]{10}-N$/);
      assert.match(name, /^(synthetic odour \d+|water)$/);
    }
    assert.equal(new Set(full.odours.map((odour) => odour.key)).size, 692);
  });

  it('is the same bytes for the same seed, others for another', () => {
    const digests = (seed: number) => Object.values(syntheticDoor({ odours: 20, seed })).map(digestOf);
    assert.deepEqual(digests(1), digests(1));
    assert.notEqual(digests(1)[0], digests(2)[0]);
    assert.equal(digests(1)[0], '19a8f88db13617412b9d4770b64fa64ca64110927cdeaa7a74193e9afbcec04f');
  });

  it('refuses options out of range', () => {
    assert.throws(() => syntheticDoor({ odours: 1, seed: 1 }), /odours is 1, want 2 … 10000/);
    assert.throws(() => syntheticDoor({ odours: 9, seed: -1 }), /seed is -1/);
  });
});
