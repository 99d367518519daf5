/** The words typed so far → what could stand next. Knows the table of commands and what a plan names; reads no files. */
import { graphFormats } from '../views/graph.ts';
import { commandSpecs, everyCommandFlags, type FlagSpec, flagSpecs } from './command-table.ts';
import { shells } from './completion-scripts.ts';

/** What can be named in a project; each asked for only where it is wanted. */
export interface ProjectNames {
  stages(): Promise<readonly string[]>;
  targets(): Promise<readonly string[]>;
  profiles(): Promise<readonly string[]>;
  params(): Promise<readonly string[]>;
  runs(): Promise<readonly string[]>;
}

type Wanted = keyof ProjectNames | 'commands' | 'shells' | 'formats';

const flagValues: Readonly<Record<string, Wanted>> = {
  profile: 'profiles',
  set: 'params',
  force: 'stages',
  until: 'stages',
  from: 'stages',
  rebuild: 'stages',
  format: 'formats',
};

const operands: Readonly<Record<string, Wanted>> = {
  run: 'targets',
  report: 'targets',
  status: 'targets',
  graph: 'targets',
  metrics: 'targets',
  clean: 'targets',
  why: 'stages',
  log: 'stages',
  audit: 'stages',
  params: 'params',
  diff: 'runs',
  restore: 'runs',
  help: 'commands',
  completion: 'shells',
};

/** Candidates for the last word; none where only the shell knows (files, numbers). */
export async function completionWords(words: readonly string[], names: ProjectNames): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = await candidates(before, current, names);
  return [...new Set(found)].filter((word) => word.startsWith(current));
}

async function candidates(before: readonly string[], current: string, names: ProjectNames): Promise<readonly string[]> {
  const given = before.at(-1);
  const open = given === undefined ? undefined : flagCalled(given);
  if (open?.value !== undefined && open.name !== 'force' && open.name !== 'rebuild') return valuesOf(open.name, names);
  const [, flag] = /^--([a-z-]+)=/.exec(current) ?? [];
  if (flag !== undefined) return (await valuesOf(flag, names)).map((value) => `--${flag}=${value}`);
  const command = commandIn(before);
  if (current.startsWith('-')) return flagsOf(command);
  if (command === undefined) return Object.keys(commandSpecs);
  return Object.hasOwn(operands, command) ? listOf(operands[command]!, names) : [];
}

function flagCalled(word: string): FlagSpec | undefined {
  return Object.values(flagSpecs).find(
    ({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
}

/** The first word that is neither a flag nor the value of one. */
function commandIn(words: readonly string[]): string | undefined {
  return words.find((word, i) => {
    const open = i === 0 ? undefined : flagCalled(words[i - 1]!);
    return Object.hasOwn(commandSpecs, word) && (open?.value === undefined || open.name === 'force');
  });
}

function flagsOf(command: string | undefined): readonly string[] {
  const own = command === undefined ? [] : commandSpecs[command]!.flags;
  return [...own, ...everyCommandFlags].map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
}

async function valuesOf(flag: string, names: ProjectNames): Promise<readonly string[]> {
  if (!Object.hasOwn(flagValues, flag)) return [];
  const values = await listOf(flagValues[flag]!, names);
  return flag === 'set' ? values.map((key) => `${key}=`) : values;
}

async function listOf(wanted: Wanted, names: ProjectNames): Promise<readonly string[]> {
  switch (wanted) {
    case 'commands':
      return Object.keys(commandSpecs);
    case 'shells':
      return shells;
    case 'formats':
      return graphFormats;
    default:
      return names[wanted]();
  }
}
