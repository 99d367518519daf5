/** Faults in the evaluation, its figures and what is drawn. */
import { faultsIn, type Mutant } from './mutant.ts';

export const analysisMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/analysis/compare/paired.ts',
    ['analysis/compare/paired'],
    [
      {
        id: 'A40',
        what: 'equivalence is shown by the better of both one-sided tests',
        find: 'equivalenceP: Math.max(upper',
        replace: 'equivalenceP: Math.min(upper',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/compare/comparison.ts',
    ['analysis/compare/verdict'],
    [
      {
        id: 'A41',
        what: 'pairs are made by their places, not by their replicates',
        find: 'const others = pairs.map((one) => base.find((other) => other.replicate === one.replicate)!);',
        replace: 'const others = [...base].reverse();',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/compare/verdict.ts',
    ['analysis/compare/verdict'],
    [
      {
        id: 'A42',
        what: 'a null result is told for want of a difference',
        find: 'if (equivalenceQ <= alpha)',
        replace: 'if (equivalenceQ <= alpha || q > alpha)',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/baselines/ideal-observer.ts',
    ['analysis/baselines/baselines'],
    [
      {
        id: 'A1',
        what: 'the ceiling ignores silent steps',
        find: 'let sum = counts.onSteps[b]! * perStep[c]!;',
        replace: 'let sum = 0 * perStep[c]!;',
      },
      {
        id: 'A10',
        what: 'the observer of counts forgets the spikes after the odour',
        find: '(onSteps * on + (steps - onSteps) * off)',
        replace: '(onSteps * on)',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/baselines/leakage.ts',
    ['analysis/baselines/baselines'],
    [
      {
        id: 'A11',
        what: 'the leakage alarm rings for a network that equals the observer',
        find: 'alarm: excess.low > 0',
        replace: 'alarm: excess.low >= 0',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/classification/bootstrap.ts',
    ['analysis/classification/'],
    [
      {
        id: 'A2',
        what: 'the 95 % interval is one of 90 %',
        find: 'low: quantile(means, 0.025), high: quantile(means, 0.975)',
        replace: 'low: quantile(means, 0.05), high: quantile(means, 0.95)',
      },
      {
        id: 'A12',
        what: 'the interval is one of 97.5 %, one-sided',
        find: 'quantile(means, 0.975)',
        replace: 'quantile(means, 1)',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/classification/calibration.ts',
    ['analysis/classification/'],
    [
      {
        id: 'A13',
        what: 'the calibration error is signed',
        find: 's.trials * Math.abs(s.accuracy - s.confidence)',
        replace: 's.trials * (s.accuracy - s.confidence)',
      },
    ],
  ),
  ...faultsIn(
    'src/base/text.ts',
    ['drawing/svg', 'analysis/report/'],
    [
      {
        id: 'A4',
        what: 'nothing is escaped in the report',
        find: "return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\"/g, '&quot;');",
        replace: 'return text;',
      },
    ],
  ),
  ...faultsIn(
    'src/base/numbers.ts',
    ['base/', 'analysis/activity/', 'analysis/classification/'],
    [
      {
        id: 'A23',
        what: 'a quantile is the nearest rank below',
        find: '+ (at - low) * (sorted[high]! - sorted[low]!);',
        replace: '+ 0 * (sorted[high]! - sorted[low]!);',
      },
      {
        id: 'A24',
        what: 'the standard deviation is that of a sample',
        find: 'return Math.sqrt(squares / values.length);',
        replace: 'return Math.sqrt(squares / (values.length - 1));',
      },
    ],
  ),
  ...faultsIn(
    'src/drawing/svg.ts',
    ['drawing/svg', 'analysis/report/'],
    [
      {
        id: 'A25',
        what: 'labels of drawings are not escaped',
        find: "element('text', { x, y, ...attributes }, escaped(text))",
        replace: "element('text', { x, y, ...attributes }, text)",
      },
      {
        id: 'A14',
        what: 'attributes of drawings are not escaped',
        find: 'coordinate(value) : escaped(value!)',
        replace: 'coordinate(value) : value',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/views/graph-svg.ts',
    ['drawing/names', 'runner/graph/'],
    [
      {
        id: 'V10',
        what: 'names of files are not escaped in the graph',
        find: '${escaped(shorten(line))}',
        replace: '${shorten(line)}',
      },
    ],
  ),
  ...faultsIn(
    'src/drawing/charts.ts',
    ['analysis/report/'],
    [
      {
        id: 'A15',
        what: 'cells of tables are not escaped',
        find: "typeof cell === 'string' ? escaped(cell) :",
        replace: "typeof cell === 'string' ? cell :",
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/report/evaluation-page.ts',
    ['analysis/report/'],
    [
      {
        id: 'A6',
        what: 'the leakage alarm is never shown on the page',
        find: 'alarm: leakage.alarm\n',
        replace: 'alarm: leakage === undefined\n',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/activity/answered.ts',
    ['analysis/activity/'],
    [
      {
        id: 'A16',
        what: 'a cell answers where fewer than half of the trials say so',
        find: 'of > 0 && 2 * n >= of ? 1 : 0',
        replace: 'of > 0 && 3 * n >= of ? 1 : 0',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/activity/sparseness.ts',
    ['analysis/activity/'],
    [
      {
        id: 'A17',
        what: 'silent cells count as sparse',
        find: 'if (value !== null) found.push(value);',
        replace: 'found.push(value ?? 1);',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/activity/tuning.ts',
    ['analysis/activity/'],
    [
      {
        id: 'A18',
        what: 'tuning curves are read from the half that ranks',
        find: 'curve[rank]! += responses[c * n + i]!;',
        replace: 'curve[rank]! += by(c);',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/spike-trains/victor-purpura.ts',
    ['analysis/spike-trains/'],
    [
      {
        id: 'A19',
        what: 'moving a spike costs the same whatever the distance',
        find: 'perMs * Math.abs(s - b.timesMs[j - 1]!)',
        replace: 'perMs',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/spike-trains/variability.ts',
    ['analysis/spike-trains/'],
    [
      {
        id: 'A20',
        what: 'LV is off by its factor 3',
        find: '(3 * (a - b) ** 2) / (a + b) ** 2',
        replace: '(a - b) ** 2 / (a + b) ** 2',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/evaluation/readout-accuracy.ts',
    ['analysis/', 'stages/evaluate'],
    [
      {
        id: 'A21',
        what: 'accuracy against duration is in the order of trials',
        find: '.sort((a, b) => onSteps[a]! - onSteps[b]! || a - b)',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/evaluation/evaluation.ts',
    ['analysis/', 'stages/evaluate'],
    [
      {
        id: 'A22',
        what: 'the leakage check looks at the worst readout',
        find: 'b.classification.top1 > a.classification.top1 ? b : a',
        replace: 'b.classification.top1 < a.classification.top1 ? b : a',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/network/physiology.ts',
    ['snn/physiology', 'analysis/activity/'],
    [
      {
        id: 'A30',
        what: 'half of the Kenyon cells may be active',
        find: 'kcActive: { lo: 0.03, hi: 0.08,',
        replace: 'kcActive: { lo: 0.03, hi: 0.5,',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/recordings/kenyon-answers.ts',
    ['analysis/recordings/'],
    [
      {
        id: 'F40',
        what: 'odours a cell are counted over all cells, silent ones too',
        find: 'const answering = 1 - byCount[0]!;',
        replace: 'const answering = 1;',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/record/record-trials.ts',
    ['stages/record'],
    [
      {
        id: 'F41',
        what: 'every spike of a trial is recorded at the time of its first',
        find: 'step[at] = this.steps[b]![k]!;',
        replace: 'step[at] = this.steps[b]![0]!;',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/recorded-task.ts',
    ['odour/recorded-task'],
    [
      {
        id: 'F42',
        what: 'a recorded inhibition lowers the chance of a spike',
        find: 'Number.isNaN(value) ? 0 : Math.max(0, value)',
        replace: 'Number.isNaN(value) ? 0 : value',
      },
    ],
  ),
  ...faultsIn(
    'src/analysis/investigate/learning.ts',
    ['analysis/investigate/runs'],
    [
      {
        id: 'F43',
        what: 'learning weakens the synapses of all Kenyon cells, tagged or not',
        find: 'if (!tagged(i)) continue;',
        replace: '',
      },
    ],
  ),
];
