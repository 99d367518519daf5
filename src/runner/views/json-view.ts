/** Events as one JSON object a line. Knows no terminal. */
import type { Listener } from '../model/events.ts';

export function jsonView(write: (text: string) => void): Listener {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
