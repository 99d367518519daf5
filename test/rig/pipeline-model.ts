/** A pipeline as a value: what its files are, what each stage must make, and from what. The oracle of the model-based test; runs nothing. */

export type Ref = { readonly source: number } | { readonly stage: number };

/** `uid` stays when the name changes; every stage has a constant of its own, so that no two have one recipe. */
export interface ModelStage {
  readonly uid: number;
  name: string;
  readonly kind: 'cat' | 'head' | 'module' | 'matrix' | 'gather';
  constant: number;
  readonly param: string | undefined;
  readonly inputs: readonly Ref[];
}

export interface ModelPipeline {
  sources: string[];
  params: Record<string, number>;
  axis: number[];
  helper: number;
  deepHelper: number;
  stages: ModelStage[];
}

/** One instance as it must be: its recipe (equal recipes, equal key) and what it makes. */
export interface Expectation {
  readonly id: string;
  readonly path: string;
  readonly recipe: string;
  readonly content: string;
}

export function clonePipeline(pipeline: ModelPipeline): ModelPipeline {
  return structuredClone(pipeline);
}

/** File → text; what the project's folder must hold. */
export function filesOf(pipeline: ModelPipeline): Record<string, string> {
  const files: Record<string, string> = {
    'pipeline.yaml': yamlOf(pipeline),
    'lib/near.mjs': `export { deep } from './deep.mjs';\nexport const near = ${pipeline.helper};\n`,
    'lib/deep.mjs': `export const deep = ${pipeline.deepHelper};\n`,
  };
  for (const [i, text] of pipeline.sources.entries()) files[`data/s${i}.txt`] = text;
  for (const stage of pipeline.stages) if (stage.kind === 'module') files[modulePath(stage)] = moduleText(stage);
  return files;
}

function modulePath(stage: ModelStage): string {
  return `stages/m${stage.uid}.mjs`;
}

function moduleText(stage: ModelStage): string {
  const ports = stage.inputs.map((_, i) => `i${i}: { kind: 'text', about: 'x' }`).join(', ');
  return `import { readFileSync, writeFileSync } from 'node:fs';
import { near, deep } from '../lib/near.mjs';
export default { about: 'x', params: { type: 'object' }, inputs: { ${ports} }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputs, outputs }) {
    const texts = Object.keys(inputs).sort().map((name) => readFileSync(inputs[name], 'utf8'));
    writeFileSync(outputs.o, 'c${stage.constant} ' + near + ' ' + deep + '\\n' + texts.join(''));
  } };
`;
}

function yamlOf(pipeline: ModelPipeline): string {
  const stages = pipeline.stages.map((stage) => `  ${stage.name}: ${JSON.stringify(stageYaml(pipeline, stage))}`);
  return `version: 1\nparams: ${JSON.stringify(pipeline.params)}\nstages:\n${stages.join('\n')}\n`;
}

function stageYaml(pipeline: ModelPipeline, stage: ModelStage): object {
  const inputs = Object.fromEntries(stage.inputs.map((ref, i) => [`i${i}`, pathOf(pipeline, ref)]));
  const work = stage.kind === 'module' ? { module: modulePath(stage) } : { command: commandOf(stage) };
  const params = stage.param === undefined ? {} : { params: [stage.param] };
  const matrix = stage.kind === 'matrix' ? { matrix: { axis: pipeline.axis } } : {};
  return { ...work, ...params, ...matrix, inputs, outputs: { o: 'o.txt' } };
}

function commandOf(stage: ModelStage): string {
  const names = stage.inputs.map((_, i) => `\${inputs.i${i}}`).join(' ');
  const value =
    stage.kind === 'matrix' ? ' ${params.axis}' : stage.param === undefined ? '' : ` \${params.${stage.param}}`;
  if (stage.kind === 'head') return `echo c${stage.constant}${value} "$(head -c 4 \${inputs.i0})" > \${outputs.o}`;
  return `(echo c${stage.constant}${value}; cat ${names}) > \${outputs.o}`;
}

function stageAt(pipeline: ModelPipeline, uid: number): ModelStage {
  return pipeline.stages.find((stage) => stage.uid === uid)!;
}

function pathOf(pipeline: ModelPipeline, ref: Ref): string {
  if ('source' in ref) return `data/s${ref.source}.txt`;
  const stage = stageAt(pipeline, ref.stage);
  return `artifacts/${stage.name}/${stage.kind === 'matrix' ? '*/' : ''}o.txt`;
}

/** Every instance, in an order in which each comes after what it needs. */
export function expectations(pipeline: ModelPipeline): Expectation[] {
  const made = new Map<number, Expectation[]>();
  for (const stage of pipeline.stages) {
    const texts = stage.inputs.map((ref) =>
      'source' in ref
        ? [['', pipeline.sources[ref.source]!]]
        : made.get(ref.stage)!.map(({ id, content }) => [id.split('@')[1] ?? '', content]),
    );
    const axes = stage.kind === 'matrix' ? pipeline.axis : [undefined];
    made.set(
      stage.uid,
      axes.map((value) => expect(pipeline, stage, texts as [string, string][][], value)),
    );
  }
  return [...made.values()].flat();
}

function expect(
  pipeline: ModelPipeline,
  stage: ModelStage,
  inputs: readonly (readonly [string, string])[][],
  axis: number | undefined,
): Expectation {
  const label = axis === undefined ? '' : `axis=${axis}`;
  const param = stage.param === undefined ? undefined : pipeline.params[stage.param];
  const code = stage.kind === 'module' ? [moduleText(stage), pipeline.helper, pipeline.deepHelper] : commandOf(stage);
  const texts = inputs.flat().map(([, text]) => text);
  const value = axis ?? param;
  const path = `artifacts/${stage.name}/${label === '' ? '' : `${label}/`}o.txt`;
  // A command sees where its inputs and its output lie, a module how its inputs are called.
  const inputPaths = stage.inputs.map((ref) => pathOf(pipeline, ref));
  const seen = stage.kind === 'module' ? inputPaths.map((input) => input.split('/').at(-1)) : [path, ...inputPaths];
  const head = `c${stage.constant}${stage.kind === 'module' ? ` ${pipeline.helper} ${pipeline.deepHelper}` : value === undefined ? '' : ` ${value}`}`;
  return {
    id: label === '' ? stage.name : `${stage.name}@${label}`,
    path,
    recipe: JSON.stringify([code, value, inputs, seen]),
    content:
      stage.kind === 'head' ? `${head} ${texts[0]!.slice(0, 4).replace(/\n+$/, '')}\n` : `${head}\n${texts.join('')}`,
  };
}
