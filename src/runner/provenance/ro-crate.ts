/**
 * A project's provenance as the metadata of an RO-Crate 1.1 of the profile Provenance Run Crate 0.5 (w3id.org/ro/wfrun/provenance/0.5): the pipeline
 * is the workflow, stages are its steps and tools, each result an action. Pure; test/e2e/provenance-peers.test.ts holds it against roc-validator.
 */
import { codeOf, type MadeProject, type MadeStage, paramsOf, type Thing } from './made-project.ts';
import { endOf } from './run-times.ts';
import { licencesInWords, type Terms } from './terms.ts';

export type Entity = { readonly '@id': string; readonly '@type': string | readonly string[] } & Readonly<
  Record<string, unknown>
>;

/** What goes into the crate's folder, relative to it. */
export interface CrateContent {
  /** Project-relative paths of the outputs that are in the crate as files. */
  readonly included: ReadonlySet<string>;
  /** When the crate was made, ISO 8601. */
  readonly published: string;
  /** A lock file beside the pipeline file. */
  readonly lock: string | undefined;
}

/** Where a stage's record lies in the crate: its key's ingredients and its outputs, by which two runs can be compared. */
export function recordPath(key: string): string {
  return `records/${key}.json`;
}

const profiles: readonly (readonly [string, string, string])[] = [
  ['https://w3id.org/ro/wfrun/process/0.5', 'Process Run Crate', '0.5'],
  ['https://w3id.org/ro/wfrun/workflow/0.5', 'Workflow Run Crate', '0.5'],
  ['https://w3id.org/ro/wfrun/provenance/0.5', 'Provenance Run Crate', '0.5'],
  ['https://w3id.org/workflowhub/workflow-ro-crate/1.0', 'Workflow RO-Crate', '1.0'],
];

/** The last gives a term of the profile that not every version of its context has. */
const contexts = [
  'https://w3id.org/ro/crate/1.1/context',
  'https://w3id.org/ro/terms/workflow-run/context',
  { resourceUsage: 'https://w3id.org/ro/terms/workflow-run#resourceUsage' },
];

const ref = (id: string): { readonly '@id': string } => ({ '@id': id });
const refs = (ids: Iterable<string>): readonly { readonly '@id': string }[] => [...new Set(ids)].map(ref);

export function crateMetadata(made: MadeProject, content: CrateContent): object {
  const graph = new Graph();
  const data = new DataEntities(graph, made, content);
  const actions = made.stages.map((one, i) => stageEntities(graph, data, one, i));
  const { path } = made.file;
  const workflowInputs = made.stages.flatMap((one) =>
    one.inputs.filter(({ makers }) => makers.length === 0).map((thing) => [one, thing] as const),
  );
  const outputs = made.stages
    .filter(({ asked }) => asked)
    .flatMap((one) => one.outputs.map((thing) => [one, thing] as const));
  graph.add({
    ...{ '@id': path, '@type': ['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'], name: path },
    ...{ sha256: made.file.digest, programmingLanguage: ref('#pipeline-yaml'), encodingFormat: 'application/yaml' },
    input: refs(workflowInputs.map(([one, { port }]) => paramId(one, 'in', port))),
    output: refs(outputs.map(([one, { port }]) => paramId(one, 'out', port))),
    step: refs(made.stages.map(stepId)),
    hasPart: refs(made.stages.map(toolId)),
  });
  graph.add({ '@id': '#pipeline-yaml', '@type': 'ComputerLanguage', name: 'pipeline.yaml of cc-snn', version: '1' });
  graph.add({
    '@id': '#runner',
    '@type': 'SoftwareApplication',
    name: 'cc-snn pipeline',
    softwareVersion: made.runner,
  });
  graph.add({
    ...{ '@id': '#run', '@type': 'CreateAction', name: `run of ${path}`, instrument: ref(path) },
    ...timesOf(made),
    object: refs(workflowInputs.map(([, thing]) => data.id(thing))),
    result: refs(outputs.map(([, thing]) => data.id(thing))),
  });
  graph.add({
    ...{
      '@id': '#engine',
      '@type': 'OrganizeAction',
      name: 'the runner brings the stages up to date',
      instrument: ref('#runner'),
    },
    ...timesOf(made),
    object: refs(made.stages.map((one) => `#control/${one.stage.id}`)),
    result: ref('#run'),
  });
  addRoot(graph, made, content, data, actions);
  return {
    '@context': contexts,
    '@graph': graph.entities,
  };
}

