/** A command with its `${…}` checked, and filled in such that no value can become shell code. Runs nothing. */
import { suggest } from '../../base/suggest.ts';
import type { Json, PlannedStage } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import { type CommandPiece, type Placeholder, parseCommandText, type ShellContext } from './command-text.ts';
import { didYouMeanKey, isObject, type JsonObject, kindOf, valueAt } from './params.ts';

/** The paths to write into a command, by name; a list input gives several. */
export interface CommandPaths {
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a command may name. */
export interface CommandScope {
  readonly inputs: Iterable<string>;
  readonly outputs: Iterable<string>;
  /** The stage's own parameters. */
  readonly params: JsonObject;
  /** The whole tree, to say what could be declared. */
  readonly tree: JsonObject;
}

export interface CommandFault {
  /** The text at fault, as it stands in the command. */
  readonly text: string;
  readonly message: string;
  readonly hint?: string;
}

/** Everything wrong with a command's `${…}`. */
export function checkCommand(command: string, scope: CommandScope): readonly CommandFault[] {
  if (command.includes('\0')) return [{ text: '\0', message: 'the command holds a NUL character' }];
  return parseCommandText(command)
    .filter((piece): piece is Placeholder => typeof piece !== 'string')
    .flatMap((piece) => checkPlaceholder(piece, scope).map((fault) => ({ text: `\${${piece.text}`, ...fault })));
}

type Fault = Omit<CommandFault, 'text'>;

function checkPlaceholder({ text, context }: Placeholder, scope: CommandScope): readonly Fault[] {
  const shown = `\${${printable(text)}}`;
  const dot = text.indexOf('.');
  const group = text.slice(0, Math.max(0, dot));
  const name = text.slice(dot + 1);
  if (text.includes('\n'))
    return [{ message: `\${${printable(text.split('\n')[0]!)} is not closed`, hint: 'put a } behind the name' }];
  if (context === 'literal')
    return [{ message: `${shown} stands in a here-document with a quoted end word`, hint: 'unquote the end word' }];
  if (group === 'params') return checkParam(name, shown, context, scope);
  if (group !== 'inputs' && group !== 'outputs') return [unknownPlaceholder(text, shown, scope)];
  if (context === 'arithmetic') return [{ message: `${shown} is a path, and stands where the shell computes` }];
  const known = [...scope[group]];
  if (known.includes(name)) return [];
  return [
    { message: `${shown}: no ${group.slice(0, -1)} '${printable(name)}'`, hint: hintFor(`${group}.${name}`, scope) },
  ];
}

function unknownPlaceholder(text: string, shown: string, scope: CommandScope): Fault {
  const shell = /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? ` (for the shell's own: $${text} or $\${${text}})` : '';
  return { message: `unknown ${shown}`, hint: hintFor(text, scope) + shell };
}

function hintFor(text: string, scope: CommandScope): string {
  const known = [
    ...[...scope.inputs].map((name) => `inputs.${name}`),
    ...[...scope.outputs].map((name) => `outputs.${name}`),
    ...Object.keys(scope.params).map((name) => `params.${name}`),
  ];
  const near = suggest(text, known);
  if (near !== undefined) return `did you mean '\${${near}}'?`;
  return known.length === 0 ? 'this stage has none' : `known are: ${known.map((name) => `\${${name}}`).join(', ')}`;
}

function checkParam(key: string, shown: string, context: ShellContext, scope: CommandScope): readonly Fault[] {
  const value = valueAt(scope.params, key);
  if (value === undefined) {
    if (valueAt(scope.tree, key) !== undefined)
      return [{ message: `${shown} is not among this stage's params`, hint: `add it: params: [${key}]` }];
    const near = didYouMeanKey(scope.params, key) ?? didYouMeanKey(scope.tree, key);
    const hint = near?.replace(/'(.*)'/, "'${params.$1}'") ?? hintFor(`params.${key}`, scope);
    return [{ message: `${shown}: no parameter '${printable(key)}'`, hint }];
  }
  if (isObject(value))
    return [{ message: `${shown} is an object`, hint: `name one of its keys: ${Object.keys(value).join(', ')}` }];
  const items: readonly Json[] = Array.isArray(value) ? value : [value];
  const bad = items.find((item) => typeof item === 'object' && item !== null);
  if (bad !== undefined) return [{ message: `${shown} is a list that holds ${kindOf(bad)}` }];
  if (items.some((item) => typeof item === 'string' && item.includes('\0')))
    return [{ message: `${shown} holds a NUL character, which no command line can` }];
  if (context === 'arithmetic' && !Number.isSafeInteger(value))
    return [{ message: `${shown} is ${kindOf(value)}, and stands where the shell computes with whole numbers` }];
  return [];
}

/**
 * The script for `bash -euo pipefail`: values are set as variables in front (single-quoted) and only referred to
 * where they stand, so that whatever they hold, the shell never reads it as code. A list becomes several words, null an empty one;
 * within quotes a list is joined by spaces. A path that begins with - gets ./ in front.
 * The text may be longer than one argument may be (128 KiB): hand it over as a file where it is.
 * @throws RangeError for a placeholder that `checkCommand` would refuse. Pinned by: test/runner/load/expand-command.test.ts
 */
export function expandCommand(stage: PlannedStage, paths: CommandPaths): string {
  if (stage.work.kind !== 'command') throw new RangeError(`expandCommand: ${stage.id} runs a module`);
  const names = new Map<string, string>();
  const settings: string[] = [];
  const render = (piece: CommandPiece): string => {
    if (typeof piece === 'string') return piece;
    const value = placeholderValue(piece.text, stage, paths);
    if (value === undefined) throw new RangeError(`expandCommand: ${stage.id} has no \${${piece.text}}`);
    if (piece.context === 'arithmetic') return renderNumber(value, piece.text);
    let name = names.get(piece.text);
    if (name === undefined) {
      name = `__p${names.size + 1}`;
      names.set(piece.text, name);
      settings.push(Array.isArray(value) ? `${name}=(${value.map(quote).join(' ')})` : `${name}=${quote(value)}`);
    }
    return renderReference(name, Array.isArray(value), piece.context);
  };
  const body = parseCommandText(stage.work.command).map(render).join('');
  return settings.length === 0 ? body : `${settings.join('; ')}; ${body}`;
}

/** A command for people to read: values shell-quoted in place. Never run it. */
export function describeCommand(stage: PlannedStage, paths: CommandPaths): string {
  if (stage.work.kind !== 'command') return '';
  return parseCommandText(stage.work.command)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = placeholderValue(piece.text, stage, paths) ?? '';
      return (Array.isArray(value) ? value : [value])
        .map((v) => (/^[\w./:=@%+,-]+$/.test(String(v)) ? String(v) : quote(v)))
        .join(' ');
    })
    .join('');
}

