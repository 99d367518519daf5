/** Which view a run has: JSON lines, a live table on a terminal, or plain lines. */
import type { Listener } from '../model/events.ts';
import type { CommandIo } from './command-io.ts';

/** A view of one run, closed at its end. */
export interface View {
  readonly on: Listener;
  close(): void;
}

export async function openView(io: CommandIo): Promise<View> {
  if (io.line.has('json')) {
    const { jsonView } = await import('../views/json-view.ts');
    return { on: jsonView(io.out), close: () => undefined };
  }
  if (io.terminal !== undefined) {
    const [{ TerminalView }, { inkFor }] = await Promise.all([
      import('../views/terminal-view.ts'),
      import('../views/ink.ts'),
    ]);
    const view = new TerminalView(io.terminal, inkFor(process.env));
    return { on: (event) => view.on(event), close: () => view.close() };
  }
  const { PlainView } = await import('../views/plain-view.ts');
  const view = new PlainView(io.out);
  return { on: (event) => view.on(event), close: () => undefined };
}
