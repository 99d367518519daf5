/** What Slurm says and is told, without a Slurm: states and exit files → ends, wishes → flags, pipeline.yaml → settings, journals. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fateOf, isGoing, parseQueue } from '../../src/runner/execute/slurm/fate.ts';
import type { Exit } from '../../src/runner/execute/slurm/job-files.ts';
import { Journal, JournalReader } from '../../src/runner/execute/slurm/journal.ts';
import { sbatchFlags } from '../../src/runner/execute/slurm/wishes.ts';
import { buildPlan } from '../../src/runner/load/build-plan.ts';
import { plannedStage } from '../rig/planned-stage.ts';

const asAtFirst = { memory: 1, time: 1 };
const task = (state: string, reason = 'None') => ({ id: '7_1', state, node: 'n1', reason });
const failed = (message: string, stopped?: string): Exit => ({
  end: { ok: false, message },
  node: 'n1',
  seconds: 1,
  ...(stopped === undefined ? {} : { stopped }),
});

describe('slurm: the end of a job', () => {
  it('is what the exit file says, where nobody stopped it', () => {
    const good: Exit = { end: { ok: true, headlines: [] }, node: 'n1', seconds: 2 };
    assert.deepEqual(fateOf(good, task('NODE_FAIL'), '', true), { ok: true, headlines: [], seconds: 2 });
    assert.deepEqual(
      fateOf(failed('ended with status 3'), task('FAILED'), '', true),
      failed('ended with status 3').end,
    );
  });

  it('is what Slurm says, where it was stopped or left no word', () => {
    const cause = (state: string, exit?: Exit, said = '', began = true): string | undefined => {
      const end = fateOf(exit, task(state), said, began);
      assert.equal(end.ok, false);
      return end.ok ? undefined : end.cause;
    };
    assert.equal(cause('TIMEOUT', failed('stopped by SIGTERM', 'SIGTERM')), 'time-limit');
    assert.equal(cause('PREEMPTED', failed('stopped by SIGTERM', 'SIGTERM')), 'preemption');
    assert.equal(cause('OUT_OF_MEMORY', failed('was ended by SIGKILL: out of memory?')), 'out-of-memory');
    assert.equal(cause('FAILED', undefined, 'slurmstepd: error: Exceeded job memory limit'), 'out-of-memory');
    assert.equal(cause('NODE_FAIL'), 'node-failure');
    assert.equal(cause('TIMEOUT', undefined, '', false), 'not-begun', 'the turn of a group that never came');
    assert.equal(cause('FAILED'), undefined);
    assert.equal(fateOf(undefined, undefined, '', true).ok, false);
    const cancelled = fateOf(undefined, task('CANCELLED'), '', true);
    assert.ok(!cancelled.ok && cancelled.final === true && cancelled.cause === undefined);
  });

  it('reads squeue: arrays, single jobs, and what is no line', () => {
    const queue = parseQueue('pipeline-a|3|7_3|RUNNING|n1|None\npipeline-b|N/A|8|PENDING||Priority\nnoise\n');
    assert.deepEqual([...queue.keys()], ['pipeline-a/3', 'pipeline-b/0']);
    assert.deepEqual(queue.get('pipeline-b/0'), { id: '8', state: 'PENDING', node: '', reason: 'Priority' });
    assert.ok(isGoing('COMPLETING') && !isGoing('COMPLETED') && !isGoing('TIMEOUT'));
  });
});

describe('slurm: what is asked for', () => {
  it('puts the particular before the general, and adds flags up', () => {
    const stage = plannedStage('true', {
      resources: { cpus: 4, memoryBytes: 2 ** 30 + 1, slots: {}, timeMs: 61_000, gpus: 1 },
      slurm: { partition: 'own', flags: ['--b'] },
    });
    const settings = { partition: 'all', account: 'lab', cpus: 2, memoryBytes: 1, flags: ['--a'] };
    assert.deepEqual(sbatchFlags(stage, settings, asAtFirst, 1), [
      ...['--ntasks=1', '--cpus-per-task=4', '--mem=1153M', '--time=2', '--gpus=1', '--partition=own', '--account=lab'],
      ...['--a', '--b'],
    ]);
    const named = sbatchFlags(stage, { ...settings, stages: { s: { partition: 'named', cpus: 8 } } }, asAtFirst, 1);
    assert.ok(named.includes('--partition=named') && named.includes('--cpus-per-task=8'));
  });

  it('grows with what was not enough, and with the turns of a group; a timeout is a limit where none is given', () => {
    const stage = plannedStage('true', { resources: { cpus: 1, memoryBytes: 2 ** 20, slots: {} }, timeoutMs: 60_000 });
    assert.deepEqual(sbatchFlags(stage, {}, { memory: 4, time: 2 }, 3), [
      ...['--ntasks=1', '--cpus-per-task=1', '--mem=132M', '--time=18'],
    ]);
    assert.deepEqual(sbatchFlags(plannedStage('true'), {}, asAtFirst, 1), ['--ntasks=1', '--cpus-per-task=1']);
  });
});

describe('slurm: in pipeline.yaml', () => {
  const plan = (more: string, profiles: readonly string[] = []) =>
    buildPlan({
      text: `version: 1\n${more}\nstages:\n  a: { command: 'true', outputs: { o: o.txt } }\n`,
      file: 'pipeline.yaml',
      profiles,
      sets: [],
    });

  it('a profile comes before the file, stage by stage', () => {
    const text = `executor: local
slurm: { account: lab, flags: [--x], stages: { a: { time: 1m } }, retry: { preemption: 1 } }
profiles: { c: { executor: slurm, slurm: { partition: p, flags: [--y], stages: { a: { gpus: 1 } }, retry: { grow: 3 } } } }`;
    const here = plan(text);
    const there = plan(text, ['c']);
    assert.ok(here.ok && there.ok);
    assert.equal(here.value.executor, 'local');
    assert.equal(there.value.executor, 'slurm');
    assert.deepEqual(there.value.slurm, {
      ...{ account: 'lab', partition: 'p', flags: ['--x', '--y'] },
      ...{ stages: { a: { timeMs: 60_000, gpus: 1 } }, retry: { preemption: 1, grow: 3 } },
    });
  });

  it('says where what is wrong', () => {
    const text = `slurm: { flags: [--array=1-3, -J x, --constraint=fast], time: soon, poll: 10ms, stages: { b: {} } }
profiles: { c: { slurm: { memory: lots } } }`;
    const wrong = plan(text);
    assert.ok(!wrong.ok);
    assert.deepEqual(
      wrong.error.map(({ at, message }) => `${at?.line}: ${message}`),
      [
        "2: '--array=1-3' is the runner's to say",
        "2: '-J x' is the runner's to say",
        "2: 'soon' is not a duration",
        '2: squeue is asked at most once a second',
        "2: there is no stage 'b'",
        "3: 'lots' is not an amount of memory",
      ],
    );
  });
});

describe('slurm: what a stage says on the way', () => {
  it('arrives whole and in order, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 20 }),
        fc.nat(7),
        (lines, cut) => {
          const folder = mkdtempSync(join(tmpdir(), 'journal-'));
          try {
            const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(['line', line])}\n`).join(''));
            const reader = new JournalReader(folder);
            const got: string[] = [];
            for (let at = 0; at <= bytes.length; at += cut + 1) {
              appendFileSync(join(folder, 'journal'), bytes.subarray(at, at + cut + 1));
              got.push(...reader.read().map((entry) => String(entry[1])));
            }
            assert.deepEqual(got, lines);
          } finally {
            rmSync(folder, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is all there when it ends, of progress the last', () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    const journal = new Journal(folder);
    journal.add(['line', 'one\ntwo']);
    journal.progress(['progress', 1, 3, 'steps', null]);
    journal.progress(['progress', 2, 3, 'steps', { loss: 1 }]);
    journal.close();
    assert.deepEqual(new JournalReader(folder).read(), [
      ['line', 'one\ntwo'],
      ['progress', 2, 3, 'steps', { loss: 1 }],
    ]);
    rmSync(folder, { recursive: true });
  });
});
