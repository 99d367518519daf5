import assert from 'node:assert/strict';
import {
  type DataSource,
  dataInWords,
  isSynthetic,
  mergeSources,
  sourcesNamed,
  sourcesOf,
  sourcesOfManifest,
  termsOf,
} from '../../src/formats/data-sources.ts';

const source = (name: string, more: Partial<DataSource> = {}): DataSource => ({
  name,
  sha256: 'ab'.repeat(32),
  synthetic: false,
  about: '',
  licence: '',
  cite: '',
  ...more,
});
const flywire = source('connections.csv.gz', {
  about: 'FlyWire FAFB v783',
  licence: 'CC BY-NC 4.0',
  cite: 'doi:10.1/x',
});
const made = source('neurons.csv.gz', { synthetic: true });

describe('formats/data-sources', () => {
  it('says of every product whether its data are synthetic, real, mixed, undeclared or unknown', () => {
    assert.match(dataInWords([made]), /^SYNTHETIC/);
    assert.equal(dataInWords([flywire, flywire]), 'real data: FlyWire FAFB v783');
    assert.match(dataInWords([flywire, made]), /real data: FlyWire FAFB v783; the other tables are SYNTHETIC/);
    assert.match(dataInWords([source('own.csv')]), /own.csv of undeclared origin \(sha256 abababababab…\)/);
    assert.match(dataInWords([]), /unknown origin/);
    assert.deepEqual([isSynthetic([made]), isSynthetic([made, flywire]), isSynthetic([])], [true, false, false]);
  });

  it('reads a manifest, with and without what was declared', () => {
    const text = JSON.stringify({ files: [{ name: 'a.csv.gz', bytes: 3, sha256: 'cd', source: 'file' }, flywire] });
    assert.deepEqual(sourcesOfManifest(text), [source('a.csv.gz', { sha256: 'cd' }), flywire]);
    assert.deepEqual(sourcesOfManifest(undefined), []);
    assert.deepEqual(
      sourcesNamed(sourcesOfManifest(text), ['a.csv']).map(({ name }) => name),
      ['a.csv.gz'],
    );
  });

  it('merges and names terms once each, and takes a provenance without data for none', () => {
    assert.deepEqual(mergeSources([flywire, made], [made, flywire]), [flywire, made]);
    const otherContent = { ...made, sha256: 'cd'.repeat(32) };
    assert.deepEqual(mergeSources([made], [otherContent]), [made, otherContent]);
    assert.deepEqual(termsOf([flywire, made, flywire]), ['FlyWire FAFB v783, CC BY-NC 4.0, doi:10.1/x']);
    assert.deepEqual(sourcesOf({}), []);
    assert.deepEqual(sourcesOf({ data: [flywire] }), [flywire]);
  });
});
