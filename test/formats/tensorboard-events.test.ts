import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '../../src/formats/crc.ts';
import { encodeTensorboardEvents, tensorboardEvent } from '../../src/formats/logs/tensorboard-events.ts';
import { logPeerPython } from '../rig/log-peers.ts';

const bytes = encodeTensorboardEvents([
  { step: 1, wallTime: 1, scalars: { loss: 0.5, 'validation/accuracy': 0.25 } },
  { step: 200, wallTime: 2, scalars: { loss: -3 } },
]);

const rich = {
  step: 201,
  wallTime: 9,
  scalars: { loss: 4 },
  histograms: { spikes: [0, 1, 2, 3] },
  texts: { config: '# settings' },
};

/** The fields of a message: number → last value as bytes; whole numbers are passed over. */
function fieldsOf(message: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) varint();
    else {
      const size = kind === 2 ? varint() : kind === 1 ? 8 : 4;
      fields.set(key >> 3, message.slice(at, at + size));
      at += size;
    }
  }
  return fields;
}

/** The histogram of an event: upper edges and counts. */
function histogramOf(values: readonly number[]): { readonly edges: number[]; readonly counts: number[] } {
  const frame = tensorboardEvent({ step: 1, wallTime: 1, scalars: {}, histograms: { h: values } });
  const event = fieldsOf(frame.subarray(12, frame.length - 4));
  const histogram = fieldsOf(fieldsOf(fieldsOf(event.get(5)!).get(1)!).get(5)!);
  const doubles = (field: number) => [...new Float64Array(histogram.get(field)!.buffer)];
  return { edges: doubles(6), counts: doubles(7) };
}

describe('formats/tensorboard-events', () => {
  it('checks with CRC-32C: the published value of "123456789"', () => {
    assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  });

  it('writes these bytes (tensorboard 2.21 reads them, see below)', () => {
    const first = '1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a32';
    const hex = Buffer.from(bytes).toString('hex');
    assert.ok(hex.startsWith(first), hex.slice(0, 80));
    assert.ok(hex.includes('0a0b0a046c6f737315000000' + '3f'), hex);
  });

  it('puts every value into one of 30 bins, the largest into the last, equal ones into the first, none into none', () => {
    const spread = histogramOf([0, 1, 2, 30]);
    assert.deepEqual([spread.edges.length, spread.counts.length], [30, 30]);
    assert.deepEqual([spread.edges[0], spread.edges[29]], [1, 30]);
    assert.deepEqual([spread.counts[0], spread.counts[1], spread.counts[2], spread.counts[29]], [1, 1, 1, 1]);
    const equal = histogramOf([7, 7, 7]);
    assert.equal(equal.counts[0], 3);
    for (const { edges, counts } of [spread, equal, histogramOf([])]) {
      assert.equal(counts.length, 30);
      assert.ok(
        edges.every((edge, i) => i === 0 || edge > edges[i - 1]!),
        `${edges}`,
      );
    }
    assert.ok(histogramOf([]).counts.every((count) => count === 0));
  });

  it('is read by TensorBoard: every tag, step, value and wall time', function () {
    this.timeout(300000);
    const python = logPeerPython(this);
    const folder = mkdtempSync(join(tmpdir(), 'cc-snn-tb-'));
    writeFileSync(join(folder, 'events.out.tfevents.0.test'), Buffer.concat([bytes, tensorboardEvent(rich)]));
    const program = `import json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
e = EventAccumulator(${JSON.stringify(folder)}); e.Reload()
scalars = {t: [[x.step, x.value, x.wall_time] for x in e.Scalars(t)] for t in sorted(e.Tags()['scalars'])}
h = e.Histograms('spikes')[0].histogram_value
print(json.dumps({'scalars': scalars, 'histogram': [h.min, h.max, h.num, h.sum, h.sum_squares, sum(h.bucket), len(h.bucket_limit)],
  'text': e.Tensors('config/text_summary' if 'config/text_summary' in e.Tags()['tensors'] else 'config')[0].tensor_proto.string_val[0].decode()}))`;
    const read = JSON.parse(
      execFileSync(python, ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    rmSync(folder, { recursive: true });
    assert.deepEqual(read.scalars, {
      loss: [
        [1, 0.5, 1],
        [200, -3, 2],
        [201, 4, 9],
      ],
      'validation/accuracy': [[1, 0.25, 1]],
    });
    assert.deepEqual(read.histogram, [0, 3, 4, 6, 14, 4, 30]);
    assert.equal(read.text, '# settings');
  });
});
