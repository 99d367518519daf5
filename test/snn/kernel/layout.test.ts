/** The kernel's memory layout is stated once: TypeScript and AssemblyScript compile the same file, and no other file of either states a place. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as layout from '../../../src/snn/kernel/layout.ts';

const folder = 'src/snn/kernel';
const assembly = readdirSync(`${folder}/assembly`).filter((name) => name.endsWith('.ts'));
const wasm = readdirSync(`${folder}/wasm`);
const sources = [...assembly.map((name) => `assembly/${name}`), ...wasm.map((name) => `wasm/${name}`)];

describe('kernel memory layout', () => {
  for (const name of sources) {
    it(`is nowhere stated a second time: ${name}`, () => {
      const text = readFileSync(`${folder}/${name}`, 'utf8');
      const own = [...text.matchAll(/^(?:export )?(?:const|let) ([A-Z]\w*)/gm)].map((match) => match[1]!);
      assert.deepEqual(
        own.filter((constant) => constant in layout || /^(W|M|X|CHUNK)_/.test(constant)),
        [],
      );
    });
  }

  it('is part of what the compiled kernel is stamped with, so a change of it compiles the kernel anew', () => {
    const note = JSON.parse(readFileSync('dist/.sources.json', 'utf8')) as {
      readonly generated: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    assert.ok(`${folder}/layout.ts` in note.generated[`${folder}/generated/kernel-wasm.ts`]!);
  });

  it('gives every word of the context, of a chunk and of a cell a place of its own', () => {
    const entries = Object.entries(layout).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    const counts = ['CHUNK_WORDS'];
    const placesOf = (pattern: RegExp) => entries.filter(([name]) => pattern.test(name) && !counts.includes(name));
    const groups: readonly (readonly [RegExp, number])[] = [
      [/^CHUNK_/, layout.CHUNK_WORDS],
      [/^M_/, layout.MOTION_BYTES],
      [/^X_/, layout.CROSSING_BYTES],
      [/^W_/, layout.W_CELL_BYTES + 1],
    ];
    for (const [pattern, end] of groups) {
      const places = placesOf(pattern).map(([, place]) => place);
      assert.equal(new Set(places).size, places.length, `${pattern}`);
      assert.ok(places.length > 3 && places.every((place) => place >= 0 && place < end), `${pattern}`);
    }
  });
});
