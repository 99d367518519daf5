#!/usr/bin/env node
/** Arguments → runner calls; exit codes. The only file that knows both process.argv and the runner. */
import { writeSync } from 'node:fs';
import type { Command, CommandIo } from './runner/commands/command-io.ts';
import type { CommandLine, UsageError } from './runner/commands/command-line.ts';
import { findNoOp, type NoOpRecord, noOpQuestion } from './runner/run/no-op/find.ts';

/** Exit statuses that are needed before `exitCodes` is loaded; 130 as shells say it of a process that Ctrl-C ended. */
const failed = 1;
const usage = 2;
const interrupted = 130;

/** Each command's code is loaded only when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./runner/commands/run-command.ts')).runCommand,
  status: async () => (await import('./runner/commands/status-command.ts')).statusCommand,
  why: async () => (await import('./runner/commands/why-command.ts')).whyCommand,
  graph: async () => (await import('./runner/commands/graph-command.ts')).graphCommand,
  params: async () => (await import('./runner/commands/params-command.ts')).paramsCommand,
  schema: async () => (await import('./runner/commands/schema-command.ts')).schemaCommand,
  metrics: async () => (await import('./runner/commands/metrics-command.ts')).metricsCommand,
  log: async () => (await import('./runner/commands/log-command.ts')).logCommand,
  audit: async () => (await import('./runner/commands/audit-command.ts')).auditCommand,
  history: async () => (await import('./runner/commands/history-command.ts')).historyCommand,
  diff: async () => (await import('./runner/commands/history-command.ts')).diffCommand,
  report: async () => (await import('./runner/commands/report-command.ts')).reportCommand,
  restore: async () => (await import('./runner/commands/restore-command.ts')).restoreCommand,
  provenance: async () => (await import('./runner/commands/provenance-command.ts')).provenanceCommand,
  push: async () => (await import('./runner/commands/push-command.ts')).pushCommand,
  pull: async () => (await import('./runner/commands/pull-command.ts')).pullCommand,
  seal: async () => (await import('./runner/commands/seal-command.ts')).sealCommand,
  gc: async () => (await import('./runner/commands/gc-command.ts')).gcCommand,
  clean: async () => (await import('./runner/commands/clean-command.ts')).cleanCommand,
  doctor: async () => (await import('./runner/commands/doctor-command.ts')).doctorCommand,
  init: async () => (await import('./runner/commands/init-command.ts')).initCommand,
  completion: async () => (await import('./runner/commands/completion-command.ts')).completionCommand,
};

/** The first Ctrl-C stops in order; the second at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string): void => {
    if (controller.signal.aborted) process.exit(interrupted);
    controller.abort(new Error(why));
  };
  process.on('SIGINT', () => stop('interrupted'));
  process.on('SIGTERM', () => stop('interrupted'));
  // Who was cut off did not ask for an end: what goes on by itself may.
  process.on('SIGHUP', () => stop('hung up'));
  return controller.signal;
}

/** A reader that went away (`pipeline … | head`) is not an error. */
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

/** Older ones lack the permission model that holds stages to what they declare. */
const oldestNode = 20;

async function main(args: readonly string[]): Promise<number> {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < oldestNode)
    return refuse({
      message: `Node ${node} is too old`,
      hint: `run it with Node ${oldestNode} or newer (node --version)`,
    });
  const started = performance.now();
  const cwd = currentFolder();
  if (cwd === undefined) return refuse({ message: 'the current folder is gone', hint: 'cd to one that is there' });
  const question = noOpQuestion(args, cwd);
  const record = question === undefined ? undefined : findNoOp(question);
  return record === undefined ? perform(args, cwd) : repeatNoOp(record, started);
}

function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const out = (text: string): void => writeTo(1, text);
const error = (text: string): void => writeTo(2, text);

function refuse({ message, hint }: UsageError): number {
  error(`pipeline: ${message}\n${hint === undefined ? '' : `  ${hint}\n`}`);
  return usage;
}

async function perform(args: readonly string[], cwd: string): Promise<number> {
  const [{ parseCommandLine }, { openProject }] = await Promise.all([
    import('./runner/commands/command-line.ts'),
    import('./runner/commands/open-project.ts'),
  ]);
  const parsed = parseCommandLine(args);
  if (!parsed.ok) return refuse(await withSetting(parsed.error, cwd));
  const line = parsed.value;
  const told = await tellOfItself(line);
  if (told !== undefined) return told;
  const project = openProject(line, cwd);
  if (!project.ok) return refuse(project.error);
  const drawable = process.stdout.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
  const io: CommandIo = {
    line,
    project: project.value,
    cwd,
    commandLine: args,
    signal: stopSignal(),
    out,
    error,
    terminal: drawable ? process.stdout : undefined,
  };
  const command = await commands[line.command]!();
  return command(io).catch((problem: unknown) => {
    // stopped while it waited for another run
    if (io.signal.aborted) return interrupted;
    throw problem;
  });
}

/** --version and help, which need no project. */
async function tellOfItself(line: CommandLine): Promise<number | undefined> {
  if (line.version) {
    const { versionText } = await import('./runner/commands/version.ts');
    out(versionText(line.has('json')));
    return 0;
  }
  if (!line.help && line.command !== 'help') return undefined;
  const [{ helpText }, { isCommand, unknownCommand }] = await Promise.all([
    import('./runner/commands/help-text.ts'),
    import('./runner/commands/command-line.ts'),
  ]);
  const wanted = line.help ? line.command : line.operands[0];
  if (wanted !== undefined && !isCommand(wanted)) return refuse(unknownCommand(wanted));
  out(helpText(wanted));
  return 0;
}

/** A flag that no command has may be meant for a parameter of the project around. */
async function withSetting(problem: UsageError, cwd: string): Promise<UsageError> {
  if (problem.unknownFlag === undefined) return problem;
  const { settingHint } = await import('./runner/commands/setting-hint.ts');
  const hint = await settingHint(cwd, problem.unknownFlag);
  return hint === undefined ? problem : { ...problem, hint };
}

/** Nothing changed since this very command found nothing to do. */
async function repeatNoOp(record: NoOpRecord, started: number): Promise<number> {
  const json = record.args.includes('--json');
  const first = json ? `${JSON.stringify({ event: 'run', run: await freshRunId(), stages: record.stages })}\n` : '';
  const seconds = (performance.now() - started) / 1000;
  out(`${first}${record.text.join(json ? seconds.toFixed(3) : seconds.toFixed(1))}`);
  return 0;
}

async function freshRunId(): Promise<string> {
  const { newRunId } = await import('./runner/model/run-id.ts');
  return newRunId(new Date());
}

/** The exit status of an error that no command caught; a stack trace only where it is the runner's own mistake. */
async function tell(error: unknown): Promise<number> {
  const { diskTrouble } = await import('./runner/store/disk-errors.ts');
  const told = error instanceof Error && error.name === 'UserError';
  const trouble = diskTrouble(error);
  const text = error instanceof Error ? (told ? error.message : (error.stack ?? error.message)) : String(error);
  writeTo(2, `pipeline: ${trouble?.message ?? text}\n${trouble?.hint === undefined ? '' : `  ${trouble.hint}\n`}`);
  return told ? usage : failed;
}

process.exitCode = await main(process.argv.slice(2)).catch(tell);
