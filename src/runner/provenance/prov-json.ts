/** A project's provenance as W3C PROV in PROV-JSON (www.w3.org/Submission/prov-json). Pure. */
import { type MadeProject, type MadeStage, paramsOf, type Thing } from './made-project.ts';

type Section = Record<string, Readonly<Record<string, unknown>>>;

/** Entities are artifacts and sources by content, activities are stages by key, the agent is the runner. */
export function provDocument(made: MadeProject): object {
  const entity: Section = {};
  const activity: Section = {};
  const used: Section = {};
  const wasGeneratedBy: Section = {};
  const wasDerivedFrom: Section = {};
  const wasAssociatedWith: Section = {};
  const note = (thing: Thing): string => {
    const id = `sha256:${thing.digest}`;
    entity[id] ??= entityOf(thing, made);
    return id;
  };
  for (const one of made.stages) {
    const id = `key:${one.record.key}`;
    activity[id] = activityOf(one);
    wasAssociatedWith[`_:with-${one.record.key}`] = { 'prov:activity': id, 'prov:agent': 'run:runner' };
    const inputs = one.inputs.map(note);
    for (const [i, input] of one.inputs.entries())
      used[`_:used-${one.record.key}-${i}`] = {
        'prov:activity': id,
        'prov:entity': inputs[i],
        'prov:role': input.port,
      };
    for (const [i, output] of one.outputs.entries()) {
      const made_ = note(output);
      wasGeneratedBy[`_:made-${one.record.key}-${i}`] = {
        'prov:entity': made_,
        'prov:activity': id,
        'prov:role': output.port,
      };
      for (const [j, input] of inputs.entries())
        wasDerivedFrom[`_:from-${one.record.key}-${i}-${j}`] = {
          ...{ 'prov:generatedEntity': made_, 'prov:usedEntity': input, 'prov:activity': id },
        };
    }
  }
  const agent = {
    'run:runner': { 'prov:type': { $: 'prov:SoftwareAgent', type: 'prov:QUALIFIED_NAME' }, 'run:version': made.runner },
  };
  const prefix = { sha256: 'urn:sha256:', key: 'urn:cc-snn:key:', run: 'urn:cc-snn:' };
  return { prefix, entity, activity, agent, used, wasGeneratedBy, wasDerivedFrom, wasAssociatedWith };
}

function entityOf({ path, files }: Thing, { terms }: MadeProject): Record<string, unknown> {
  const own = files.length === 1 ? terms.get(files[0]!.digest) : undefined;
  return {
    'prov:label': path,
    ...(own === undefined ? {} : { 'run:licence': own.licence, 'run:cite': own.cite }),
  };
}

function activityOf(one: MadeStage): Record<string, unknown> {
  const params = paramsOf(one).map(([name, value]) => `${name}=${value}`);
  return {
    'prov:label': one.stage.id,
    'run:seconds': one.record.seconds,
    ...(params.length > 0 ? { 'run:param': params } : {}),
  };
}