function placeholderValue(text: string, stage: PlannedStage, paths: CommandPaths): Json | undefined {
  const dot = text.indexOf('.');
  const name = text.slice(dot + 1);
  const group = text.slice(0, Math.max(0, dot));
  if (group === 'params') return valueAt(stage.params, name);
  if (group !== 'inputs' && group !== 'outputs') return undefined;
  const path = Object.hasOwn(paths[group], name) ? paths[group][name] : undefined;
  if (path === undefined) return undefined;
  return typeof path === 'string' ? safePath(path) : path.map(safePath);
}

function safePath(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

function renderReference(name: string, list: boolean, context: ShellContext): string {
  const joined = list ? `\${${name}[*]}` : `\${${name}}`;
  const words = list ? `"\${${name}[@]}"` : `"\${${name}}"`;
  if (context === 'bare') return words;
  if (context === 'single') return `'"${joined}"'`;
  if (context === 'ansi') return `'"${joined}"$'`;
  return joined;
}

function renderNumber(value: Json, text: string): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expandCommand: \${${text}} is not a whole number`);
  return (value as number) < 0 ? `(${value})` : String(value);
}

/** One shell word that means exactly this text. */
function quote(value: Json): string {
  const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  return `'${text.replaceAll("'", "'\\''")}'`;
}
