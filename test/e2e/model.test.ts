/** Random pipelines, random edits, and an oracle that says exactly which stages must run, be restored, or be left alone. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import fc from 'fast-check';
import {
  clonePipeline,
  type Expectation,
  expectations,
  filesOf,
  type ModelPipeline,
  type ModelStage,
  type Ref,
} from '../rig/pipeline-model.ts';
import { TestProject } from '../rig/test-project.ts';

const editsPerPipeline = 20;
const pipelines = process.env['CC_SNN_LONG'] === '1' ? 105 : 5;

/** Each edit is a name and two numbers that choose what it falls on. */
interface Edit {
  readonly name: (typeof editNames)[number];
  readonly a: number;
  readonly b: number;
}

const editNames = [
  'source',
  'source',
  'source with mtime restored',
  'touch',
  'param',
  'unused param',
  'constant',
  'helper',
  'deep helper',
  'revert',
  'delete artifact',
  'delete all artifacts',
  'tamper',
  'rename',
  'add',
  'remove last',
  'axis',
  'setting',
  'move to another file',
  'nothing',
] as const;

const arbEdit: fc.Arbitrary<Edit> = fc.record({
  name: fc.constantFrom(...editNames),
  a: fc.nat(1000),
  b: fc.nat(1000),
});

/** Stages in order, each reading sources or earlier stages; beside them a matrix from a parameter, a grid that shares its axis, and who gathers a part of it and all of it. */
const arbPipeline: fc.Arbitrary<ModelPipeline> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('cat', 'head', 'cat', 'module' as const),
      refs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
      param: fc.option(fc.constantFrom('p0', 'p1')),
    }),
    { minLength: 2, maxLength: 4 },
  )
  .map((seeds) => {
    const pipeline: ModelPipeline = {
      sources: ['s0 a\n', 's1 a\n', 's2 a\n'],
      params: { p0: 0, p1: 0, p2: 0, axis: 0 },
      axis: [1, 2],
      setting: 7,
      helper: 1,
      deepHelper: 1,
      stages: [],
    };
    for (const { kind, refs, param } of seeds)
      addStage(pipeline, kind as ModelStage['kind'], refs, kind === 'module' ? undefined : (param ?? undefined));
    addStage(pipeline, 'matrix', [0], undefined);
    addStage(pipeline, 'grid', [], 'p0');
    addStage(pipeline, 'each', [], undefined);
    addStage(pipeline, 'gather', [], undefined);
    return pipeline;
  });

let nextUid = 0;
let nextConstant = 0;

function addStage(
  pipeline: ModelPipeline,
  kind: ModelStage['kind'],
  refs: readonly number[],
  param: string | undefined,
): void {
  const uid = nextUid++;
  const plain = pipeline.stages.filter(({ kind }) => !['matrix', 'grid', 'each'].includes(kind));
  const choose = (n: number): Ref => {
    const at = n % (pipeline.sources.length + plain.length);
    return at < pipeline.sources.length ? { source: at } : { stage: plain[at - pipeline.sources.length]!.uid };
  };
  const unique = new Map(refs.map((n) => [JSON.stringify(choose(n)), choose(n)]));
  const reads = { grid: ['matrix'], each: ['grid'], gather: ['grid', 'each'] }[kind as string];
  const inputs =
    reads === undefined
      ? [...unique.values()]
      : pipeline.stages.filter((stage) => reads.includes(stage.kind)).map((stage) => ({ stage: stage.uid }));
  const beside = reads !== undefined;
  pipeline.stages.push({ uid, name: `n${uid}`, kind, beside, constant: 100 + nextConstant++, param, inputs });
}

