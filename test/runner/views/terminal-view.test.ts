/** The live view as a person sees it: drawn on the screen of a terminal emulator, at four widths, through resizes and in small windows. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import stringWidth from 'string-width';
import type { RunEvent, StageEvent } from '../../../src/runner/model/events.ts';
import { summarise } from '../../../src/runner/model/events.ts';
import { hangingTable } from '../../../src/runner/views/end-page.ts';
import { Expectation } from '../../../src/runner/views/expectation.ts';
import { cut, wrapWords } from '../../../src/runner/views/fit.ts';
import { inkFor, noInk } from '../../../src/runner/views/ink.ts';
import { Pace } from '../../../src/runner/views/pace.ts';
import { stageRow } from '../../../src/runner/views/stage-row.ts';
import { TerminalView } from '../../../src/runner/views/terminal-view.ts';
import { Screen } from '../../rig/screen.ts';

const key = 'a'.repeat(64);
const figures = { accuracy: '88.1 %', loss: 0.412, epoch: 3, 'samples/s': 61.2 };
const progress = (stage: string, done: number): RunEvent => ({
  event: 'progress',
  stage,
  done,
  total: 228,
  unit: 'steps',
  figures,
});
const start = (stage: string): RunEvent => ({ event: 'start', stage, key, reason: ['it has not run here yet'] });
const end = (stage: string, more: Partial<StageEvent> = {}): StageEvent => ({
  event: 'stage',
  stage,
  status: 'ran',
  key,
  reason: ['artifacts/download/raw is missing'],
  seconds: 1.5,
  outputs: [],
  headlines: [],
  ...more,
});
const open = (columns: number, rows: number, ink = noInk): { screen: Screen; view: TerminalView } => {
  const screen = new Screen(columns, rows);
  return { screen, view: new TerminalView(screen as never, ink) };
};

describe('the live view', () => {
  for (const columns of [50, 80, 120, 200])
    it(`shows the share done and the time left at ${columns} columns, and no line is wrapped`, async () => {
      const { screen, view } = open(columns, 24);
      view.on({ event: 'run', run: 'r', stages: 2 });
      view.on(start('train'));
      view.on(progress('train', 57));
      await setTimeout(150);
      const lines = await screen.lines();
      view.close();
      assert.match(lines[0]!, /^ {2}train {2}.*25 %/);
      assert.equal(lines[1], '0/2 stages done');
      assert.equal(lines.length, 2);
      assert.equal(lines[0]!.includes('accuracy 88.1 %'), true);
      assert.equal(lines[0]!.includes('samples/s'), columns >= 120);
    });

  it('draws twelve stages in ten lines without scrolling one of them away', async () => {
    const { screen, view } = open(80, 10);
    view.on({ event: 'run', run: 'r', stages: 12 });
    for (let i = 0; i < 12; i++) view.on(start(`s@seed=${i}`));
    for (let round = 0; round < 30; round++)
      for (let i = 0; i < 12; i++) view.on({ event: 'message', text: `told ${round}.${i}` });
    const lines = await screen.lines();
    view.close();
    assert.equal(lines.filter((line) => line.startsWith('told')).length, 360);
    assert.equal(lines.filter((line) => line.includes('s@seed=3')).length, 1, 'one drawing is left, not hundreds');
    assert.ok(lines.some((line) => /… and \d+ more/.test(line)));
    assert.ok(lines.length <= 360 + 10);
  });

  it('leaves no rubbish when the window is made narrower and wider', async () => {
    const { screen, view } = open(120, 20);
    view.on({ event: 'run', run: 'r', stages: 3 });
    for (const stage of ['one', 'two', 'three']) {
      view.on(start(stage));
      view.on(progress(stage, 100));
    }
    view.on({ event: 'message', text: 'this stays' });
    await screen.lines();
    for (const columns of [50, 120, 40, 90]) {
      screen.resize(columns, 20);
      await screen.lines();
    }
    const lines = await screen.lines();
    view.close();
    assert.deepEqual(
      lines.filter((line) => / (one|two|three) /.test(line)).map((line) => line.trim().split(' ')[0]),
      ['one', 'two', 'three'],
    );
    assert.equal(lines.filter((line) => line === 'this stays').length, 1);
    assert.equal(lines.filter((line) => line.includes('stages done')).length, 1);
  });

  it('keeps warnings on the screen and tells them again at the end', async () => {
    const { screen, view } = open(80, 24);
    view.on({ event: 'run', run: 'r', stages: 1 });
    view.on(start('prep'));
    const text = '44 of 460 cells have no data';
    view.on({ event: 'warning', stage: 'prep', text });
    for (let i = 0; i < 50; i++) view.on({ event: 'log', stage: 'prep', line: `line ${i}` });
    const warned = end('prep', { headlines: [{ label: 'warning', value: text, warning: true }] });
    view.on(warned);
    view.on(summarise([warned], 2));
    const lines = await screen.lines();
    assert.equal(lines.filter((line) => line === `! prep: ${text}`).length, 2);
  });

  it('ends with a table that fits the window, without the noise of a first run', async () => {
    const value = '96.1 % (92.8 %–98.9 %); chance 1.7 %, untrained 76.1 %, ceiling 100.0 %';
    for (const columns of [50, 80, 120]) {
      const { screen, view } = open(columns, 40);
      const ends = [end('evaluate', { headlines: [{ label: 'test accuracy, MBON readout', value }] })];
      view.on({ event: 'run', run: 'r', stages: 1 });
      for (const one of ends) view.on(one);
      view.on(summarise(ends, 2));
      const text = (await screen.lines()).join('\n');
      assert.doesNotMatch(text, /is missing/);
      assert.equal(text.replace(/\s+/g, ' ').includes('ceiling 100.0 %'), true, `${columns}: ${text}`);
      for (const word of value.split(' ')) assert.ok(text.split(/\s+/).includes(word), `${columns}: ${word} is whole`);
    }
  });

  it('is coloured only where that is wanted', async () => {
    const failed = end('train', { status: 'failed', error: 'stage train broke' });
    for (const [env, inked] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
      [{ NO_COLOR: '', TERM: 'xterm' }, true],
      [{ TERM: 'dumb' }, false],
      [{ FORCE_COLOR: '0' }, false],
    ] as const) {
      const { screen, view } = open(80, 24, inkFor(env));
      view.on(failed);
      view.on(summarise([failed], 1));
      assert.equal(await screen.isInked('stage train broke'), inked, JSON.stringify(env));
    }
  });
});

describe('the time left', () => {
  it('is reckoned anew when other work is counted', () => {
    const pace = new Pace();
    for (let s = 0; s <= 10; s++) pace.note(s * 1000, s, 12, 'calibration rounds');
    assert.equal(pace.secondsLeft(10_000), 2);
    pace.note(11_000, 1, 228, 'steps');
    assert.equal(pace.secondsLeft(11_000), undefined, 'the calibration says nothing of the steps');
    for (let s = 1; s <= 20; s++) pace.note(11_000 + s * 1000, 1 + 4 * s, 228, 'steps');
    assert.ok(Math.abs(pace.secondsLeft(31_000)! - (228 - 81) / 4) < 1e-9);
    assert.ok(Math.abs(pace.secondsLeft(33_000)! - ((228 - 81) / 4 - 2)) < 1e-9, 'it counts down between reports');
  });

  it('is not shown where nothing is left or the reports have stopped', () => {
    const pace = new Pace();
    pace.note(0, 0, 10);
    pace.note(2000, 10, 10);
    assert.equal(pace.secondsLeft(2500), undefined);
    const stuck = new Pace();
    stuck.note(0, 0, 10);
    stuck.note(2000, 9, 10);
    assert.equal(stuck.secondsLeft(9000), undefined);
  });

  it('of the run weighs each stage by its last time', () => {
    const run = new Expectation();
    run.expect({ download: 1, train: 80, evaluate: 19 });
    run.end('download', 1);
    assert.equal(run.secondsLeft(new Map([['train', { seconds: 40 }]])), 59);
    assert.equal(run.share(new Map([['train', { seconds: 40 }]])), 41 / 100);
    assert.equal(run.secondsLeft(new Map([['train', { seconds: 40, left: 100 }]])), 119, 'its own pace is worse');
    run.expect({ fresh: 0 });
    assert.equal(run.secondsLeft(new Map()), undefined, 'a stage that never ran');
  });
});

describe('text fitted to a width', () => {
  it('is never wider, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, width) => {
        assert.ok(stringWidth(cut(text, width)) <= width);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 30 })),
        fc.integer({ min: 20, max: 60 }),
        (w, width) => {
          const text = w.map((word) => word.replace(/[^a-z]/g, 'x')).join(' ');
          const lines = wrapWords(text, width);
          assert.ok(lines.every((line) => stringWidth(line) <= width));
          assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''), 'nothing is lost');
        },
      ),
    );
  });

  it('keeps name, share and time left longest', () => {
    const state = {
      stage: 'train',
      seconds: 12,
      secondsLeft: 34,
      progress: { done: 57, total: 228, unit: 'steps', figures },
    };
    assert.equal(stageRow(state, 30), '  train   25 %  34 s left');
    assert.equal(
      stageRow(state, 120),
      '  train  █████░░░░░░░░░░░░░░░   25 %  57/228 steps  accuracy 88.1 %  loss 0.412  epoch 3  samples/s 61.2  34 s left',
    );
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 250 }), (width) => {
        assert.ok(stringWidth(stageRow(state, width)) <= width);
      }),
    );
  });

  it('hangs long values under themselves, and under their label where there is no room beside it', () => {
    const rows = [['train', 'rates', 'LN 7.2 · PN 9.4 · KC 0.50 · APL 28 · MBON 8.7']] as const;
    assert.equal(hangingTable(rows, 40), 'train  rates  LN 7.2 · PN 9.4 · KC 0.50\n              · APL 28 · MBON 8.7');
    assert.equal(
      hangingTable(rows, 30),
      'train  rates\n         LN 7.2 · PN 9.4 · KC\n         0.50 · APL 28 · MBON\n         8.7',
    );
  });
});
