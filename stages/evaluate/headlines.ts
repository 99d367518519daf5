/** An evaluation → what people are told of it first: accuracy, then rest, evoked, answers and decorrelation beside the untrained network. */
import type { BandCheck } from '../../src/analysis/activity/bands.ts';
import type { Interval } from '../../src/analysis/classification/bootstrap.ts';
import {
  type Evaluation,
  mainReadout,
  type NetworkEvaluation,
  untrainedReadout,
} from '../../src/analysis/evaluation/evaluation.ts';
import type { LayerActivity } from '../../src/analysis/evaluation/layer-activity.ts';
import { mean } from '../../src/base/numbers.ts';
import { percent } from '../../src/base/text.ts';
import type { Headline } from '../../src/stage.ts';

/** Lines whose populations are absent are left out. */
export function headlines(evaluation: Evaluation): Headline[] {
  const { trained, untrained, baselines, chance } = evaluation;
  const top1 = mainReadout(trained).scored.top1;
  const before = untrainedReadout(evaluation)?.top1.mean;
  const accuracy = `${percent(top1.mean)} (${percent(top1.low)}–${percent(top1.high)})`;
  const beside = `chance ${percent(chance)}, untrained ${before === undefined ? '–' : percent(before)}, ceiling ${percent(baselines.knownWindow.top1.mean)}`;
  const both = (of: (network: NetworkEvaluation) => string | undefined): string | undefined => {
    const [own, before] = [of(trained), of(untrained)];
    return own === undefined ? undefined : `${own}; untrained ${before ?? '–'}`;
  };
  const lines: readonly (readonly [label: string, value: string | undefined])[] = [
    [`test accuracy, ${mainReadout(trained).population} readout`, `${accuracy}; ${beside}`],
    ['the same, readout to convergence', both(convergedText)],
    ['at rest → in odour trials, Hz', both(ratesText)],
    ['spikes that are there at rest', both(shareText)],
    ['KC answer', both(answersText)],
    ['mean r between odours, PN → KC', both(correlationText)],
    ['bands on rest and evoked', bandsText(trained.activity.bands, true)],
    ['bands on odour trials alone', bandsText(trained.activity.bands, false)],
  ];
  return lines.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

function convergedText({ converged }: NetworkEvaluation): string | undefined {
  if (converged === undefined) return undefined;
  const { mean: value, low, high } = converged.top1;
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function layersNamed({ activity }: NetworkEvaluation, names: readonly string[]): LayerActivity[] {
  return names.flatMap((name) => activity.layers.find((layer) => layer.name === name) ?? []);
}

function joined(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : parts.join(', ');
}

function ratesText(network: NetworkEvaluation): string | undefined {
  const two = ({ mean: hz }: Interval): string => hz.toPrecision(2);
  return joined(
    layersNamed(network, ['PN', 'KC', 'MBON']).map(
      ({ name, rest }) => `${name} ${two(rest.restHz)} → ${two(rest.odourHz)}`,
    ),
  );
}

function shareText(network: NetworkEvaluation): string | undefined {
  return joined(
    layersNamed(network, ['KC', 'MBON']).flatMap(({ name, rest: { restShare } }) =>
      restShare === null
        ? []
        : `${name} ${percent(restShare.mean)} (${percent(restShare.low)}–${percent(restShare.high)})`,
    ),
  );
}

function answersText(network: NetworkEvaluation): string | undefined {
  const [kc] = layersNamed(network, ['KC']);
  return kc === undefined ? undefined : `${percent(mean(kc.answered))} of odours`;
}

function correlationText(network: NetworkEvaluation): string | undefined {
  const found = layersNamed(network, ['PN', 'KC']).flatMap(({ patterns }) => patterns ?? []);
  return found.length < 2 ? undefined : found.map(({ meanCorrelation }) => meanCorrelation.toFixed(2)).join(' → ');
}

function bandsText(all: readonly BandCheck[], lead: boolean): string | undefined {
  const bands = all.filter((band) => band.lead === lead);
  const outside = bands.filter(({ inside }) => !inside);
  if (bands.length === 0) return undefined;
  if (outside.length === 0) return `all ${bands.length} kept`;
  return `${bands.length - outside.length} of ${bands.length} kept; outside: ${outside.map(({ key }) => key).join(', ')}`;
}
