/** A small project of three stages with data under a licence, for tests of provenance. */
import { createHash } from 'node:crypto';
import { TestProject } from './test-project.ts';

const pipeline = `
version: 1
params: { word: z, seed: 1 }
stages:
  fetch: { command: 'mkdir -p \${outputs.raw}/x; cp \${inputs.i} \${outputs.raw}/x/f; cp \${inputs.m} \${outputs.raw}/manifest.json', inputs: { i: data/in.txt, m: data/manifest.json }, outputs: { raw: raw/ } }
  fit: { command: 'cat \${inputs.i} > \${outputs.o}; echo \${params.word} >> \${outputs.o}', params: [word], inputs: { i: artifacts/fetch/raw/x/f }, outputs: { o: o.txt } }
  draw: { command: 'cat \${inputs.i} > \${outputs.o}; echo \${params.seed} >> \${outputs.o}', params: [seed], matrix: { seed: [1, 2] }, inputs: { i: artifacts/fit/o.txt }, outputs: { o: "o é.txt" } }
`;

export function provenanceProject(): TestProject {
  const terms = { name: 'f', sha256: sha256('in\n'), licence: 'CC BY 4.0', cite: 'doi:10.1/x', about: 'a table' };
  return new TestProject(pipeline)
    .write('data/in.txt', 'in\n')
    .write('data/manifest.json', JSON.stringify({ files: [terms] }));
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
