/**
 * The first thing that a stage's process is: a shell that waits until the runner has noted it, gives it real pipes, and becomes the stage.
 * Node's own pipes are socket pairs, which no program can open as /dev/stdout. Knows no stages.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';

/** The descriptor by which gate and runner speak. */
const control = 4;

/**
 * Before the stage's own words: two pipes are made (a substitution that ends at once leaves its reading end) and told of; the runner's
 * answer says whether it has opened them. Without /proc the stage keeps what Node gave it.
 */
export const gate: string = [
  'ready=plain; { exec 5< <(:) 6< <(:) && exec 7>/proc/self/fd/5 8>/proc/self/fd/6 && ready=pipes; } 2>/dev/null',
  `echo $ready >&${control}; read -r -u ${control} ready || exit 125`,
  'if [ "$ready" = pipes ]; then exec 1>&7 2>&8; fi; exec 5<&- 6<&- 7>&- 8>&-; exec ',
].join('; ');

/** Before a command's words, where nothing outlives it: says at the end on the control descriptor what processor time it took. */
export const timed: string = `trap : TERM INT HUP; exec 9>&2 2>/dev/null; "$@" 2>&9 9>&- ${control}<&-; code=$?; times >&${control}; exit $code`;

export interface OpenedGate {
  readonly out: Readable;
  readonly err: Readable;
  /** `pipe:[123]`, by which their holders are found; none where they are not real pipes. */
  readonly pipes: readonly string[];
  /** Lets the stage begin. */
  open(): void;
  /** What the stage's shell said on the control descriptor, once the process has ended. */
  said(): string;
}

/** Waits until the gate is ready; its own output streams where it can make no pipes, or ends before. */
export async function meetGate(child: ChildProcess): Promise<OpenedGate> {
  const line = child.stdio[control] as Duplex;
  let said = '';
  line.setEncoding('utf8');
  line.on('error', () => undefined);
  const ready = new Promise<void>((resolve) => {
    line.on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve();
    });
    // Its writing end stays open, so a gate that is ended before it speaks is told by the end alone.
    for (const over of ['end', 'close']) line.once(over, resolve);
    child.once('error', () => resolve());
  });
  await ready;
  const opened = said.startsWith('pipes') ? openPipes(child.pid!) : undefined;
  const { out, err, pipes } = opened ?? { out: child.stdout!, err: child.stderr!, pipes: [] };
  const open = (): void => void line.write(opened === undefined ? 'plain\n' : 'pipes\n');
  return { out, err, pipes, open, said: () => said.slice(said.indexOf('\n') + 1) };
}

/** The reading ends, by the gate's own descriptors. */
function openPipes(pid: number): Pick<OpenedGate, 'out' | 'err' | 'pipes'> | undefined {
  const opened: number[] = [];
  try {
    const paths = [5, 6].map((fd) => `/proc/${pid}/fd/${fd}`);
    const pipes = paths.map((path) => readlinkSync(path));
    for (const path of paths) opened.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    const [out, err] = opened.map((fd) => new Socket({ fd, readable: true, writable: false }));
    return { out: out!, err: err!, pipes };
  } catch {
    for (const fd of opened) closeSync(fd);
    return undefined;
  }
}
