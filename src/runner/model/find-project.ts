/** Which folder a command works in. Loaded by every run, so it imports next to nothing. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As it is called where nothing else is said. */
export const pipelineFile = 'pipeline.yaml';

/** The nearest folder, from here upwards, that holds a pipeline.yaml; this one where none does. */
export function findProjectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, pipelineFile))) return folder;
    if (dirname(folder) === folder) return from;
  }
}
