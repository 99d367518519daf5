/** The score on invented recordings: a network that copies the flies is found to, one of noise is not; what is absent is left out. */
import assert from 'node:assert/strict';
import type { ActivityRecord } from '../../../src/analysis/record/activity-record.ts';
import { glomerulusOfCell } from '../../../src/analysis/record/evoked.ts';
import { decodeRecord, encodeRecord } from '../../../src/analysis/record/record-file.ts';
import { type ReferenceFile, readReference, referenceFiles } from '../../../src/analysis/recordings/fly-reference.ts';
import { answerFigures } from '../../../src/analysis/recordings/kenyon-answers.ts';
import { rdmScore } from '../../../src/analysis/recordings/rdm-score.ts';
import { flyFigures, scoreNetwork } from '../../../src/analysis/recordings/score.ts';
import { scoreFigure, scoreVerdict } from '../../../src/analysis/recordings/score-figure.ts';
import { ceilingOf, pairCorrelations, pearson } from '../../../src/analysis/recordings/similarity.ts';
import { RandomStream } from '../../../src/base/random.ts';
import { readGlomeruli } from '../../../src/formats/recordings/glomeruli.ts';
import { readResponders } from '../../../src/formats/recordings/kenyon.ts';
import { files, glomeruli, labels, patterns } from './invented.ts';

const reference = (without: readonly string[] = []) =>
  readReference((file: ReferenceFile) =>
    without.includes(referenceFiles[file]) ? undefined : files[referenceFiles[file]],
  );

/** A network whose every layer holds the patterns (times 10, over a rest of 1), or counts of noise. */
function recordOf(kind: 'copy' | 'noise', seed = 1): ActivityRecord {
  const random = new RandomStream([seed, 1]);
  const layers = ['ORN', 'PN', 'KC', 'MBON'];
  const copies = kind === 'copy' ? 1 : 30;
  const perLayer = copies * glomeruli.length;
  const cells = layers.length * perLayer;
  const trials = labels.flatMap((_, c) => [c, c]).concat([5, 5]);
  const counts = Uint16Array.from(
    trials.flatMap((c) =>
      Array.from({ length: cells }, (_, i) => {
        if (c === 5) return 1;
        return kind === 'copy' ? 1 + 10 * patterns[c]![i % glomeruli.length]! : random.below(20);
      }),
    ),
  );
  const typeNames = [
    ...glomeruli.map((g) => `ORN_${g}`),
    ...glomeruli.map((g) => `${g}_adPN`),
    'KCg',
    'MBON-0',
    'MBON-1',
  ];
  const typeOf = (layer: number, i: number) => {
    if (layer < 2) return layer * glomeruli.length + (i % glomeruli.length);
    return layer === 2 ? 8 : 9 + (i % 2);
  };
  return {
    odours: labels.map((name, c) => ({ key: `ODOUR-${c}`, name })),
    steps: 100,
    dtMs: 1,
    binMs: 50,
    inputSize: perLayer,
    populations: layers.map((name, p) => ({ name, offset: p * perLayer, size: perLayer })),
    typeNames,
    typeIdx: Int32Array.from({ length: cells }, (_, i) => typeOf(Math.floor(i / perLayer), i % perLayer)),
    trials: {
      odour: Int32Array.from(trials),
      number: Int32Array.from(trials, (_, b) => b % 2),
      onSteps: Int32Array.from(trials, () => 100),
    },
    counts,
    spikes: { cellPtr: new Int32Array(cells - perLayer + 1), trial: new Uint16Array(0), step: new Uint16Array(0) },
    drive: Float32Array.from(patterns.flat()),
    driveTypes: glomeruli,
    provenance: {},
  };
}

