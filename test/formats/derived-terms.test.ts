/** What several licences mean for something made of all of their data. */
import assert from 'node:assert/strict';
import type { DataSource } from '../../src/formats/data-sources.ts';
import { derivedTermsInWords } from '../../src/formats/derived-terms.ts';

function under(licence: string, synthetic = false): DataSource {
  return { name: 'x', sha256: '', synthetic, about: 'x', licence, cite: '' };
}

describe('the terms of what is derived', () => {
  it('say that no one licence meets both a non-commercial and a share-alike one, and only then', () => {
    const both = derivedTermsInWords([under('CC BY-NC 4.0'), under('CC BY-SA 4.0')]);
    assert.match(
      both,
      /Not for commercial use \(CC BY-NC 4\.0\)\. .*same licence \(CC BY-SA 4\.0\)\. .*cannot both be met.*not legal advice/,
    );
    for (const alone of [['CC BY-NC 4.0'], ['CC BY-SA 4.0', 'CC BY 4.0'], ['CC BY-NC-SA 4.0']])
      assert.doesNotMatch(derivedTermsInWords(alone.map((licence) => under(licence))), /cannot both be met/);
  });

  it('say that what has no terms, or forbids it, is not to be passed on', () => {
    assert.match(
      derivedTermsInWords([under('none stated: to compare with, not to pass on')]),
      /nobody stated any terms: ask/,
    );
    assert.match(derivedTermsInWords([under('CC BY-ND 4.0')]), /may not be passed on \(CC BY-ND 4\.0\)/);
  });

  it('say nothing where a name is all that is asked, and of invented data', () => {
    assert.equal(derivedTermsInWords([under('CC BY 4.0'), under('MIT'), under('CC BY-NC 4.0', true)]), '');
  });
});
