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
