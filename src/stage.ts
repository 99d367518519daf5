/** The contract that a stage and the runner share: what a stage declares and what it is given. Imports nothing. */

/** A JSON Schema (draft 2020-12), as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * The kinds of artifacts, each with the more general ones that it also is: an input takes its own kind and every kind that is one of it.
 * docs/pipeline.md lists them.
 */
export const artifactKinds = {
  file: [],
  folder: [],
  text: ['file'],
  table: ['text'],
  report: ['file'],
  image: ['file'],
  json: ['text', 'report'],
  jsonl: ['table'],
  csv: ['table'],
  markdown: ['text', 'report'],
  html: ['text', 'report'],
  svg: ['text', 'image'],
  png: ['image'],
  safetensors: ['file'],
  pathway: ['safetensors'],
  'odour-task': ['safetensors'],
  model: ['safetensors'],
  spikes: ['safetensors'],
  checkpoint: ['safetensors'],
  nir: ['file'],
  'pynn-project': ['folder'],
} as const;

/** A kind of the list, or one's own, such as `x-eeg-recording`: it fits itself, `file` and `folder` alone. */
export type ArtifactKind = keyof typeof artifactKinds | `x-${string}`;

/** What a stage reads or writes under one name. */
export interface PortContract {
  /** Compared between the stage that makes an artifact and each that reads it, before anything runs. */
  readonly kind: ArtifactKind;
  /** One sentence for people: what the file holds. */
  readonly about: string;
  /** An input that may be left out of pipeline.yaml. */
  readonly optional?: boolean;
}

/** What a stage may do beyond reading its inputs and writing its outputs. Nothing unless declared. */
export interface StagePermissions {
  /** It may open network connections. */
  readonly network?: boolean;
  /** It may start other programs. */
  readonly childProcess?: boolean;
  /** It may start worker threads. */
  readonly workers?: boolean;
  /** Dotted parameter names whose value, where it is a path or a file: URL, the stage may also read (a mirror folder, say); `*` is any key. */
  readonly readsParams?: readonly string[];
  /** Folders outside the project that the stage may read and write, `~` allowed (a virtual environment's cache, say). */
  readonly writes?: readonly string[];
}

/** Axis → value, or the name of its settings. */
export type AxisValues = Readonly<Record<string, string | number | boolean>>;

/** What a running stage is given: no clock, no working folder, no environment beyond what it declared. */
export interface StageContext<P = unknown> {
  /** The declared part of the parameter tree, e.g. `{ train: {…}, seed: 1 }`, with the defaults of the stage's schema filled in. */
  readonly params: P;
  /** The same as pipeline.yaml, profiles and --set gave it: without what was left to its default. For records of what was asked for. */
  readonly given: unknown;
  /** Absolute paths by input name; a glob gives several. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly inputLists: Readonly<Record<string, readonly string[]>>;
  /**
   * Of an input that gathers the instances of a matrix (artifacts/models, each metrics.json): the axis values of each file, in the order of
   * `inputLists`, such as `{ seed: 1, wiring: 'connectome' }`. They are part of the key.
   */
  readonly inputAxes: Readonly<Record<string, readonly AxisValues[]>>;
  /** Absolute paths by output name, inside an empty staging folder; folders (declared with a final /) exist already. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The declared environment variables that are set. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder for temporary files, removed afterwards. */
  readonly tmp: string;
  /** A folder that survives a failed or interrupted run of this very action (same key), e.g. for checkpoints or partial downloads. */
  readonly scratch: string;
  /**
   * A folder to be watched while the stage runs (logs, say): artifacts/.live/<stage>/. Empty at first, never hashed, and taken away when
   * the stage runs again.
   */
  readonly live: string;
  /** Names this very action: the same for the same code, parameters and inputs. For records elsewhere that must not be mixed up. */
  readonly key: string;
  /** Processor cores granted to this stage. */
  readonly cpus: number;
  /** Aborted on Ctrl-C, on a timeout, and when the run fails fast. */
  readonly signal: AbortSignal;
  /** One line for people; kept in the stage's log. */
  log(message: string): void;
  /**
   * A doubt that people must see, one sentence: it stays on the screen, is told again at the end of the run, and is kept with the result, so
   * that later runs tell it too.
   */
  warn(message: string): void;
  /** Progress of long work: done of total, what is counted, and a few figures to show (loss, accuracy, samples/s). */
  progress(done: number, total: number, unit?: string, figures?: Readonly<Record<string, number | string>>): void;
}

/** A headline line for the end of a run, e.g. `{ label: 'test accuracy', value: '94.1 %' }`. */
export interface Headline {
  readonly label: string;
  readonly value: string;
  /** Set where it is a doubt that the stage told with `warn`: `value` is its sentence. */
  readonly warning?: true;
}

/** One stage: its contract on top, its work in `run`. */
export interface StageDefinition<P = unknown> {
  /** One sentence: inputs → outputs. */
  readonly about: string;
  /**
   * Schema of the declared part of the parameter tree (an object whose properties are the declared top-level keys). Values are held against
   * it before anything runs; `default` is what `run` gets for a key that is left out.
   */
  readonly params: JsonSchema;
  readonly inputs: Readonly<Record<string, PortContract>>;
  readonly outputs: Readonly<Record<string, PortContract>>;
  readonly permissions?: StagePermissions;
  /**
   * Files or folders beyond the inputs that the parameters name and the result depends on (those of a mirror, say): absolute, relative to the
   * project, or below `~`. Each enters the key by its content, or as absent, and the stage may read it. A function of the parameters alone.
   */
  sources?(params: P): readonly string[];
  /** Does the work; what it returns is shown to people at the end of a run and kept in the run record. */
  run(context: StageContext<P>): Promise<readonly Headline[] | undefined>;
}

/** Identity, for its types: `export default defineStage({...})`. */
export function defineStage<P>(definition: StageDefinition<P>): StageDefinition<P> {
  return definition;
}
