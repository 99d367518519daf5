/** `pipeline graph`: the plan as a picture or as data, coloured by what is stale. */
import { didYouMean } from '../../base/suggest.ts';
import { openPlan } from '../run/open-plan.ts';
import { preview } from '../verdict/preview.ts';
import { type GraphFormat, graphFormats, renderGraph } from '../views/graph.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function graphCommand(io: CommandIo): Promise<number> {
  const format = io.line.text('format') ?? (io.line.has('json') ? 'json' : 'mermaid');
  if (!isFormat(format)) {
    const hint = didYouMean(format, graphFormats) ?? `the formats are: ${graphFormats.join(', ')}`;
    return refuse(io, [{ message: `--format: there is no format '${format}'`, hint }]);
  }
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const { plan, stages, workspace } = opened.value;
  const previews = await preview(workspace, stages, () => false);
  const status = Object.fromEntries(previews.map(({ stage, event }) => [stage.id, event.status]));
  const text = renderGraph(plan, format, { stages, status });
  io.out(io.line.has('json') ? `${JSON.stringify(JSON.parse(text))}\n` : text);
  return exitCodes.done;
}

function isFormat(text: string): text is GraphFormat {
  return (graphFormats as readonly string[]).includes(text);
}
