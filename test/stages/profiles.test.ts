/** The profiles of pipeline.yaml: what passes as one file has one content. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Source {
  readonly url: string | readonly string[];
  readonly sha256?: string | readonly string[];
}

describe('the profiles of real data', () => {
  const { profiles } = parse(readFileSync('pipeline.yaml', 'utf8'), { merge: true }) as {
    readonly profiles: Record<
      string,
      { readonly params: { readonly download: { readonly sources: Record<string, Source> } } }
    >;
  };
  const sumOf = (profile: string, source: string) => profiles[profile]!.params.download.sources[source]!.sha256;

  it('give each source one sum', () => {
    for (const [profile, { params }] of Object.entries(profiles))
      for (const [name, { sha256 }] of Object.entries(params.download.sources))
        assert.match(String(sha256), /^[0-9a-f]{64}$/, `${profile}: ${name}`);
  });

  it('name the table of connections that they are trained on', () => {
    assert.match(String(sumOf('flywire', 'connections')), /^d49dd692/);
    assert.match(String(sumOf('flywire-sameside', 'connections')), /^e659cd25/);
    assert.match(String(sumOf('flywire-mixed', 'connections')), /^73f80e5d/);
  });
});
