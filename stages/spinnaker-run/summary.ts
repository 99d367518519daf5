/** A target's outcome as Markdown. Text only. */
import type { PopulationComparison } from '../../src/spinnaker/comparison.ts';
import type { Outcome } from './outcome.ts';

function table(rows: readonly PopulationComparison[]): string {
  const lines = rows.map(
    (p) =>
      `| ${p.population} | ${p.spikesReference} | ${p.spikes} | ${p.equal} | ${p.countDistance.toFixed(4)} | ${p.firstDifference < 0 ? '–' : p.firstDifference} | ${p.vanRossum.toFixed(3)} |`,
  );
  return `| population | spikes, reference | spikes, target | same cell and step | Σ\\|count difference\\| / spike | first difference (step) | van Rossum distance |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
}

/** Headlines, then spikes by population where there are any. */
export function summaryOf(target: string, outcome: Outcome): string {
  const populations = outcome.report['populations'] as readonly PopulationComparison[] | undefined;
  const lines = outcome.headlines.map(({ label, value }) => `- ${label}: ${value}`);
  return `# spinnaker-run, target ${target}\n\n${lines.join('\n')}\n${populations === undefined ? '' : `\n${table(populations)}`}`;
}
