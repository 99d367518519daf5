/** Provenance: what a crate, a statement and a PROV document say is what was made; a crate shows why another run differs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provenanceProject, sha256 } from '../rig/provenance-project.ts';
import type { TestProject } from '../rig/test-project.ts';

interface Entity {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [key: string]: unknown;
}

describe('pipeline provenance', () => {
  let project: TestProject;

  before(() => {
    project = provenanceProject();
    assert.equal(project.run().code, 0);
    const made = project.pipeline('provenance', 'draw', '--out', 'crate');
    assert.equal(made.code, 0, made.err);
  });
  after(() => project.dispose());

  const graph = (): Map<string, Entity> => {
    const { '@graph': entities } = JSON.parse(project.read('crate/ro-crate-metadata.json')) as { '@graph': Entity[] };
    return new Map(entities.map((entity) => [entity['@id'], entity]));
  };

  it('writes a crate whose files are there and are what it says, and whose references lead somewhere', () => {
    const entities = graph();
    const files = [...entities.values()].filter((one) => [one['@type']].flat().includes('File'));
    const inside = files.filter(({ '@id': id }) => !id.startsWith('ni:'));
    assert.equal(inside.length, 2 + 4 + 2, inside.map((one) => one['@id']).join(' '));
    for (const { '@id': id, sha256: sum } of inside) {
      const bytes = readFileSync(join(project.path('crate'), decodeURIComponent(id)));
      if (sum !== undefined) assert.equal(sha256(bytes), sum, id);
    }
    assert.equal(project.read('crate/artifacts/draw/seed=2/o é.txt'), 'in\nz\n2\n');
    const elsewhere = new Set(['https://w3id.org/ro/crate/1.1']);
    for (const entity of entities.values())
      for (const id of referencesIn(entity))
        assert.ok(entities.has(id) || elsewhere.has(id), `${entity['@id']} → ${id}`);
  });

  it('says of each result what it was made of, and of data whose they are', () => {
    const entities = graph();
    const action = entities.get('#action/fit')!;
    const objects = referencesIn({ ...action, result: [] } as Entity).map((id) => entities.get(id)!);
    assert.deepEqual(
      objects.filter((one) => one['@type'] === 'PropertyValue' && one['name'] === 'word').map((one) => one['value']),
      ['"z"'],
    );
    const source = objects.find((one) => one['@type'] === 'File' && one['sha256'] === sha256('in\n'))!;
    assert.deepEqual([source['license'], source['citation']], ['CC BY 4.0', 'doi:10.1/x']);
    assert.match(String(entities.get('./')!['license']), /bind what was made of them: CC BY 4\.0 \(a table\)/);
    const record = JSON.parse(project.read(`crate/records/${String(action['identifier'])}.json`)) as { stage: string };
    assert.equal(record.stage, 'fit');
  });

  it('writes nothing over what is there, and names a result that is missing', () => {
    const again = project.pipeline('provenance', '--out', 'crate');
    assert.deepEqual([again.code, /there is something already/.test(again.err)], [2, true], again.err);
    const missing = project.pipeline('provenance', 'fit', '--out', 'other', '--set', 'word=y');
    assert.deepEqual([missing.code, /no result of fit/.test(missing.err)], [2, true], missing.err);
    assert.ok(!readdirSync(project.root).includes('other'));
  });

  it('gives an in-toto statement of the files that were made', () => {
    const { out } = project.pipeline('provenance', 'draw', '--format', 'in-toto');
    const statement = JSON.parse(out) as {
      _type: string;
      subject: { name: string; digest: { sha256: string } }[];
      predicate: {
        buildDefinition: { resolvedDependencies: { name: string }[] };
        runDetails: { metadata: { startedOn: string } };
      };
    };
    assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
    assert.deepEqual(statement.subject.map(({ name }) => name).sort(), [
      'artifacts/draw/seed=1/o é.txt',
      'artifacts/draw/seed=2/o é.txt',
    ]);
    for (const { name, digest } of statement.subject) assert.equal(digest.sha256, sha256(project.read(name)));
    const names = statement.predicate.buildDefinition.resolvedDependencies.map(({ name }) => name);
    assert.deepEqual(names, ['pipeline.yaml', 'data/in.txt', 'data/manifest.json']);
    assert.ok(Date.parse(statement.predicate.runDetails.metadata.startedOn) > 0);
  });

  it('gives a PROV document in which every edge joins what is in it', () => {
    const document = JSON.parse(project.pipeline('provenance', '--format', 'prov').out) as Record<
      string,
      Record<string, Record<string, string>>
    >;
    const known = new Set(['entity', 'activity', 'agent'].flatMap((section) => Object.keys(document[section]!)));
    let edges = 0;
    for (const section of ['used', 'wasGeneratedBy', 'wasDerivedFrom', 'wasAssociatedWith'])
      for (const edge of Object.values(document[section]!))
        for (const [name, id] of Object.entries(edge))
          if (name !== 'prov:role') {
            assert.ok(known.has(id), `${section} ${id}`);
            edges++;
          }
    assert.ok(edges > 20, `${edges}`);
  });

  it('shows against a crate why another run differs, and believes no changed record', () => {
    const same = project.pipeline('provenance', '--against', 'crate');
    assert.deepEqual([same.code, same.out], [0, '0 of 4 stages differ (there → here)\n']);
    project.run('--set', 'word=y');
    const other = project.pipeline('provenance', '--against', 'crate', '--set', 'word=y', '--json');
    assert.equal(other.code, 3);
    const states = Object.fromEntries(
      other.lines.slice(0, -1).map((line) => [line.stage, [line['state'], line['changes']]]),
    );
    assert.deepEqual(states, {
      fetch: ['same', []],
      fit: ['different', ['param word: "z" → "y"']],
      'draw@seed=1': ['different', ['input i changed']],
      'draw@seed=2': ['different', ['input i changed']],
    });
    const name = readdirSync(project.path('crate/records'))[0]!;
    project.write(
      `crate/records/${name}`,
      project.read(`crate/records/${name}`).replace('"param"', '"params"').replace('data', 'date'),
    );
    const changed = project.pipeline('provenance', '--against', 'crate', '--set', 'word=y');
    assert.equal(changed.code, 2, changed.out);
  });
});

function referencesIn(entity: Entity): string[] {
  return Object.values(entity).flatMap((value) =>
    [value]
      .flat()
      .flatMap((one) => (typeof one === 'object' && one !== null && '@id' in one ? [String(one['@id'])] : [])),
  );
}