/** Changes the model; what it does to files beside those of the model it does itself. */
function applyEdit(
  edit: Edit,
  pipeline: ModelPipeline,
  history: readonly ModelPipeline[],
  project: TestProject,
): ModelPipeline {
  const at = <T>(list: readonly T[]): T => list[edit.a % list.length]!;
  const instances = expectations(pipeline);
  const source = edit.a % pipeline.sources.length;
  const sourcePath = project.path(`data/s${source}.txt`);
  switch (edit.name) {
    case 'source':
      pipeline.sources[source] = `s${source} ${edit.b}\n`;
      break;
    case 'source with mtime restored': {
      const text = pipeline.sources[source]!;
      pipeline.sources[source] = text.slice(0, -2) + (text.at(-2) === 'x' ? 'y' : 'x') + text.slice(-1);
      project.write(`data/s${source}.txt`, pipeline.sources[source]!);
      utimesSync(sourcePath, 1_000_000, 1_000_000);
      break;
    }
    case 'touch':
      utimesSync(sourcePath, edit.b, edit.b);
      break;
    case 'param':
      pipeline.params[edit.a % 2 === 0 ? 'p0' : 'p1'] = edit.b % 5;
      break;
    case 'unused param':
      pipeline.params['p2'] = edit.b;
      break;
    case 'constant':
      at(pipeline.stages).constant = 100 + nextConstant++;
      break;
    case 'helper':
      pipeline.helper = edit.b % 4;
      break;
    case 'deep helper':
      pipeline.deepHelper = edit.b % 4;
      break;
    case 'revert':
      return clonePipeline(at(history));
    case 'delete artifact':
      project.remove(at(instances).path);
      break;
    case 'delete all artifacts':
      project.remove('artifacts');
      break;
    case 'tamper':
      if (project.exists(at(instances).path))
        project.write(at(instances).path, edit.b % 2 === 0 ? 'tampered\n' : `${at(instances).content.slice(0, -1)}!`);
      break;
    case 'rename':
      at(pipeline.stages).name = `r${nextUid++}`;
      break;
    case 'add':
      addStage(pipeline, edit.b % 3 === 0 ? 'module' : 'cat', [edit.a, edit.b], undefined);
      break;
    case 'remove last':
      if (pipeline.stages.length > 7) pipeline.stages.pop();
      break;
    case 'axis':
      pipeline.axis = [...new Set([edit.a % 4, edit.b % 4, 7])];
      break;
    case 'setting':
      pipeline.setting = edit.b % 5;
      break;
    case 'move to another file': {
      const stage = at(pipeline.stages);
      stage.beside = !stage.beside;
      break;
    }
    case 'nothing':
  }
  return pipeline;
}

/** What each stage must do: a recipe never seen runs; a known one is restored, or left alone where its bytes are in place. */
function predict(instances: readonly Expectation[], made: Set<string>, project: TestProject): Record<string, string> {
  return Object.fromEntries(
    instances.map(({ id, path, recipe, content }) => {
      if (!made.has(recipe)) return [id, 'ran'];
      return [id, project.exists(path) && project.read(path) === content ? 'cached' : 'restored'];
    }),
  );
}

/** All with the same mtime, to the nanosecond: an edit that keeps the size shows in nothing but ctime. */
function writeFiles(project: TestProject, pipeline: ModelPipeline): void {
  for (const [name, text] of Object.entries(filesOf(pipeline))) {
    if (project.exists(name) && project.read(name) === text) continue;
    project.write(name, text);
    utimesSync(project.path(name), 1_000_000, 1_000_000);
  }
}

let edits = 0;

function check(start: ModelPipeline, list: readonly Edit[]): void {
  const project = new TestProject();
  const made = new Set<string>();
  let pipeline = clonePipeline(start);
  const history = [clonePipeline(pipeline)];
  for (const edit of [{ name: 'nothing', a: 0, b: 0 } as Edit, ...list]) {
    pipeline = applyEdit(edit, pipeline, history, project);
    history.push(clonePipeline(pipeline));
    writeFiles(project, pipeline);
    const instances = expectations(pipeline);
    const wanted = predict(instances, made, project);
    const run = project.run('*');
    assert.equal(run.code, 0, `${JSON.stringify(edit)} in ${project.root}: ${run.out}${run.err}`);
    assert.deepEqual(run.status, wanted, `after ${JSON.stringify(edit)} in ${project.root}`);
    for (const { recipe, path, content } of instances) {
      made.add(recipe);
      assert.equal(project.read(path), content, `${path} after ${JSON.stringify(edit)} in ${project.root}`);
    }
    edits++;
  }
  project.dispose();
}

describe('any pipeline under any edits', () => {
  it(`runs exactly the stages that must run (${pipelines} pipelines × ${editsPerPipeline} edits)`, function () {
    this.timeout(7_200_000);
    fc.assert(
      fc.property(arbPipeline, fc.array(arbEdit, { minLength: editsPerPipeline, maxLength: editsPerPipeline }), check),
      {
        numRuns: pipelines,
        endOnFailure: true,
        ...(process.env['CC_SNN_SEED'] === undefined ? {} : { seed: Number(process.env['CC_SNN_SEED']) }),
      },
    );
    assert.ok(edits >= pipelines * editsPerPipeline);
  });
});
