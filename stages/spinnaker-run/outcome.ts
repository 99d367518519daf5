/** What every target gives back to the stage. */

import type { SystemResult } from '../../src/spinnaker/compare/side-by-side.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import type { Headline } from '../../src/stage.ts';

export interface Outcome {
  /** Spikes of the exported trials, as far as the target has them. */
  readonly spikes: readonly Raster[];
  /** JSON data. */
  readonly report: Readonly<Record<string, unknown>>;
  /** Simulators side by side, where the target makes spikes. */
  readonly systems?: Readonly<Record<string, SystemResult>>;
  /** Markdown for the summary. */
  readonly details?: string;
  readonly headlines: readonly Headline[];
  /** Doubts to tell at the end of the run. */
  readonly warnings?: readonly string[];
}
