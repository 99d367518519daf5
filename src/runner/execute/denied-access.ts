/** What a stage was refused → words for people, with the line to add to the stage's file. Looks at no files. */
import { relative } from 'node:path';
import type { PlannedStage } from '../model/plan.ts';
import { portName } from '../model/words.ts';

export interface Denied {
  readonly permission: string;
  readonly resource: string;
}

/** Message and next step for something Node's permission model refused to a module stage. */
export function explainDenied(
  denied: Denied,
  { stage, at }: Pick<PlannedStage, 'stage' | 'at'>,
  module: string,
  root: string,
): { readonly message: string; readonly hint: string } {
  const path = shown(denied.resource, root);
  if (denied.permission === 'FileSystemRead')
    return { message: `read ${path}, which it does not declare`, hint: declareInput({ stage, at }, path) };
  if (denied.permission === 'FileSystemWrite')
    return {
      message: `wrote to ${path}, which is not one of its outputs`,
      hint: `write below context.outputs, context.tmp or context.scratch, or declare it: stages.${stage}.outputs: { ${portName(path, 'file')}: ${path.split('/').at(-1)} }`,
    };
  const name = { ChildProcess: 'childProcess', WorkerThreads: 'workers' }[denied.permission];
  if (name !== undefined)
    return {
      message: `may not ${name === 'workers' ? 'start worker threads' : 'start other programs'}`,
      hint: `add to ${module}: permissions: { ${name}: true }`,
    };
  return {
    message: `was refused ${denied.permission} ${path}`,
    hint: 'a stage reads its inputs and writes its outputs, nothing else',
  };
}

/** `add to stages.x.inputs in pipeline.yaml: { table: data/table.csv }`. */
export function declareInput({ stage, at }: Pick<PlannedStage, 'stage' | 'at'>, path: string): string {
  return `add to ${at.file}: stages.${stage}.inputs: { ${portName(path, 'file')}: ${path} }`;
}

function shown(resource: string, root: string): string {
  const path = relative(root, resource);
  return path.startsWith('..') || path === '' ? resource : path;
}
