/** A comparison as one SVG: for each outcome every replicate with mean and interval, and beside it the differences with the margin drawn in. */
import { type Axis, frame, line } from '../../drawing/frame.ts';
import type { Scale } from '../../drawing/scale.ts';
import { standAlone } from '../../drawing/stand-alone.ts';
import { element, figure, label } from '../../drawing/svg.ts';
import type { Comparison, Contrast, Level } from './comparison.ts';
import type { Outcome } from './plan.ts';
import type { Verdict } from './verdict.ts';

const WIDTH = 980;
const LEFT = { width: 570, names: 150 } as const;
const ROW = 26;

/** The whole file; the same comparison is the same bytes. */
export function comparisonFigure(comparison: Comparison, verdict: Verdict): string {
  const { plan } = comparison;
  const head = wrapped(`${verdict.verdict}: ${verdict.sentence}`, 138);
  let top = 44 + 16 * head.length;
  const panels = Object.entries(plan.outcomes).map(([name, outcome]) => {
    const drawn = panelOf(comparison, name, outcome, top);
    top += drawn.height;
    return drawn.text;
  });
  const foot = wrapped(
    `Dots: each replicate (${plan.replicates.join(', ')}); bar: 95 % interval by resampling replicates and odours within; shaded: differences within the margin. Does not show: ${plan.doesNotShow}`,
    150,
  );
  const height = top + 14 * foot.length + 14;
  return standAlone(
    { width: WIDTH, height, about: `${plan.question} ${verdict.verdict}` },
    label(14, 26, plan.question, { class: 'heading strong' }),
    ...head.map((text, k) => label(14, 48 + 16 * k, text, k === 0 ? { class: 'row' } : { class: 'row' })),
    ...panels,
    ...foot.map((text, k) => label(14, top + 12 + 14 * k, text, { class: 'tick' })),
  );
}

function wrapped(text: string, most: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > most) lines.push(word);
    else lines[lines.length - 1] = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
  }
  return lines;
}

function panelOf({ plan, levels, contrasts }: Comparison, name: string, outcome: Outcome, top: number) {
  const own = levels.filter((level) => level.outcome === name);
  const beside = contrasts.filter((contrast) => contrast.outcome === name);
  const height = 58 + ROW * own.length;
  const y: Axis = { title: '', lo: 0, hi: own.length, ticks: [] };
  const common = { height, bottom: 34, y };
  const values = frame(
    {
      ...common,
      width: LEFT.width,
      left: LEFT.names,
      right: 124,
      about: outcome.label,
      at: [0, top],
      x: valueAxis(own, outcome),
    },
    (x, _y, area) =>
      rows(
        own,
        area.top,
        area.left,
        (level, cy, k) =>
          levelMarks(level, outcome, x, cy, k) + label(area.right + 8, cy + 4, meanText(level), { class: 'tick' }),
      ) + (outcome.value === null ? '' : line(x.at(outcome.value), area.top, x.at(outcome.value), area.bottom, 'axis')),
  );
  if (beside.length === 0) return { height, text: values };
  const differences = frame(
    {
      ...common,
      width: WIDTH - LEFT.width,
      left: 14,
      right: 88,
      about: `differences of ${outcome.label}`,
      at: [LEFT.width, top],
      x: differenceAxis(beside, outcome),
    },
    (x, _y, area) =>
      marginBand(x, outcome, area) +
      line(x.at(0), area.top, x.at(0), area.bottom, 'axis') +
      own
        .map(
          (level, k) =>
            [beside.find((contrast) => contrast.level === level.level), area.top + (k + 0.5) * ROW] as const,
        )
        .map(([contrast, cy]) =>
          contrast === undefined
            ? ''
            : contrastMarks(contrast, { x, cy, right: area.right, least: plan.leastReplicates }),
        )
        .join(''),
  );
  return { height, text: values + differences };
}

function rows(
  levels: readonly Level[],
  top: number,
  left: number,
  draw: (level: Level, cy: number, k: number) => string,
): string {
  return levels
    .map((level, k) => {
      const cy = top + (k + 0.5) * ROW;
      return (
        label(left - 10, cy + 4, level.level === '' ? 'all' : level.level, { class: 'row end' }) + draw(level, cy, k)
      );
    })
    .join('');
}

function levelMarks({ replicates, mean, interval }: Level, _outcome: Outcome, x: Scale, cy: number, k: number): string {
  const colour = `other-${k % 4}`;
  const bar = interval === undefined ? '' : line(x.at(interval.low), cy, x.at(interval.high), cy, `interval ${colour}`);
  const dots = replicates.map(({ value }, i) =>
    element('circle', {
      cx: x.at(value),
      cy: cy + (replicates.length > 1 ? 6 * ((i % 3) - 1) : 0),
      r: 2,
      class: 'soft',
    }),
  );
  return bar + dots.join('') + element('circle', { cx: x.at(mean), cy, r: 4.5, class: colour });
}

function meanText({ mean, sd, replicates }: Level): string {
  return `${figure(mean)}${Number.isFinite(sd) ? ` ± ${figure(sd)}` : ''}, n = ${replicates.length}`;
}

function contrastMarks(
  { differences, test, interval, q }: Contrast,
  { x, cy, right, least }: { readonly x: Scale; readonly cy: number; readonly right: number; readonly least: number },
): string {
  const bounds = interval ?? test;
  const bar = Number.isFinite(bounds.low) ? line(x.at(bounds.low), cy, x.at(bounds.high), cy, 'interval ink') : '';
  const dots = differences.map(({ value }) =>
    element('circle', { cx: x.at(value), cy: cy + 6, r: 1.8, class: 'soft' }),
  );
  const said = test.n >= least ? `q = ${figure(q)}` : `n = ${test.n}`;
  return (
    bar +
    dots.join('') +
    element('circle', { cx: x.at(test.mean), cy, r: 4.5, class: 'ink' }) +
    label(right + 8, cy + 4, said, { class: 'tick' })
  );
}

function marginBand(x: Scale, { margin }: Outcome, area: { readonly top: number; readonly bottom: number }): string {
  const [from, to] = [x.at(-margin), x.at(margin)];
  return element('rect', { x: from, y: area.top, width: to - from, height: area.bottom - area.top, class: 'band' });
}

function valueAxis(levels: readonly Level[], { label: title, unit, value }: Outcome): Axis {
  const all = levels.flatMap(({ replicates, interval }) => [
    ...replicates.map((one) => one.value),
    interval?.low,
    interval?.high,
  ]);
  return axisOver([...all, value ?? undefined], `${title}, ${unit}`);
}

function differenceAxis(contrasts: readonly Contrast[], { unit, margin }: Outcome): Axis {
  const all = contrasts.flatMap(({ differences, interval, test }) => {
    const bounds = interval ?? test;
    return [...differences.map((one) => one.value), bounds.low, bounds.high];
  });
  return axisOver([...all, -1.2 * margin, 1.2 * margin], `difference to ${contrasts[0]!.than}, ${unit}`);
}

function axisOver(values: readonly (number | undefined)[], title: string): Axis {
  const known = values.filter((one): one is number => one !== undefined && Number.isFinite(one));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const room = 0.06 * (most - least || Math.abs(most) || 1);
  return { title, lo: least - room, hi: most + room };
}
