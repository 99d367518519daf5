/** A pipeline as a value: what its files are, what each stage must make, and from what. The oracle of the model-based test; runs nothing. */

export type Ref = { readonly source: number } | { readonly stage: number };

/** `uid` stays when the name changes; every stage has a constant of its own, so that no two have one recipe. */
export interface ModelStage {
  readonly uid: number;
  name: string;
  /** `grid` has one axis more than `matrix`, which it reads; `each` has that of `matrix` and gathers what of the grid agrees with it. */
  readonly kind: 'cat' | 'head' | 'module' | 'matrix' | 'grid' | 'each' | 'gather';
  /** Whether it stands in the file beside. */
  beside: boolean;
  constant: number;
  readonly param: string | undefined;
  readonly inputs: readonly Ref[];
}

export interface ModelPipeline {
  sources: string[];
  params: Record<string, number>;
  /** A parameter of the file beside, from which the axis takes its values. */
  axis: number[];
  /** What p0 is where the grid's other axis says so. */
  setting: number;
  helper: number;
  deepHelper: number;
  stages: ModelStage[];
}

/** Where an instance stands on the axes that its stage has. */
interface Place {
  readonly axis?: number;
  readonly wide?: 'a' | 'b';
}

/** One instance as it must be: its recipe (equal recipes, equal key) and what it makes. */
export interface Expectation {
  readonly id: string;
  readonly place: Place;
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
    'pipeline.yaml': `version: 1\ninclude: [more/*.yaml]\nparams: ${JSON.stringify(pipeline.params)}\n${stagesOf(pipeline, false)}`,
    'more/extra.yaml': `params: { extra: { axis: ${JSON.stringify(pipeline.axis)} } }\n${stagesOf(pipeline, true)}`,
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

function stagesOf(pipeline: ModelPipeline, beside: boolean): string {
  const stages = pipeline.stages.filter((stage) => stage.beside === beside);
  return `stages:${stages.length === 0 ? ' {}' : ''}\n${stages.map((stage) => `  ${stage.name}: ${JSON.stringify(stageYaml(pipeline, stage))}\n`).join('')}`;
}

function stageYaml(pipeline: ModelPipeline, stage: ModelStage): object {
  const inputs = Object.fromEntries(stage.inputs.map((ref, i) => [`i${i}`, pathOf(pipeline, stage, ref)]));
  const work = stage.kind === 'module' ? { module: modulePath(stage) } : { command: commandOf(stage) };
  const params = stage.param === undefined ? {} : { params: [stage.param] };
  const axis = '${params.extra.axis}';
  const wide = { a: {}, b: { p0: pipeline.setting } };
  const matrix = stage.kind === 'grid' ? { matrix: { axis, wide } } : hasAxis(stage) ? { matrix: { axis } } : {};
  return { ...work, ...params, ...matrix, inputs, outputs: { o: 'o.txt' } };
}

function hasAxis({ kind }: ModelStage): boolean {
  return kind === 'matrix' || kind === 'grid' || kind === 'each';
}

function placesOf(pipeline: ModelPipeline, stage: ModelStage): Place[] {
  if (!hasAxis(stage)) return [{}];
  const wide = ['a', 'b'] as const;
  return pipeline.axis.flatMap((axis) =>
    stage.kind === 'grid' ? wide.map((one) => ({ axis, wide: one })) : [{ axis }],
  );
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

function pathOf(pipeline: ModelPipeline, reader: ModelStage, ref: Ref): string {
  if ('source' in ref) return `data/s${ref.source}.txt`;
  const stage = stageAt(pipeline, ref.stage);
  const joined = !hasAxis(stage) || reader.kind === 'grid';
  return `artifacts/${stage.name}/${joined ? '' : '*/'}o.txt`;
}

/** Every instance, in an order in which each comes after what it needs. */
export function expectations(pipeline: ModelPipeline): Expectation[] {
  const made = new Map<number, Expectation[]>();
  for (const stage of pipeline.stages)
    made.set(
      stage.uid,
      placesOf(pipeline, stage).map((place) => {
        const texts = stage.inputs.map((ref): [string, string][] => {
          if ('source' in ref) return [['', pipeline.sources[ref.source]!]];
          const agreeing = made.get(ref.stage)!.filter((one) => agrees(one.place, place));
          return agreeing.map(({ id, content }) => [id.split('@')[1] ?? '', content]);
        });
        return expect(pipeline, stage, texts, place);
      }),
    );
  return [...made.values()].flat();
}

function agrees(one: Place, other: Place): boolean {
  const same = (a: unknown, b: unknown): boolean => a === undefined || b === undefined || a === b;
  return same(one.axis, other.axis) && same(one.wide, other.wide);
}

function expect(
  pipeline: ModelPipeline,
  stage: ModelStage,
  inputs: readonly (readonly [string, string])[][],
  place: Place,
): Expectation {
  const label = Object.entries(place)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');
  const own = stage.param === undefined ? undefined : pipeline.params[stage.param];
  const param = place.wide === 'b' ? pipeline.setting : own;
  const code = stage.kind === 'module' ? [moduleText(stage), pipeline.helper, pipeline.deepHelper] : commandOf(stage);
  const texts = inputs.flat().map(([, text]) => text);
  const value = stage.kind === 'matrix' ? place.axis : param;
  const path = `artifacts/${stage.name}/${label === '' ? '' : `${label}/`}o.txt`;
  // A command sees where its inputs and its output lie, a module how its inputs are called.
  const inputPaths = stage.inputs.map((ref) => pathOf(pipeline, stage, ref));
  const seen = stage.kind === 'module' ? inputPaths.map((input) => input.split('/').at(-1)) : [path, ...inputPaths];
  const head = `c${stage.constant}${stage.kind === 'module' ? ` ${pipeline.helper} ${pipeline.deepHelper}` : value === undefined ? '' : ` ${value}`}`;
  return {
    id: label === '' ? stage.name : `${stage.name}@${label}`,
    place,
    path,
    recipe: JSON.stringify([code, value, place.axis, inputs, seen]),
    content:
      stage.kind === 'head' ? `${head} ${texts[0]!.slice(0, 4).replace(/\n+$/, '')}\n` : `${head}\n${texts.join('')}`,
  };
}
