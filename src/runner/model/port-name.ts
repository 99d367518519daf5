/** A name for an input or output that nobody named yet, after its file: `data/my-table.csv` → `myTable`. Knows no stages. */
export function portName(path: string, fallback: string): string {
  const base = path
    .replace(/\/$/, '')
    .split('/')
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  return base.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '') || fallback;
}
