import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withDefaults } from '../../src/base/schema.ts';
import { encodeStoredGzip } from '../../src/formats/gzip.ts';
import type { StageContext } from '../../src/stage.ts';
import { type Params, paramsSchema } from '../../stages/gunzip/params.ts';
import stage from '../../stages/gunzip.ts';

type Files = Readonly<Record<string, Uint8Array | string>>;

describe('stage gunzip', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cc-snn-gunzip-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs the stage on a folder of these files; gives the unpacked ones as text. */
  async function gunzip(files: Files, params: Record<string, number> = {}): Promise<Record<string, string>> {
    const [raw, tables] = [join(folder, 'raw'), join(folder, 'tables')];
    await mkdir(raw);
    await mkdir(tables);
    for (const [name, content] of Object.entries(files)) await writeFile(join(raw, name), content);
    const context = {
      params: withDefaults(paramsSchema, { gunzip: params }),
      inputs: { raw },
      outputs: { tables },
      signal: new AbortController().signal,
      log: () => {},
      warn: () => {},
      progress: () => {},
    } as unknown as StageContext<Params>;
    await stage.run(context);
    const names = (await readdir(tables)).sort();
    return Object.fromEntries(await Promise.all(names.map(async (n) => [n, await readFile(join(tables, n), 'utf8')])));
  }

  const text = 'root_id,class\n720575940602553568,olfactory\n'.repeat(5000);

  it('unpacks what is packed, copies what is not, takes the manifest along', async () => {
    const files = {
      'a.csv.gz': gzipSync(text),
      'odor.RData': 'RDX2',
      'manifest.json': '{}',
      'b.csv': gzipSync('no .gz'),
    };
    assert.deepEqual(await gunzip(files), {
      'a.csv': text,
      'b.csv': 'no .gz',
      'manifest.json': '{}',
      'odor.RData': 'RDX2',
    });
  });

  it('reads files of several members, and stored ones of its own make', async () => {
    const members = Buffer.concat([gzipSync(text), gzipSync(''), gzipSync('end')]);
    const stored = encodeStoredGzip(new TextEncoder().encode(text));
    const empty = encodeStoredGzip(new Uint8Array(0));
    assert.deepEqual(await gunzip({ 'm.gz': members, 's.gz': stored, 'e.gz': empty }), {
      e: '',
      m: `${text}end`,
      s: text,
    });
  });

  for (const [what, change, message] of [
    ['a cut file', (gz: Buffer) => gz.subarray(0, gz.length - 3), /a\.csv\.gz: the file ends early/],
    [
      'a wrong CRC',
      (gz: Buffer) => flipped(gz, gz.length - 6),
      /a\.csv\.gz: the data are damaged \(incorrect data check/,
    ],
    [
      'a wrong length',
      (gz: Buffer) => flipped(gz, gz.length - 2),
      /a\.csv\.gz: the data are damaged \(incorrect length check/,
    ],
    ['garbage behind', (gz: Buffer) => Buffer.concat([gz, Buffer.from('<html>')]), /a\.csv\.gz: the data are damaged/],
    ['zeros behind', (gz: Buffer) => Buffer.concat([gz, Buffer.alloc(512)]), /a\.csv\.gz: 512 bytes follow the end/],
  ] as const) {
    it(`refuses ${what}, by name`, async () => {
      await assert.rejects(gunzip({ 'a.csv.gz': change(gzipSync(text)) }), message);
    });
  }

  function flipped(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  }

  it('refuses what is not gzip in spite of its name, and two files of one name', async () => {
    await assert.rejects(gunzip({ 'a.csv.gz': '<html>' }), /a\.csv\.gz: not gzip, whatever its name says/);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await assert.rejects(
      gunzip({ 'a.csv': 'x', 'a.csv.gz': gzipSync('x') }),
      /a\.csv and a\.csv\.gz both unpack to a\.csv/,
    );
  });

  it('stops a decompression bomb, by ratio or by size', async () => {
    const bomb = gzipSync(new Uint8Array(20 << 20));
    await assert.rejects(
      gunzip({ 'bomb.gz': bomb }),
      /bomb\.gz: unpacks to more than \d+ bytes \(gunzip\.maxRatio 200 × /,
    );
    assert.ok((await readFile(join(folder, 'tables', 'bomb'))).length < 200 * bomb.length);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const most = { maxRatio: 2000, maxBytes: 100 };
    await assert.rejects(gunzip({ 'a.gz': gzipSync(text) }, most), /more than 100 bytes \(gunzip\.maxBytes 100\)/);
  });
});
