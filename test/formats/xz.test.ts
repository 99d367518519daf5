import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { crc32 } from '../../src/formats/crc.ts';
import { decodeXz, encodeStoredXz } from '../../src/formats/r/xz.ts';

/** `printf 'spikes spikes spikes spikes spikes\n' | xz -9 --check=crc64` */
const MADE_BY_XZ =
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AAiAA9dADmcCVZNt5Go8x85bkQAAAAA6MtW7QjrS0sAASsjMDmR9B+2830BAAAAAARZWg==';
const TEXT = 'spikes spikes spikes spikes spikes\n';

/** Whether the xz program is there, an independent reader. */
function hasXz(): boolean {
  try {
    execFileSync('xz', ['--version']);
    return true;
  } catch {
    return false;
  }
}

describe('formats/xz', () => {
  it('computes the published check value of CRC-32', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  });

  it('reads what the xz program wrote', async () => {
    const bytes = await decodeXz(Buffer.from(MADE_BY_XZ, 'base64'));
    assert.equal(new TextDecoder().decode(bytes), TEXT);
  });

  it('brings back any bytes that it stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        assert.deepEqual(await decodeXz(encodeStoredXz(bytes)), Uint8Array.from(bytes));
      }),
      { numRuns: 30 },
    );
    for (const length of [65535, 65536, 65537, 200000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 13);
      assert.deepEqual(await decodeXz(encodeStoredXz(bytes)), bytes);
    }
  });

  it('writes what the xz program accepts', function () {
    if (!hasXz()) {
      console.log('      skipped: no xz program here');
      this.skip();
    }
    for (const length of [0, 1, 70000]) {
      const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 13));
      const input = Buffer.from(encodeStoredXz(bytes));
      execFileSync('xz', ['-t'], { input });
      assert.deepEqual(execFileSync('xz', ['-dc'], { input, maxBuffer: 1 << 20 }), bytes);
    }
  });

  it('never takes a flipped byte or a cut for the content', async () => {
    for (const whole of [Buffer.from(MADE_BY_XZ, 'base64'), encodeStoredXz(new TextEncoder().encode(TEXT))]) {
      let harmless = 0;
      for (let at = 0; at < whole.length; at++) {
        await assert.rejects(decodeXz(whole.subarray(0, at)), /^RangeError: xz: /, `cut at ${at}`);
        const bytes = Uint8Array.from(whole);
        bytes[at]! ^= 0x55;
        const outcome = await decodeXz(bytes).then(
          (unpacked) => new TextDecoder().decode(unpacked),
          (error: Error) => error,
        );
        if (outcome === TEXT) harmless++;
        else assert.match(String(outcome), /^RangeError: xz: /, `byte ${at}`);
      }
      // The first byte of an LZMA chunk's range coder carries nothing.
      assert.ok(harmless <= 1, `${harmless}`);
    }
  });

  it('refuses to unpack more than allowed', async () => {
    await assert.rejects(
      decodeXz(encodeStoredXz(new Uint8Array(1000)), 999),
      /unpacks to 1000 bytes, the limit is 999/,
    );
  });
});
