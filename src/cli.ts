#!/usr/bin/env node
/** Arguments → runner calls; exit codes. The only file that knows both process.argv and the runner. */
import { realpathSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, type CommandIo, exitCodes } from './runner/commands/command-io.ts';
import { parseCommandLine } from './runner/commands/command-line.ts';

/** Each command's code is loaded only when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./runner/commands/run-command.ts')).runCommand,
  status: async () => (await import('./runner/commands/status-command.ts')).statusCommand,
  why: async () => (await import('./runner/commands/why-command.ts')).whyCommand,
  graph: async () => (await import('./runner/commands/graph-command.ts')).graphCommand,
  params: async () => (await import('./runner/commands/params-command.ts')).paramsCommand,
  metrics: async () => (await import('./runner/commands/metrics-command.ts')).metricsCommand,
  log: async () => (await import('./runner/commands/log-command.ts')).logCommand,
  audit: async () => (await import('./runner/commands/audit-command.ts')).auditCommand,
  history: async () => (await import('./runner/commands/history-command.ts')).historyCommand,
  diff: async () => (await import('./runner/commands/history-command.ts')).diffCommand,
  gc: async () => (await import('./runner/commands/gc-command.ts')).gcCommand,
  clean: async () => (await import('./runner/commands/clean-command.ts')).cleanCommand,
  doctor: async () => (await import('./runner/commands/doctor-command.ts')).doctorCommand,
};

/** The first Ctrl-C stops in order; the second at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  return controller.signal;
}

/** A reader that went away (`pipeline … | head`) is no error. */
function writeTo(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}

async function main(args: readonly string[]): Promise<number> {
  const error = (text: string): void => writeTo(2, text);
  const out = (text: string): void => writeTo(1, text);
  const parsed = parseCommandLine(args);
  if (!parsed.ok) {
    error(`pipeline: ${parsed.error.message}\n${parsed.error.hint === undefined ? '' : `  ${parsed.error.hint}\n`}`);
    return exitCodes.usage;
  }
  const line = parsed.value;
  if (line.help || line.command === 'help') {
    const { helpText } = await import('./runner/commands/help-text.ts');
    out(helpText(line.help ? line.command : line.operands[0]));
    return exitCodes.done;
  }
  const root = resolve(line.text('C') ?? '.');
  const project = { root: realRoot(root), cacheDir: resolve(root, line.text('cache-dir') ?? 'cache') };
  const terminal = process.stdout.isTTY && process.env['CI'] === undefined;
  const io: CommandIo = {
    line,
    project,
    commandLine: args,
    signal: stopSignal(),
    out,
    error,
    columns: terminal ? process.stdout.columns : undefined,
  };
  const command = await commands[line.command]!();
  return command(io);
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const told = error instanceof Error && error.name === 'UserError';
  const text = error instanceof Error ? (told ? error.message : (error.stack ?? error.message)) : String(error);
  writeTo(2, `pipeline: ${text}\n`);
  return told ? exitCodes.usage : exitCodes.failed;
});