describe('the score against recordings', () => {
  it('finds a network that copies the flies, layer by layer, and one of noise to be no better than shuffled odours', () => {
    const flies = reference()!;
    const copy = scoreNetwork(recordOf('copy'), flies, 1, 200)!;
    const at = (layer: string) => copy.layers.find((own) => own.layer === layer)!;
    // Receptor neurons were recorded with these very patterns, a constant added in one fly.
    assert.ok(at('ORN').against.ORN!.r > 0.99);
    assert.ok(at('input').against.ORN!.r > 0.99);
    assert.ok(at('KC').against.KC!.r > 0.9);
    assert.ok(
      at('KC').against.KC!.low <= at('KC').against.KC!.r && at('KC').against.KC!.r <= at('KC').against.KC!.high,
    );
    assert.ok(copy.mbon === null || copy.mbon.lines.every(({ driver }) => driver !== 'Z'), 'calyx is left out');
    const above = [1, 2, 3, 4, 5, 6, 7, 8].filter((seed) => {
      const kc = scoreNetwork(recordOf('noise', seed), flies, 1, 200)!.layers.find(({ layer }) => layer === 'KC')!
        .against.KC!;
      return kc.r > kc.shuffled.high;
    });
    assert.ok(above.length <= 2, `${above.length} of 8 networks of noise above the 97.5th percentile`);
  });

  it('tells the verdict from the interval and draws every network beside the ceiling', () => {
    const flies = reference()!;
    const noise = scoreNetwork(recordOf('noise'), flies, 1, 200)!;
    const scores = { trained: scoreNetwork(recordOf('copy'), flies, 1, 200)!, untrained: noise };
    assert.match(scoreVerdict(scores).says, /^odours are as alike .* r = 0\.\d\d/);
    assert.notEqual(scoreVerdict({ noise }).verdict, 'support');
    assert.equal(scoreVerdict({}).verdict, 'skipped');
    const svg = scoreFigure(scores, flyFigures(flies, []), ['a note']);
    for (const text of ['KC, trained', 'KC, untrained', 'best published model 0.6756', 'a note'])
      assert.ok(svg.includes(text), text);
  });

  it('counts answers as the recordings do', () => {
    const { recordings, columns } = readResponders('r', files['responders_peak_and_std.csv']!);
    const own = recordings.map(({ answers }) => answerFigures(answers, columns.length));
    assert.deepEqual(
      own.map(({ silent }) => silent),
      [0.25, 0.5],
    );
    assert.deepEqual([...own[0]!.shares], [0.5, 0.25, 0.25, 0, 0]);
    assert.equal(own[1]!.odoursPerCell, 3);
    assert.ok(
      Math.abs(
        own[0]!.phi -
          mean3(
            pearson([1, 1, 0, 0], [1, 0, 0, 0]),
            pearson([1, 1, 0, 0], [0, 0, 0, 1]),
            pearson([1, 0, 0, 0], [0, 0, 0, 1]),
          ),
      ) < 1e-12,
    );
  });

  it('leaves out what is absent: a layer, the output neurons, all', () => {
    const some = reference(['correlations.csv', 'hige2015_lines.csv'])!;
    const score = scoreNetwork(recordOf('copy'), some, 1, 200)!;
    assert.equal(score.mbon, null);
    assert.ok(score.layers.every(({ against }) => against.KC === undefined));
    assert.equal(scoreVerdict({ trained: score }).verdict, 'skipped');
    assert.equal(reference(['odours.csv']), undefined);
    const other = { ...recordOf('copy'), odours: labels.map((name) => ({ key: `other ${name}`, name })) };
    assert.equal(scoreNetwork(other, reference()!, 1, 200), null);
  });

  it('averages the trials that there are', () => {
    const table = readGlomeruli('g', files['pebbled_dff.csv']!);
    assert.deepEqual(table.odours, labels);
    assert.equal(table.flies[1]!.response[4 * 4 + 3], 9.5);
  });

  it('knows a glomerulus by the name of its cells', () => {
    const names = ['ORN_DL5', 'DA1_lPN', 'DL2d_vPN', 'VP1d+VP4_l2PN1', 'M_vPNml50', 'KCg-m', 'VM7d_adPN'];
    assert.deepEqual(names.map(glomerulusOfCell), ['DL5', 'DA1', 'DL2d', undefined, undefined, undefined, 'VM7d']);
  });

  it('shuffled odours give no correlation on the mean, and a copy 1', () => {
    const random = new RandomStream([3, 4]);
    const fly = pairCorrelations(
      Float64Array.from({ length: 17 * 40 }, () => random.uniform()),
      17,
    );
    const own = rdmScore(fly, [fly, fly], 17, 1, 400);
    assert.ok(Math.abs(own.r - 1) < 1e-12 && own.low > 0.999);
    assert.ok(Math.abs(own.shuffled.mean) < 0.03);
    assert.equal(ceilingOf([fly, fly]).lower > 0.999, true);
  });

  it('is written and read back as the same bytes; a file whose arrays do not fit is refused by name', () => {
    const bytes = encodeRecord(recordOf('copy'));
    assert.deepEqual(encodeRecord(decodeRecord(bytes)), bytes);
    const short = { ...recordOf('copy'), counts: new Uint16Array(3) };
    assert.throws(() => encodeRecord(short), RangeError);
    const wrong = encodeRecord({ ...recordOf('copy'), drive: new Float32Array(0), driveTypes: [] });
    assert.equal(decodeRecord(wrong).drive.length, 0);
    const missing = encodeRecord({ ...recordOf('copy'), inputSize: 1 });
    assert.throws(() => decodeRecord(missing), /spike\.cell_ptr/);
  });
});

function mean3(a: number, b: number, c: number): number {
  // Pairs with an odour that no cell answers have no r.
  return (a + b + c) / 3;
}
