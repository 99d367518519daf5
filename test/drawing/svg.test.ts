/** Elements and texts of a drawing: nothing that is given as text or as a value can become markup. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escaped } from '../../src/base/text.ts';
import { element, label } from '../../src/drawing/svg.ts';

const unescaped = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

const characters = fc.string({ unit: fc.constantFrom('<', '>', '&', '"', 'a', ';', '/', ' ') });

describe('drawing', () => {
  it('escapes < > & and ", and no text is lost', () => {
    assert.equal(escaped('a<b>&"c"'), 'a&lt;b&gt;&amp;&quot;c&quot;');
    fc.assert(
      fc.property(characters, (text) => {
        assert.doesNotMatch(escaped(text), /[<>"]|&(?!(lt|gt|amp|quot);)/);
        assert.equal(unescaped(escaped(text)), text);
      }),
    );
  });

  it('escapes the text of labels and the values of attributes', () => {
    fc.assert(
      fc.property(characters, (text) => {
        assert.equal(label(1, 2.005, text), `<text x="1" y="2.01">${escaped(text)}</text>`);
        assert.equal(element('g', { class: text, id: undefined }), `<g class="${escaped(text)}"/>`);
      }),
    );
  });
});
