/** A project's outputs as an in-toto statement (v1) with SLSA provenance (v1): in-toto.io/Statement/v1, slsa.dev/spec/v1.0/provenance. Pure. */
import { codeOf, type MadeProject, type Thing } from './made-project.ts';
import { endOf } from './run-times.ts';

interface Descriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: { readonly sha256: string };
}

/** Subjects are the files of the stages that were asked for; dependencies all sources, code files and packages of what they need. */
export function inTotoStatement(made: MadeProject): object {
  const subject = made.stages.filter(({ asked }) => asked).flatMap(({ outputs }) => outputs.flatMap(filesIn));
  const sources = made.stages.flatMap(({ inputs }) =>
    inputs.filter(({ makers }) => makers.length === 0).flatMap(filesIn),
  );
  const code = made.stages.flatMap((one) =>
    codeOf(one).flatMap(([kind, name, value]) => (kind === 'code' ? [described(name, value)] : [])),
  );
  const { run } = made;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: unique(subject),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:cc-snn:pipeline-run:1',
        externalParameters: { pipeline: described(made.file.path, made.file.digest), parameters: made.params },
        internalParameters: {
          keys: Object.fromEntries(made.stages.map(({ stage, record }) => [stage.id, record.key])),
        },
        resolvedDependencies: unique([described(made.file.path, made.file.digest), ...sources, ...code]),
      },
      runDetails: {
        builder: { id: 'urn:cc-snn:pipeline', version: { 'cc-snn': made.runner, node: process.versions.node } },
        ...(run === undefined
          ? {}
          : { metadata: { invocationId: run.run, startedOn: run.started, finishedOn: endOf(run) } }),
      },
    },
  };
}

function filesIn(thing: Thing): Descriptor[] {
  return thing.files.map(({ path, digest }) => described(path, digest));
}

function described(name: string, sha256: string): Descriptor {
  return { name, digest: { sha256 } };
}

function unique(list: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(list.map((one) => [`${one.name} ${one.digest.sha256}`, one])).values()];
}
