/** Runs one program to its end and keeps what it says. Uses no shell: zx looks for one in folders that a stage may not read. */
import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** null where the program did not start or was stopped; stderr then ends with the reason. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Never rejects. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ exitCode: null, stdout, stderr: `${stderr}${error.message}` }));
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, stdout, stderr: signal === null ? stderr : `${stderr}stopped by ${signal}` }),
    );
  });
}
