/** The text of --help. */
import { formatTable } from '../views/words.ts';
import { commandSpecs, everyCommandFlags, flagSpecs } from './command-table.ts';

export function helpText(command?: string): string {
  const spec = command === undefined || command === 'help' ? undefined : commandSpecs[command];
  return spec === undefined
    ? overview()
    : `usage: pipeline ${command} ${spec.usage}\n\n${spec.about}\n\n${flagTable(spec.flags)}\n`;
}

function overview(): string {
  const commands = Object.entries(commandSpecs).map(([name, { usage, about }]) => [`  ${name} ${usage}`, about]);
  const status =
    'exit status: 0 done; 1 a stage failed; 2 wrong usage or an invalid file; 3 --frozen or audit found a difference; 130 interrupted';
  return `usage: pipeline COMMAND [FLAG…]\n\n${formatTable(commands)}\n\nevery command:\n${flagTable([])}\n\n${status}\n`;
}

function flagTable(names: readonly string[]): string {
  const rows = [...names, ...everyCommandFlags].map((name) => {
    const { short, value, about } = flagSpecs[name]!;
    const long = name.length === 1 ? '' : `--${name}`;
    const optional = name === 'force' || name === 'rebuild';
    const argument = value === undefined ? '' : optional ? `[=${value}]` : ` ${value}`;
    return [
      `  ${[short === undefined ? '' : `-${short}`, long].filter((part) => part !== '').join(', ')}${argument}`,
      about,
    ];
  });
  return formatTable(rows);
}
