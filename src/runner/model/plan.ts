/** The validated pipeline: what loading pipeline.yaml gives and everything after it reads. Plain JSON data, kept in the parse cache. */
import type { Digest } from '../../base/digest.ts';
import type { Diagnostic, Location } from '../../base/located-error.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a stage instance runs. */
export type StageWork =
  | { readonly kind: 'module' /** project-relative, e.g. stages/train.ts */; readonly module: string }
  | { readonly kind: 'command' /** with its ${…} unexpanded */; readonly command: string };

/** An input: another stage's output, or source files of the project. */
export type PlannedInput =
  | {
      readonly kind: 'artifact';
      /** project-relative path(s), one a producer; several for `artifacts/<stage>/*…` over a matrix. */
      readonly paths: readonly string[];
      /** the producing instances, in the same order */
      readonly producers: readonly string[];
      /** whether it was written with a pattern and so is a list even with one path */
      readonly list: boolean;
      /** of a list: where on the producer's axes each file stands */
      readonly axes?: readonly Readonly<Record<string, Json>>[];
    }
  | {
      readonly kind: 'source' /** project-relative file, folder (final /) or glob */;
      readonly pattern: string;
      readonly list: boolean;
    };

export interface PlannedOutput {
  /** project-relative, below artifacts/<stage>/[<key=value,…>/] */
  readonly path: string;
  readonly folder: boolean;
}

export interface Resources {
  readonly cpus: number;
  readonly memoryBytes?: number;
  readonly slots: Readonly<Record<string, number>>;
  /** Only for an executor that can hold to it: what its process may take from its start to its end. */
  readonly timeMs?: number;
  readonly gpus?: number;
}

/** Where stages run. */
export type ExecutorName = 'local' | 'slurm';

/** What jobs of a stage ask Slurm for, beyond what its resources say; none of it is in the key. */
export interface SlurmWishes {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly timeMs?: number;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly gpus?: number;
  /** So many instances run one after another in one job. */
  readonly group?: number;
  readonly flags?: readonly string[];
}

/** How often a job that ended through no fault of its stage is begun again. */
export interface SlurmRetries {
  readonly nodeFailure?: number;
  readonly preemption?: number;
  readonly timeLimit?: number;
  readonly outOfMemory?: number;
  /** After the last two, so many times more is asked for. */
  readonly grow?: number;
}

/** Of all jobs; what a stage says of itself comes before it. */
export interface SlurmSettings extends SlurmWishes {
  /** By name of the stage: comes before all else. */
  readonly stages?: Readonly<Record<string, SlurmWishes>>;
  /** How many stages are in the queue or under way at most. */
  readonly jobs?: number;
  readonly pollMs?: number;
  readonly retry?: SlurmRetries;
}

/** How far a stage is kept from what it did not declare. */
export interface Sandbox {
  /** false: not at all. */
  readonly on: boolean;
  /** Absolute, from ~/ or project-relative: what it sees too, as it is. */
  readonly paths: readonly string[];
  /** Below /dev/, with * for any part of a name. */
  readonly devices: readonly string[];
}

/** One stage, or one instance of a matrix stage. */
export interface PlannedStage {
  /** `train`, or `train@seed=1,width=0.5` */
  readonly id: string;
  /** The name in pipeline.yaml. */
  readonly stage: string;
  readonly axes: Readonly<Record<string, Json>>;
  readonly at: Location;
  readonly work: StageWork;
  /** The command's own program files or globs. */
  readonly code: readonly string[];
  /** The declared keys of the tree, as a tree; the only parameters the stage sees and that enter its key. */
  readonly params: { readonly [key: string]: Json };
  readonly inputs: Readonly<Record<string, PlannedInput>>;
  readonly outputs: Readonly<Record<string, PlannedOutput>>;
  readonly env: readonly string[];
  /** Environment variables that it sees and that do not enter its key. */
  readonly passEnv?: readonly string[];
  /** Where a command runs, project-relative without final /; else in the project's root. */
  readonly workdir?: string;
  readonly sandbox?: Sandbox;
  /** Output paths relative to the stage's folder. */
  readonly metrics: readonly string[];
  readonly resources: Resources;
  readonly slurm?: SlurmWishes;
  readonly timeoutMs?: number;
  readonly retries: number;
  readonly cache: boolean;
  /** A command may use the network (else sandboxed without, where the platform allows). */
  readonly network: boolean;
  /** Programs whose `--version` line enters the key, e.g. ['python3']. */
  readonly tools: readonly string[];
  /** Ids this instance needs, in order. */
  readonly needs: readonly string[];
}

/** What says where a stage's outputs lie. */
export type StagePlace = Pick<PlannedStage, 'id' | 'stage' | 'outputs'>;

/** A value that the tree of parameters by itself would refuse; it stands only where the schema of a module that sees it knows the key. */
export interface Doubt {
  /** Dotted. */
  readonly key: string;
  /** Whether the tree lacks the key; else it holds another kind of value. */
  readonly unknown: boolean;
  readonly refusal: Diagnostic;
}

/** The files beside pipeline.yaml that a plan was made from. */
export interface Included {
  /** As `include` lists them. */
  readonly patterns: readonly string[];
  /** Path, relative to the project, and the digest of the bytes that were read. */
  readonly files: readonly (readonly [path: string, digest: Digest])[];
}

export interface Plan {
  readonly version: 1;
  /** Left out where pipeline.yaml includes nothing. */
  readonly included?: Included;
  /** The whole tree after profiles and --set. */
  readonly params: { readonly [key: string]: Json };
  /** Left out where there are none. */
  readonly doubts?: readonly Doubt[];
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Patterns of files that count for nothing, beside the defaults. */
  readonly ignore?: readonly string[];
  /** Slot → how many places there are; one where it is not listed. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Where stages run unless the command line says otherwise. */
  readonly executor?: ExecutorName;
  readonly slurm?: SlurmSettings;
  /** In topological order; among the ready ones, the order of pipeline.yaml. */
  readonly stages: readonly PlannedStage[];
}
