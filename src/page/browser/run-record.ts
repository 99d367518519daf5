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
  readonly started: string;
  readonly command: string;
  readonly stages: readonly RunStage[];
  /** Parameters that differ from what pipeline.yaml says by itself. */
  readonly changed: Readonly<Record<string, unknown>>;
}

/** Shows the record, where there is one. */
export function showRun(): void {
  const record = JSON.parse(byId('pipeline-run').textContent ?? 'null') as RunRecord | null;
  if (record === null) return;
  const place = byId('run-record');
  place.hidden = false;
  // As an image, so that its style sheet is its own.
  const graph = document.createElement('div');
  graph.className = 'dag';
  const picture = document.createElement('img');
  picture.src = `data:image/svg+xml,${encodeURIComponent(record.graph)}`;
  picture.alt = `The stages of the run: ${record.stages.map(({ stage, status }) => `${stage} ${status}`).join(', ')}`;
  graph.append(picture);
  const list = document.createElement('dl');
  list.className = 'kv proof';
  const add = (name: string, text: string): void => {
    const [term, said] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    said.textContent = text;
    list.append(term, said);
  };
  add('report', `${record.started.slice(0, 16).replace('T', ' ')} UTC`);
  add('command', record.command);
  const changed = Object.entries(record.changed);
  add(
    'differs from pipeline.yaml',
    changed.length === 0 ? 'nothing' : changed.map(([key, value]) => `${key} = ${JSON.stringify(value)}`).join('; '),
  );
  for (const { stage, status, seconds, key } of record.stages)
    add(stage, `${status}, ${seconds.toFixed(1)} s, key ${key.slice(0, 12)}`);
  place.append(graph, list);
}
