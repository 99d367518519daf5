/** Every command and flag with its words for people. Data only. */

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** What its value stands for; a flag without one takes none. */
  readonly value?: string;
  readonly about: string;
}

export interface CommandSpec {
  readonly about: string;
  /** Operands as shown in help. */
  readonly usage: string;
  readonly min: number;
  readonly max: number;
  readonly flags: readonly string[];
}

const flag = (name: string, about: string, value?: string, short?: string): [string, FlagSpec] => [
  name,
  { name, about, ...(value === undefined ? {} : { value }), ...(short === undefined ? {} : { short }) },
];

export const flagSpecs: Readonly<Record<string, FlagSpec>> = Object.fromEntries([
  flag('profile', 'merge a profile of pipeline.yaml over the parameters; repeatable', 'NAME'),
  flag('set', 'set one parameter, e.g. --set train.epochs=3 (a YAML value); repeatable', 'KEY=VALUE'),
  flag('jobs', 'processor cores to use at most (default: all)', 'N', 'j'),
  flag('executor', 'where stages run: local (default) or slurm', 'NAME'),
  flag('force', 'run though nothing changed: every selected stage, or --force=STAGE; repeatable', 'STAGE'),
  flag('until', 'only this stage and what it needs', 'STAGE'),
  flag('from', 'only this stage and what needs it; what stands before is taken as it is', 'STAGE'),
  flag('dry-run', 'say what would be done, and why, and do nothing', undefined, 'n'),
  flag('keep-going', 'after a failure, go on with what does not depend on it', undefined, 'k'),
  flag('frozen', 'fail with status 3 if anything differs, or would differ, from pipeline.lock'),
  flag('lock', 'write pipeline.lock also with --set, or pipeline.NAME.lock with --profile NAME'),
  flag(
    'remote',
    'look for results there too, and put new ones there: a folder, http(s)://… or s3://…; none: nowhere',
    'URL',
  ),
  flag('read-only', 'with a remote: take from it, put nothing there'),
  flag('check', 'end with status 3 where something would run'),
  flag('tail', 'only the last N lines', 'N'),
  flag('follow', 'go on until the run ends'),
  flag('html', 'as a page with both runs side by side, and its path'),
  flag('all', 'of every checkout that shares the cache'),
  flag('watch', 'run again whenever an input, a parameter or code changes'),
  flag('format', 'of graph: mermaid, dot, json or svg; of provenance: ro-crate, in-toto or prov', 'FORMAT'),
  flag('out', 'where to write: of an RO-Crate a new folder, else a new file (default: standard output)', 'PATH'),
  flag('against', 'a crate of another run: say which ingredients and results differ', 'CRATE'),
  flag('markdown', 'a page that lists every parameter, in Markdown'),
  flag('rebuild', 'run stages again in a clean folder and compare bytes: all, or --rebuild=STAGE', 'STAGE'),
  flag('keep-runs', 'results of the last N runs are kept (default 10)', 'N'),
  flag('keep-days', 'what was written within N days is kept (default 14)', 'N'),
  flag('orphans', 'only what no stage of pipeline.yaml makes any more'),
  flag('json', 'one JSON object a line on standard output, nothing else there'),
  flag('cache-dir', 'the cache to use (default: cache/ in the project)', 'DIR'),
  flag('file', 'the pipeline file (default: pipeline.yaml)', 'FILE', 'f'),
  flag('C', 'the project folder (default: the nearest one, from here upwards, with a pipeline.yaml)', 'DIR', 'C'),
  flag('version', 'the version, and nothing else', undefined, 'V'),
  flag('help', 'this text', undefined, 'h'),
]);

/** Flags that every command has. */
export const everyCommandFlags: readonly string[] = ['json', 'cache-dir', 'file', 'C', 'version', 'help'];

const plan = ['profile', 'set'];
const command = (about: string, usage: string, min: number, max: number, flags: readonly string[]): CommandSpec => ({
  about,
  usage,
  min,
  max,
  flags,
});

export const commandSpecs: Readonly<Record<string, CommandSpec>> = {
  run: command('bring the targets up to date (default: the list `default`, or every stage)', '[TARGET…]', 0, 1e6, [
    ...plan,
    'jobs',
    'executor',
    'force',
    'until',
    'from',
    'dry-run',
    'check',
    'keep-going',
    'frozen',
    'lock',
    'watch',
    'remote',
    'read-only',
  ]),
  status: command('what is stale, and why', '[TARGET…]', 0, 1e6, [...plan, 'check']),
  why: command('each ingredient of a stage that changed, old → new', 'STAGE', 1, 1, plan),
  graph: command('the plan as a picture or as data', '[TARGET…]', 0, 1e6, [...plan, 'format']),
  params: command('every parameter, its value, and the stages that see it', '[KEY]', 0, 1, plan),
  schema: command(
    'the JSON Schema of pipeline.yaml with the parameters of its stages, for an editor; or a page of them',
    '',
    0,
    0,
    ['markdown'],
  ),
  metrics: command(
    'the numbers that stages declare as metrics: all, those of targets, or by a pattern such as train.*',
    '[TARGET|PATTERN…]',
    0,
    1e6,
    plan,
  ),
  log: command('what a stage printed when it last ran, or prints now', 'STAGE', 1, 1, [...plan, 'tail', 'follow']),
  audit: command(
    'read every artifact and cache object in full and follow each back to its sources',
    '[STAGE…]',
    0,
    1e6,
    [...plan, 'rebuild'],
  ),
  history: command('past runs of this checkout, the newest first', '', 0, 0, ['all']),
  diff: command('what two runs differ in; a run is its id, last, or last~1', 'A B', 2, 2, ['html']),
  report: command(
    'bring the page of a run up to date (default: the stage `report`), add the run to it, and open it',
    '[TARGET…]',
    0,
    1e6,
    plan,
  ),
  restore: command(
    'bring the artifacts of a past run back from the cache; a run is its id, last, or last~1',
    'RUN',
    1,
    1,
    [],
  ),
  provenance: command(
    'what results were made of, as an RO-Crate (--out FOLDER), in-toto or W3C PROV (--format); or how a crate differs',
    '[TARGET…]',
    0,
    1e6,
    [...plan, 'format', 'out', 'against'],
  ),
  push: command('put what the cache has of the targets into the remote; runs nothing', '[TARGET…]', 0, 1e6, [
    ...plan,
    'remote',
  ]),
  pull: command('bring what the remote has of the targets into artifacts/; runs nothing', '[TARGET…]', 0, 1e6, [
    ...plan,
    'remote',
  ]),
  seal: command(
    'keep what an experiment says and is before its results are made; --check says what differs since',
    'NAME',
    1,
    1,
    [...plan, 'check'],
  ),
  gc: command('take out of the cache what the keep rules do not keep; what is not the runner’s stays', '', 0, 0, [
    'keep-runs',
    'keep-days',
    'dry-run',
  ]),
  clean: command(
    'take away what stages made in artifacts/; what is not known to be theirs stays',
    '[TARGET…]',
    0,
    1e6,
    [...plan, 'orphans', 'dry-run'],
  ),
  doctor: command('what this machine allows: sandbox, file system, locks, Node', '', 0, 0, []),
  init: command('a new project that uses the runner and the shipped stages; overwrites nothing', '[DIR]', 0, 1, [
    'dry-run',
  ]),
  completion: command(
    'the script by which a shell completes commands, flags, stages, parameters and runs',
    'bash|zsh|fish',
    1,
    1e6,
    [],
  ),
  help: command('this text, or that of one command', '[COMMAND]', 0, 1, []),
};
