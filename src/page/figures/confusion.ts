/** Which odours are taken for which: by chemical class as a map, and odour by odour as a table. */
import { percent } from '../../base/text.ts';
import { svg } from '../../drawing/frame.ts';
import { label } from '../../drawing/svg.ts';
import { readCsv } from './csv.ts';
import type { Figure, FigureTexts } from './figure.ts';
import { box, type Cell, CHART_WIDTH, sortableTable } from './marks.ts';

const UNCLASSED = 'unclassed';

/** DoOR spells some classes in two ways. */
const oneName: Readonly<Record<string, string>> = {
  esters: 'ester',
  acids: 'acid',
  terpenes: 'terpene',
  aromatics: 'aromatic',
  arom: 'aromatic',
  sulfid: 'sulfide',
  '': UNCLASSED,
};

/** The class of each odour by its key. */
function classesOf({ classes }: FigureTexts): (key: string) => string {
  const known = JSON.parse(classes ?? '{}') as Readonly<Record<string, string>>;
  return (key) => {
    const said = known[key] ?? '';
    return oneName[said] ?? said;
  };
}

interface ClassMap {
  readonly names: readonly string[];
  /** Odours of each class. */
  readonly odours: readonly number[];
  /** [k, k] trials of an odour of class a named as one of class b. */
  readonly trials: readonly (readonly number[])[];
  /** [k] of these on the diagonal, named as the very odour. */
  readonly exact: readonly number[];
}

function classMap(texts: FigureTexts): ClassMap {
  const odours = readCsv(texts.perOdour!).map(({ key }) => key!);
  const of = classesOf(texts);
  const counts = new Map<string, number>();
  for (const key of odours) counts.set(of(key), (counts.get(of(key)) ?? 0) + 1);
  const names = [...counts.keys()].sort((a, b) =>
    a === UNCLASSED ? 1 : b === UNCLASSED ? -1 : counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1),
  );
  const place = new Map(names.map((name, k) => [name, k]));
  const trials = names.map(() => names.map(() => 0));
  const exact = names.map(() => 0);
  for (const row of readCsv(texts.confusion!)) {
    const [actual, predicted, count] = [Number(row['actual']), Number(row['predicted']), Number(row['count'])];
    const a = place.get(of(odours[actual]!))!;
    trials[a]![place.get(of(odours[predicted]!))!]! += count;
    if (actual === predicted) exact[a]! += count;
  }
  return { names, odours: names.map((name) => counts.get(name)!), trials, exact };
}

export const classConfusion: Figure = {
  id: 'confusion',
  title: 'Which chemistry is taken for which?',
  sources: ['confusion', 'perOdour', 'classes'],
  draw: (texts) => {
    const { names, odours, trials, exact } = classMap(texts);
    const [left, top] = [96, 84];
    const unit = (CHART_WIDTH - left - 46) / names.length;
    const cells = names.flatMap((given, a) => {
      const all = trials[a]!.reduce((sum, count) => sum + count, 0);
      return names.flatMap((named, b) => {
        const count = trials[a]![b]!;
        if (count === 0) return [];
        const share = count / all;
        const also = a === b ? `, ${exact[a]} of them as the very odour` : '';
        const say = `${given} named as ${named}: ${count} of ${all} trials (${percent(share)})${also}`;
        const square = box(
          left + b * unit + 0.75,
          top + a * unit + 0.75,
          unit - 1.5,
          unit - 1.5,
          `heat ${a === b ? 'pn' : 'wrong'}`,
          say,
          {
            'fill-opacity': String(Math.round(100 * (0.12 + 0.88 * share)) / 100),
            rx: 2,
          },
        );
        const text =
          unit >= 24
            ? label(left + (b + 0.5) * unit, top + (a + 0.5) * unit + 4, String(Math.round(100 * share)), {
                class: `small mid${share > 0.45 ? ' on' : ''}`,
              })
            : '';
        return [square + text];
      });
    });
    const rows = names.map((name, k) =>
      label(left - 7, top + (k + 0.5) * unit + 4, `${name} ${odours[k]}`, { class: 'tick end' }),
    );
    const columns = names.map((name, k) =>
      label(0, 0, name, {
        class: 'tick',
        transform: `translate(${Math.round(left + (k + 0.5) * unit + 4)} ${top - 6}) rotate(-50)`,
      }),
    );
    const side = unit * names.length;
    const frameBox = `<rect x="${left}" y="${top}" width="${Math.round(side)}" height="${Math.round(side)}" class="outline"/>`;
    return {
      body: svg(
        { width: CHART_WIDTH, height: Math.ceil(top + side + 8), about: 'Odours named, by chemical class' },
        frameBox,
        ...cells,
        ...rows,
        ...columns,
      ),
      caption:
        'Rows: class of the odour given, with the number of odours. Columns: class of the odour named. Numbers: per cent of the row. Blue: the right class, orange: another. Classes are DoOR’s; odours without one are “unclassed”.',
    };
  },
};

export const odourTable: Figure = {
  id: 'odours',
  title: 'Odour by odour',
  sources: ['perOdour', 'confusion'],
  wide: true,
  draw: (texts) => {
    const of = classesOf(texts);
    const odours = readCsv(texts.perOdour!);
    const mistaken = new Map<number, { name: string; count: number }>();
    for (const row of readCsv(texts.confusion!)) {
      const [actual, count] = [Number(row['actual']), Number(row['count'])];
      if (row['actual'] === row['predicted'] || count <= (mistaken.get(actual)?.count ?? 0)) continue;
      mistaken.set(actual, { name: row['predicted_name']!, count });
    }
    const share = (text: string | undefined): Cell => ({ text: percent(Number(text)), sort: Number(text) });
    const rows = odours.map((row, k): Cell[] => {
      const wrong = mistaken.get(k);
      return [
        { text: row['name']! },
        { text: of(row['key']!) },
        { text: row['trials']!, sort: Number(row['trials']) },
        share(row['top1']),
        share(row['top5']),
        share(row['untrained_top1']),
        share(row['ideal_observer_top1']),
        { text: wrong === undefined ? '' : `${wrong.name} (${wrong.count})` },
      ];
    });
    const head = ['odour', 'class', 'trials', 'right', 'among five', 'untrained', 'ideal observer', 'mostly taken for'];
    return {
      body: `<p class="filter"><label>Find <input type="search" data-filters="odours" placeholder="name or class"></label></p>${sortableTable('Accuracy of each odour', head, rows)}`,
      caption: `${odours.length} odours; the number in brackets: trials. A head sorts its column.`,
    };
  },
};
