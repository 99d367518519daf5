/** How a process ended → words for people. Runs nothing. */
import { constants } from 'node:os';

/** `ended with status 3`, with what is usually meant by it. A shell says 128 + N where a program in it was ended by signal N. */
export function endingWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `was ended by ${signal}${meaningOf(signal)}`;
  if (code === 126) return 'ended with status 126 (a program could not be executed)';
  if (code === 127) return 'ended with status 127 (a program was not found)';
  const inner = signalOf((code ?? 0) - 128);
  return `ended with status ${code}${inner === undefined ? '' : ` (by ${inner}${meaningOf(inner)})`}`;
}

function meaningOf(signal: string): string {
  if (signal === 'SIGKILL') return ': out of memory?';
  if (signal === 'SIGPIPE') return ': a program wrote to one that had ended, as before `| head`';
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL') return ': a program crashed';
  return '';
}

function signalOf(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
