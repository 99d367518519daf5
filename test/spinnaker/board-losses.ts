/** The names of losses in run.py's own list. */

export function losses(script: string): string[] {
  const list = /\nLOSSES = \(([^)]*)\)/.exec(script)![1]!;
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
}
