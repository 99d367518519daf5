/** Arguments → a command with its flags, or what is wrong with them. Knows the table of commands, runs none. */
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import { type CommandSpec, commandSpecs, everyCommandFlags, type FlagSpec, flagSpecs } from './command-table.ts';

export interface CommandLine {
  readonly command: string;
  readonly spec: CommandSpec;
  readonly operands: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  has(flag: string): boolean;
  /** The last one given. */
  text(flag: string): string | undefined;
  all(flag: string): readonly string[];
}

/** A usage error: one line and what to do next. */
export interface UsageError {
  readonly message: string;
  readonly hint?: string;
  /** Where nothing is called like it. */
  readonly unknownFlag?: UnknownFlag;
}

/** A flag that no command has, with what stands behind it. */
export interface UnknownFlag {
  readonly name: string;
  readonly value?: string;
}

/** `--force` alone means every stage: an empty value. */
const valueIsOptional = new Set(['force', 'rebuild']);

export function parseCommandLine(args: readonly string[]): Result<CommandLine, UsageError> {
  const at = firstOperand(args);
  const command =
    at < 0 ? (args.length === 0 || args.includes('--help') || args.includes('-h') ? 'help' : 'run') : args[at]!;
  if (!isCommand(command)) return err(unknownCommand(command));
  return parseFlags(
    command,
    commandSpecs[command]!,
    args.filter((_, i) => i !== at),
  );
}

export function isCommand(name: string): boolean {
  return Object.hasOwn(commandSpecs, name);
}

export function unknownCommand(name: string): UsageError {
  const known = Object.keys(commandSpecs);
  return {
    message: `unknown command '${name}'`,
    hint: didYouMean(name, known) ?? `the commands are: ${known.join(', ')}`,
  };
}

/** The index of the command: the first argument that is neither a flag nor the value of one. */
function firstOperand(args: readonly string[]): number {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-') || arg === '-') return i;
    const flag = Object.values(flagSpecs).find(
      ({ name, short }) => arg === `--${name}` || (short !== undefined && arg === `-${short}`),
    );
    if (flag?.value !== undefined && !valueIsOptional.has(flag.name)) i++;
  }
  return -1;
}

function parseFlags(command: string, spec: CommandSpec, args: readonly string[]): Result<CommandLine, UsageError> {
  const allowed = [...spec.flags, ...everyCommandFlags].map((name) => flagSpecs[name]!);
  const wrong = unknownFlag(command, args, allowed);
  if (wrong !== undefined) return err(wrong);
  const options = Object.fromEntries(allowed.map((flag) => [flag.name, optionFor(flag)]));
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const whole = args.map((arg, i) =>
    i < end && arg.startsWith('--') && valueIsOptional.has(arg.slice(2)) ? `${arg}=` : arg,
  );
  try {
    const { values, positionals } = parseArgs({ args: whole, options, allowPositionals: true, strict: true });
    const given = values as Record<string, readonly (string | boolean)[] | undefined>;
    const all = (flag: string): string[] => (given[flag] ?? []).map(String);
    const line = {
      command,
      spec,
      operands: positionals,
      help: given['help'] !== undefined,
      version: given['version'] !== undefined,
      has: (flag: string) => given[flag] !== undefined,
      text: (flag: string) => all(flag).at(-1),
      all,
    };
    return line.help || line.version ? ok(line) : checkOperands(line);
  } catch (error) {
    return err({
      message: (error as Error).message.split('\n')[0]!.replace(/\. To specify.*$/, ''),
      hint: `pipeline ${command} --help`,
    });
  }
}

function checkOperands(line: CommandLine): Result<CommandLine, UsageError> {
  const { min, max, usage } = line.spec;
  const count = line.operands.length;
  if (count >= min && count <= max) return ok(line);
  const extra = count > max ? `unexpected '${line.operands[max]}'` : `${usage} is missing`;
  return err({ message: `${line.command}: ${extra}`, hint: `usage: pipeline ${line.command} ${usage}` });
}

function optionFor(flag: FlagSpec): { type: 'string' | 'boolean'; multiple: true; short?: string } {
  const type = flag.value === undefined ? 'boolean' : 'string';
  return flag.short === undefined ? { type, multiple: true } : { type, multiple: true, short: flag.short };
}

function unknownFlag(command: string, args: readonly string[], allowed: readonly FlagSpec[]): UsageError | undefined {
  for (const [i, arg] of args.entries()) {
    if (arg === '--') return undefined;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined || allowed.some((flag) => flag.name === name)) continue;
    const known = allowed.map((flag) => `--${flag.name}`);
    const message = `unknown flag '--${name}'`;
    if (Object.hasOwn(flagSpecs, name))
      return { message, hint: `${command} has no --${name}; see pipeline ${command} --help` };
    const near = didYouMean(`--${name}`, known);
    const next = args[i + 1]?.startsWith('-') === true ? undefined : args[i + 1];
    const given = value ?? next;
    return {
      message,
      hint: near ?? `see pipeline ${command} --help`,
      ...(near === undefined ? { unknownFlag: { name, ...(given === undefined ? {} : { value: given }) } } : {}),
    };
  }
  return undefined;
}
