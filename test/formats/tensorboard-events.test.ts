import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '../../src/formats/logs/crc32c.ts';
import { encodeTensorboardEvents } from '../../src/formats/logs/tensorboard-events.ts';
import { logPeerPython } from '../rig/log-peers.ts';

const bytes = encodeTensorboardEvents([
  { step: 1, wallTime: 1, scalars: { loss: 0.5, 'validation/accuracy': 0.25 } },
  { step: 200, wallTime: 2, scalars: { loss: -3 } },
]);

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
    writeFileSync(join(folder, 'events.out.tfevents.0.test'), bytes);
    const program = `import json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
e = EventAccumulator(${JSON.stringify(folder)}); e.Reload()
print(json.dumps({t: [[x.step, x.value, x.wall_time] for x in e.Scalars(t)] for t in sorted(e.Tags()['scalars'])}))`;
    const read = JSON.parse(
      execFileSync(python, ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    rmSync(folder, { recursive: true });
    assert.deepEqual(read, {
      loss: [
        [1, 0.5, 1],
        [200, -3, 2],
      ],
      'validation/accuracy': [[1, 0.25, 1]],
    });
  });
});