/** Entities by id; the first of an id stands. */
class Graph {
  private readonly byId = new Map<string, Entity>();

  add(entity: Entity): void {
    if (!this.byId.has(entity['@id'])) this.byId.set(entity['@id'], entity);
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  get entities(): readonly Entity[] {
    return [...this.byId.values()];
  }
}

function addRoot(
  graph: Graph,
  made: MadeProject,
  content: CrateContent,
  data: DataEntities,
  actions: readonly string[],
): void {
  for (const [id, name, version] of profiles) graph.add({ '@id': id, '@type': 'CreativeWork', name, version });
  const records = made.stages.map(({ stage, record }) => {
    const id = recordPath(record.key);
    graph.add({
      '@id': id,
      '@type': 'File',
      name: `what the result of ${stage.id} was made of`,
      encodingFormat: 'application/json',
    });
    return id;
  });
  const lock = content.lock === undefined ? [] : [content.lock];
  for (const id of lock) graph.add({ '@id': id, '@type': 'File', name: id, encodingFormat: 'application/json' });
  const licences = licencesInWords(made.terms.values());
  graph.add({
    ...{ '@id': './', '@type': 'Dataset', name: `results of ${made.name}`, datePublished: content.published },
    description: `${made.stages.length} stages of ${made.file.path}: which inputs, code and parameters each result was made of`,
    license:
      licences.length === 0
        ? 'no terms are on record for the data'
        : `the terms of the data bind what was made of them: ${licences.join('; ')}`,
    conformsTo: profiles.map(([id]) => ref(id)),
    mainEntity: ref(made.file.path),
    hasPart: refs([made.file.path, ...lock, ...records, ...data.tops]),
    mentions: refs(['#run', '#engine', ...actions]),
  });
  graph.add({
    ...{ '@id': 'ro-crate-metadata.json', '@type': 'CreativeWork', about: ref('./') },
    conformsTo: refs(['https://w3id.org/ro/crate/1.1', 'https://w3id.org/workflowhub/workflow-ro-crate/1.0']),
  });
}

function timesOf({ run }: MadeProject): Record<string, unknown> {
  return run === undefined ? {} : { startTime: run.started, endTime: endOf(run) };
}

const stepId = ({ stage }: MadeStage): string => `#step/${stage.id}`;
const toolId = ({ stage }: MadeStage): string => `#tool/${stage.id}`;
const paramId = ({ stage }: MadeStage, way: 'in' | 'out', port: string): string => `#port/${stage.id}/${way}/${port}`;

/** Its step, tool, ports, parameters, and the action that made its result; the action's id. */
function stageEntities(graph: Graph, data: DataEntities, one: MadeStage, position: number): string {
  const { stage, record } = one;
  const action = `#action/${stage.id}`;
  graph.add({
    ...{ '@id': stepId(one), '@type': 'HowToStep', name: stage.id, position: String(position) },
    ...{ workExample: ref(toolId(one)), connection: refs(connections(graph, one)) },
  });
  graph.add({
    ...{ '@id': toolId(one), '@type': 'SoftwareApplication', name: stage.id },
    description: stage.work.kind === 'module' ? stage.work.module : stage.work.command,
    softwareVersion: record.key,
    softwareRequirements: codeOf(one)
      .filter(([kind]) => kind !== 'command')
      .map((part) => part.join(' ')),
    input: refs(one.inputs.map(({ port }) => paramId(one, 'in', port))),
    output: refs(one.outputs.map(({ port }) => paramId(one, 'out', port))),
  });
  for (const [way, things] of [
    ['in', one.inputs],
    ['out', one.outputs],
  ] as const)
    for (const thing of things)
      graph.add({
        ...{ '@id': paramId(one, way, thing.port), '@type': 'FormalParameter', name: thing.port },
        ...{ additionalType: thing.folder ? 'Dataset' : 'File', workExample: ref(data.id(thing)) },
      });
  const params = paramsOf(one).map(([name, value]) => {
    const id = `#param/${stage.id}/${name}`;
    graph.add({ '@id': id, '@type': 'PropertyValue', name, value });
    return id;
  });
  graph.add({
    ...{ '@id': action, '@type': 'CreateAction', name: `${stage.id} made its result`, instrument: ref(toolId(one)) },
    object: refs([...one.inputs.map((thing) => data.id(thing)), ...params]),
    result: refs(one.outputs.map((thing) => data.id(thing))),
    ...{ identifier: record.key, subjectOf: ref(recordPath(record.key)), resourceUsage: refs(usage(graph, one)) },
  });
  graph.add({
    '@id': `#control/${stage.id}`,
    '@type': 'ControlAction',
    name: `${stage.id} was begun`,
    instrument: ref(stepId(one)),
    object: ref(action),
  });
  return action;
}

/** Which output of another stage each input is. */
function connections(graph: Graph, one: MadeStage): string[] {
  return Object.entries(one.stage.inputs).flatMap(([port, input]) => {
    if (input.kind !== 'artifact') return [];
    return input.producers.flatMap((producer) => {
      const source = graph.entities.find(
        ({ '@id': id, workExample }) => id.startsWith(`#port/${producer}/out/`) && workExample !== undefined,
      );
      if (source === undefined) return [];
      const id = `#connection/${one.stage.id}/${port}/${producer}`;
      graph.add({
        '@id': id,
        '@type': 'ParameterConnection',
        sourceParameter: ref(source['@id']),
        targetParameter: ref(paramId(one, 'in', port)),
      });
      return [id];
    });
  });
}

function usage(graph: Graph, { stage, record, ran }: MadeStage): string[] {
  const figures: readonly (readonly [string, number | undefined, string])[] = [
    ['seconds', record.seconds, 'http://qudt.org/vocab/unit/SEC'],
    ['cpuSeconds', ran?.cpuSeconds, 'http://qudt.org/vocab/unit/SEC'],
    ['peakMemoryBytes', ran?.peakMemoryBytes, 'http://qudt.org/vocab/unit/BYTE'],
  ];
  return figures.flatMap(([name, value, unit]) => {
    if (value === undefined) return [];
    const id = `#usage/${stage.id}/${name}`;
    graph.add({ '@id': id, '@type': 'PropertyValue', name, propertyID: `urn:cc-snn:${name}`, value, unitCode: unit });
    return [id];
  });
}

/** Files and folders: those in the crate by their path, others by their content (RFC 6920), which nobody can look up but anybody compare. */
class DataEntities {
  /** Not part of another one. */
  readonly tops: string[] = [];
  private readonly graph: Graph;
  private readonly terms: ReadonlyMap<string, Terms>;
  private readonly included: ReadonlySet<string>;

