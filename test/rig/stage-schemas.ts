/** The parameter schemas of the project's own stages, and every parameter in them. */
import type { Schema } from '../../src/base/schema.ts';
import type { StageDefinition } from '../../src/stage.ts';
import download from '../../stages/download.ts';
import evaluate from '../../stages/evaluate.ts';
import exported from '../../stages/export.ts';
import gunzip from '../../stages/gunzip.ts';
import ornSpikes from '../../stages/orn-spikes.ts';
import prepPathway from '../../stages/prep-pathway.ts';
import report from '../../stages/report.ts';
import spinnakerRun from '../../stages/spinnaker-run.ts';
import train from '../../stages/train.ts';

const modules: Readonly<Record<string, Pick<StageDefinition, 'params'>>> = {
  download,
  gunzip,
  'prep-pathway': prepPathway,
  'orn-spikes': ornSpikes,
  train,
  evaluate,
  export: exported,
  'spinnaker-run': spinnakerRun,
  report,
};

/** By stage name. */
export const stageSchemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.entries(modules).map(([name, { params }]) => [name, params]),
);

/** One parameter: its dotted key and its schema. */
export interface Documented {
  readonly stage: string;
  readonly key: string;
  readonly schema: Schema;
}

/** Every key that a schema names, groups too, in its order; forms of unions, list items and map values are parts of their key. */
export function documentedParameters(): readonly Documented[] {
  return Object.entries(stageSchemas).flatMap(([stage, schema]) => below(stage, '', schema));
}

function below(stage: string, before: string, schema: Schema): readonly Documented[] {
  return Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>).flatMap(([name, part]) => {
    const key = before === '' ? name : `${before}.${name}`;
    return [{ stage, key, schema: part }, ...below(stage, key, part)];
  });
}
