/** The record of the run that `pipeline report` adds to the page, beside what the stage wrote. */
import { byId } from './page.ts';

interface RunStage {
  readonly stage: string;
  readonly status: string;
  readonly seconds: number;
  readonly key: string;
}

export interface RunRecord {
  /** Drawn by the runner: no script in it. */
  readonly graph: string;
  readonly run: string;
  readonly started: string;
  readonly command: string;
  readonly stages: readonly RunStage[];
  /** Parameters that differ from the defaults. */
  readonly changed: Readonly<Record<string, unknown>>;
}

/** Shows the record, where there is one. */
export function showRun(): void {
  const record = JSON.parse(byId('pipeline-run').textContent ?? 'null') as RunRecord | null;
  if (record === null) return;
  const place = byId('run-record');
  place.hidden = false;
  const graph = document.createElement('div');
  graph.className = 'dag';
  graph.append(...new DOMParser().parseFromString(record.graph, 'text/html').body.childNodes);
  const list = document.createElement('dl');
  list.className = 'kv proof';
  const add = (name: string, text: string): void => {
    const [term, said] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    said.textContent = text;
    list.append(term, said);
  };
  add('run', `${record.run}, ${record.started}`);
  add('command', record.command);
  const changed = Object.entries(record.changed);
  add(
    'differs from the defaults',
    changed.length === 0 ? 'nothing' : changed.map(([key, value]) => `${key} = ${JSON.stringify(value)}`).join('; '),
  );
  for (const { stage, status, seconds, key } of record.stages)
    add(stage, `${status}, ${seconds.toFixed(1)} s, key ${key.slice(0, 12)}`);
  place.append(graph, list);
}
