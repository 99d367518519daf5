import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from '../../src/formats/crc.ts';
import { encodeWandbRun, WandbLog } from '../../src/formats/logs/wandb-run.ts';
import { logPeerPython } from '../rig/log-peers.ts';

const history = Array.from({ length: 200 }, (_, i) => ({
  step: i + 1,
  values: Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`metric/${k}`, i * k])),
}));
const bytes = encodeWandbRun({
  id: 'abcd1234',
  project: 'cc-snn',
  name: 'train-abcd1234',
  startTime: 0,
  config: { train: { epochs: 6 }, seed: 1 },
  history,
  summary: { 'test/accuracy': 0.95 },
});

/** The records of a LevelDB-style log, put together again from their pieces. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset);
  const records: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  let at = 7;
  while (at < file.length) {
    const room = 32768 - (at % 32768);
    if (room < 7) {
      at += room;
      continue;
    }
    const length = view.getUint16(at + 4, true);
    const type = file[at + 6]!;
    assert.ok(length + 7 <= room, `the piece at ${at} crosses the end of a block`);
    assert.equal(crc32(file.subarray(at + 6, at + 7 + length)), view.getUint32(at, true));
    assert.ok(type === 1 || type === 2 ? pieces.length === 0 : pieces.length > 0, `piece of type ${type} at ${at}`);
    pieces.push(file.subarray(at + 7, at + 7 + length));
    at += 7 + length;
    if (type === 1 || type === 4) {
      records.push(Buffer.concat(pieces));
      pieces = [];
    }
  }
  return records;
}

describe('formats/wandb-run', () => {
  it('holds header, run, one record a step, summary, exit and footer, numbered from 1, over several blocks', () => {
    assert.ok(bytes.length > 2 * 32768);
    assert.deepEqual([...bytes.subarray(0, 7)], [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]);
    const records = recordsOf(bytes);
    assert.equal(records.length, 205);
    records.forEach((record, i) => {
      const number = i + 1 < 128 ? [8, i + 1] : [8, ((i + 1) & 127) | 128, (i + 1) >> 7];
      assert.deepEqual([...record.subarray(-number.length)], number);
    });
    assert.ok(Buffer.from(records[1]!).includes('train-abcd1234'));
  });

  it('fills a block to its end and leaves blank what is too short for a head, where a record ends near it', () => {
    const head = { id: 'abcd1234', project: 'p', name: 'n', startTime: 0, config: {} };
    const begin = new WandbLog(head);
    const used = begin.head().length + begin.step(1, { text: '' }).length;
    for (let rest = 0; rest <= 20; rest++) {
      const text = 'x'.repeat(32768 - used - rest);
      const records = recordsOf(
        encodeWandbRun({ ...head, history: [{ step: 1, values: { text } }], summary: { after: rest } }),
      );
      assert.equal(records.length, 6);
      assert.ok(Buffer.from(records[3]!).includes('after'), `${rest} bytes before the end`);
    }
  });

  it('is the same file when it grows piece by piece, and names group, notes and tags', () => {
    const head = {
      id: 'abcd1234',
      project: 'CC_SNN',
      name: 'n',
      startTime: 5,
      config: {},
      group: 'sweep-7',
      tags: ['first-tag', 'second-tag'],
    };
    const log = new WandbLog({ ...head, notes: 'why' });
    const steps = history.slice(0, 40).map(({ step, values }) => log.step.bind(log, step, values));
    const pieces = [log.head(), ...steps.map((append) => append()), log.end({ x: 1 })];
    const whole = encodeWandbRun({ ...head, notes: 'why', history: history.slice(0, 40), summary: { x: 1 } });
    assert.deepEqual(Buffer.concat(pieces), Buffer.from(whole));
    assert.ok(pieces.every((piece) => piece.length > 0));
    const run = Buffer.from(recordsOf(whole)[1]!);
    for (const word of ['CC_SNN', 'sweep-7', 'why', 'first-tag', 'second-tag']) assert.ok(run.includes(word), word);
  });

  it('is read by wandb: name, state, steps, configuration, summary', function () {
    this.timeout(300000);
    const python = logPeerPython(this);
    const folder = mkdtempSync(join(tmpdir(), 'cc-snn-wandb-'));
    const path = join(folder, 'offline-run-19700101_000000-abcd1234', 'run-abcd1234.wandb');
    mkdirSync(dirname(path));
    writeFileSync(path, bytes);
    const run = (option: string) =>
      execFileSync(python, ['-m', 'wandb', 'leet', 'inspect', option, path], { encoding: 'utf8' });
    const summary = run('--summary');
    const lines = run('--json')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; history?: { item: Record<string, number> } });
    rmSync(folder, { recursive: true });
    assert.match(
      summary,
      /run +train-abcd1234 \(abcd1234\)[\s\S]*state +finished[\s\S]*step +200[\s\S]*test\/accuracy +0.95/,
    );
    const read = lines.filter((line) => line.type === 'history').map((line) => line.history!.item);
    assert.deepEqual(
      read,
      history.map(({ step, values }) => ({ ...values, _step: step })),
    );
  });
});
