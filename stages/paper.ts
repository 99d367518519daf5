/** paper: what a run made → a folder for a manuscript: figures as SVG and PDF, tables as CSV and LaTeX, methods, references. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { standAlone } from '../src/drawing/stand-alone.ts';
import { sourcesOf } from '../src/formats/data-sources.ts';
import { chemicalClasses } from '../src/page/chemical-classes.ts';
import { drawFigure, type FigureTexts } from '../src/page/figures/figure.ts';
import { figureList } from '../src/page/figures/list.ts';
import { bibliography, methodsText } from '../src/page/paper/methods.ts';
import { chartPdf } from '../src/page/paper/pdf.ts';
import { csvOf, latexOf, tableOf } from '../src/page/paper/tables.ts';
import { chartRules } from '../src/page/style.ts';
import { decodeModel } from '../src/snn/network/model-file.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './paper/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Writes figures, tables, methods and references of a run for a manuscript.',
  params: paramsSchema,
  inputs: {
    model: { kind: 'model', about: 'the trained network, for the methods' },
    metrics: { kind: 'json', about: 'the figures of evaluate', optional: true },
    perOdour: { kind: 'csv', about: 'accuracy of each odour', optional: true },
    confusion: { kind: 'csv', about: 'odours taken for one another', optional: true },
    training: { kind: 'jsonl', about: 'the epochs of train', optional: true },
    board: { kind: 'json', about: 'the report of spinnaker-run', optional: true },
    tables: { kind: 'folder', about: 'tables with DoOR’s list of odours, for chemical classes', optional: true },
  },
  outputs: { paper: { kind: 'folder', about: 'figures/, tables/, methods.tex, references.bib' } },
  run,
});

export default stage;

async function run({ inputs, outputs, params }: StageContext<Params>): Promise<readonly Headline[]> {
  const texts: Record<string, string> = {};
  for (const name of ['metrics', 'perOdour', 'confusion', 'training', 'board'])
    if (inputs[name] !== undefined) texts[name] = await readFile(inputs[name], 'utf8');
  if (inputs['tables'] !== undefined)
    texts['classes'] = await chemicalClasses(await readFile(join(inputs['tables'], 'odor.RData')));
  const folder = outputs['paper']!;
  for (const name of ['figures', 'tables']) await mkdir(join(folder, name), { recursive: true });
  let [figures, tables] = [0, 0];
  for (const figure of figureList.flatMap((part) => part.figures)) {
    const drawn = drawFigure(figure, texts as FigureTexts);
    if (drawn === undefined) continue;
    if (drawn.body.startsWith('<svg')) {
      figures++;
      await writeFile(join(folder, `figures/${figure.id}.svg`), aloneOf(drawn.body, figure.title));
      await writeFile(join(folder, `figures/${figure.id}.pdf`), chartPdf(drawn.body, params.paper.columnMm));
    } else if (drawn.body.includes('<table')) {
      tables++;
      const table = tableOf(drawn.body);
      await writeFile(join(folder, `tables/${figure.id}.csv`), csvOf(table));
      await writeFile(join(folder, `tables/${figure.id}.tex`), latexOf(table));
    }
  }
  const model = decodeModel(await readFile(inputs['model']!));
  const { text, keys } = bibliography(sourcesOf(model.provenance));
  await writeFile(join(folder, 'methods.tex'), methodsText(model, keys));
  await writeFile(join(folder, 'references.bib'), text);
  return [{ label: 'paper', value: `${figures} figures, ${tables} tables, ${keys.length} references` }];
}

/** The chart as a file of its own. */
function aloneOf(svg: string, about: string): string {
  const [, , width, height] = /viewBox="([^"]*)"/.exec(svg)![1]!.split(' ').map(Number);
  const inside = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>')).replace(/ data-say="[^"]*"/g, '');
  return standAlone({ width: width!, height: height!, about }, `<style>${chartRules}</style>`, inside);
}
