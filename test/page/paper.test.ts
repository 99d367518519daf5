/** Stage paper: every chart as SVG and PDF, tables in two forms, methods and references of the data. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { bibliography } from '../../src/page/paper/methods.ts';
import { chartPdf } from '../../src/page/paper/pdf.ts';
import { csvOf, latexOf, latexText, tableOf } from '../../src/page/paper/tables.ts';
import paper from '../../stages/paper.ts';
import { exampleInputs } from '../rig/example-page.ts';
import { runStage } from '../rig/run-stage.ts';

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('paper', () => {
  it('writes each chart twice, each table twice, methods and references, the same bytes again', async () => {
    const inputs = await exampleInputs();
    const made = async () => {
      const run = await runStage(paper, { params: {}, inputs, outputs: { paper: 'paper/' } });
      await rm(run.folder, { recursive: true });
      assert.equal(run.error, undefined);
      return run.files;
    };
    const files = await made();
    assert.deepEqual(await made(), files);
    const names = Object.keys(files).map((path) => path.replace(/^.*?paper\//, ''));
    const charts = ['accuracy', 'board', 'learning', 'loss', 'rates-over-training', 'rest-to-odour'];
    const tables = ['bands', 'board-distances', 'layers', 'odours'];
    assert.deepEqual(
      names.sort(),
      [
        ...charts.flatMap((name) => [`figures/${name}.pdf`, `figures/${name}.svg`]),
        ...tables.flatMap((name) => [`tables/${name}.csv`, `tables/${name}.tex`]),
        ...['methods.tex', 'references.bib'],
      ].sort(),
    );
    const pdf = latin(Object.entries(files).find(([path]) => path.endsWith('accuracy.pdf'))![1]);
    assert.match(pdf, /MediaBox \[0 0 240\.9449 /, 'a column of 85 mm');
    assert.match(pdf, /\(read from MBON\) Tj/);
  });

  it('gives a PDF whose table of objects points at them, and a dot for every dot', () => {
    const svg =
      '<svg viewBox="0 0 440 200"><line x1="1" y1="2" x2="3" y2="4" class="grid"/><circle cx="9" cy="9" r="3" class="kc"/><text x="100" y="20" class="tick mid">1 &lt; 2 (–)</text><path d="M1 2L3 4M5 6L7 8" class="line pn"/></svg>';
    const pdf = latin(chartPdf(svg, 85));
    const start = Number(/startxref\n(\d+)/.exec(pdf)![1]);
    assert.ok(pdf.startsWith('xref', start));
    const places = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => Number(at));
    assert.equal(places.length, 6);
    for (const [k, at] of places.entries()) assert.ok(pdf.startsWith(`${k + 1} 0 obj`, at));
    const stream = /<< \/Length (\d+) >>\nstream\n([\s\S]*)\nendstream/.exec(pdf)!;
    assert.equal(stream[2]!.length, Number(stream[1]));
    assert.match(stream[2]!, /\(1 < 2 \\\(\\226\\\)\) Tj/);
    assert.match(stream[2]!, /1 2 m 3 4 l 5 6 m 7 8 l S/);
    // Half of the text's width: '1', '2', '(', ')' and the dash, two spaces and '<', in eleven points.
    const x = Number(/1 0 0 -1 (\S+) 20 Tm/.exec(stream[2]!)![1]);
    assert.ok(Math.abs(x - (100 - (11 * (556 * 3 + 333 * 2 + 584 + 278 * 3)) / 2000)) < 0.01, `${x}`);
  });

  it('sets text of tables as it is', () => {
    const html =
      '<table><tr><th>a</th><th>b_c</th></tr><tr><td><span>x &amp; "y"</span></td><td>≤ 5 %</td></tr></table>';
    const table = tableOf(html);
    assert.deepEqual(table, [
      ['a', 'b_c'],
      ['x & "y"', '≤ 5 %'],
    ]);
    assert.equal(csvOf(table), 'a,b_c\n"x & ""y""",≤ 5 %\n');
    assert.match(latexOf(table), /\\toprule\na & b\\_c \\\\\n\\midrule\nx \\& "y" & \$\\le\$ 5 \\% \\\\\n\\bottomrule/);
    assert.equal(latexText('\\{~'), '\\textbackslash{}\\{\\textasciitilde{}');
  });

  it('cites each DOI of the data once', () => {
    const source = { name: 'a', sha256: '', synthetic: false, about: '', licence: '' };
    const both = 'Dorkenwald et al. 2024, doi:10.1/a; Münch & Galizia 2016, doi:10.1/b';
    const { text, keys } = bibliography([
      { ...source, cite: both },
      { ...source, cite: 'Münch & Galizia 2016, doi:10.1/b' },
    ]);
    assert.deepEqual(keys, ['Dorkenwald2024', 'Munch2016']);
    assert.equal([...text.matchAll(/^@article/gm)].length, 2);
    assert.match(text, /author = \{Münch and Galizia\},\n {2}year = \{2016\},\n {2}doi = \{10\.1\/b\}/);
  });
});
