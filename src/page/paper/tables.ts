/** The tables of the page for a manuscript: CSV and LaTeX. Knows no files. */

/** A head and its rows as text. */
export type PlainTable = readonly (readonly string[])[];

/** The cells of a table of the page. */
export function tableOf(html: string): PlainTable {
  const text = (cell: string): string =>
    cell
      .replace(/<[^>]*>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&');
  return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => text(cell!)),
  );
}

export function csvOf(table: PlainTable): string {
  const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => `${row.map(field).join(',')}\n`).join('');
}

/** booktabs; the first row is the head. */
export function latexOf(table: PlainTable): string {
  const [head = [], ...rows] = table;
  const line = (row: readonly string[]): string => `${row.map(latexText).join(' & ')} \\\\\n`;
  return `\\begin{tabular}{${'l'.repeat(head.length)}}\n\\toprule\n${line(head)}\\midrule\n${rows.map(line).join('')}\\bottomrule\n\\end{tabular}\n`;
}

const SPECIAL: Readonly<Record<string, string>> = {
  ...{
    '\\': '\\textbackslash{}',
    '~': '\\textasciitilde{}',
    '^': '\\textasciicircum{}',
    '<': '\\textless{}',
    '>': '\\textgreater{}',
  },
  ...{
    '≤': '$\\le$',
    '≥': '$\\ge$',
    '✓': '$\\checkmark$',
    '✗': '$\\times$',
    '–': '--',
    '−': '$-$',
    '→': '$\\to$',
    '‖': '$\\|$',
  },
};

/** Text that LaTeX sets as it is. */
export function latexText(text: string): string {
  return text.replace(/[\\~^<>≤≥✓✗–−→‖]|[&%$#_{}]/g, (letter) => SPECIAL[letter] ?? `\\${letter}`);
}