  constructor(graph: Graph, { terms }: MadeProject, { included }: CrateContent) {
    this.graph = graph;
    this.terms = terms;
    this.included = included;
  }

  id(thing: Thing): string {
    const { path, folder, digest, files } = thing;
    const inside = this.included.has(path);
    const id = inside ? `${encodePath(path)}${folder ? '/' : ''}` : nameOf(digest, path);
    if (this.graph.has(id)) return id;
    this.tops.push(id);
    if (!folder) this.addFile(id, path, digest, files[0]?.size);
    else {
      const parts = files.map((file) => {
        const part = inside ? encodePath(file.path) : nameOf(file.digest, file.path);
        this.addFile(part, file.path, file.digest, file.size);
        return part;
      });
      this.graph.add({
        '@id': id,
        '@type': 'Dataset',
        name: path,
        identifier: `sha256:${digest}`,
        hasPart: refs(parts),
      });
    }
    return id;
  }

  private addFile(id: string, path: string, digest: string, size: number | undefined): void {
    const terms = this.terms.get(digest);
    this.graph.add({
      ...{ '@id': id, '@type': 'File', name: path, sha256: digest },
      ...(size === undefined ? {} : { contentSize: String(size) }),
      ...(terms === undefined ? {} : { license: terms.licence, citation: terms.cite, description: terms.about }),
    });
  }
}

function nameOf(digest: string, path: string): string {
  return `ni:///sha-256;${Buffer.from(digest, 'hex').toString('base64url')}?path=${encodePath(path)}`;
}

/** A path as a part of an address. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
