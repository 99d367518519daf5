/** The end of a run as a terminal shows it: fitted to its width, coloured where that helps. The plain words are those of words.ts. */
import stringWidth from 'string-width';
import type { StageEvent, Summary } from '../model/events.ts';
import { cut, wrapWords } from './fit.ts';
import type { Ink } from './ink.ts';
import { endRows, failures, formatCounts, formatTable, headlineRows, warningLines } from './words.ts';

export interface Paper {
  readonly width: number;
  readonly ink: Ink;
  /** Whether nothing was done, only foretold. */
  readonly dry?: boolean;
}

export function endPage(ends: readonly StageEvent[], summary: Summary, paper: Paper): string {
  const { width, ink, dry = false } = paper;
  const parts = [stageTable(ends, paper), hangingTable(headlineRows(ends), width)];
  parts.push(warningLines(ends).map(ink.doubt).join('\n'), failures(ends).map(ink.bad).join('\n'));
  const counts = formatCounts(summary, dry);
  parts.push(summary.failed > 0 ? ink.bad(counts) : counts);
  return parts.filter((part) => part !== '').join('\n\n');
}

/** One line a stage; what does not fit of the reasons is cut. */
function stageTable(ends: readonly StageEvent[], { width, ink, dry }: Paper): string {
  const rows = endRows(ends, dry);
  if (rows.length === 0) return '';
  const lines = formatTable(rows).split('\n');
  return lines.map((line, i) => tint(cut(line, width), ends[i]!, ink)).join('\n');
}

function tint(line: string, { status }: StageEvent, ink: Ink): string {
  if (status === 'failed') return ink.bad(line);
  return status === 'ran' || status === 'restored' ? line : ink.faint(line);
}

/** Columns padded to their widest cell; the last is wrapped at words and hangs under itself. In a narrow window it hangs under the second. */
export function hangingTable(rows: readonly (readonly [string, string, string])[], width: number): string {
  const first = Math.max(0, ...rows.map(([cell]) => stringWidth(cell)));
  const second = Math.max(0, ...rows.map(([, cell]) => stringWidth(cell)));
  const indent = first + second + 4;
  const room = width - indent;
  const beside = room >= 24;
  return rows
    .flatMap(([stage, label, value]) => {
      const head = `${pad(stage, first)}  ${pad(label, second)}`;
      if (beside) {
        const [line, ...rest] = wrapWords(value, room);
        return [`${head}  ${line}`, ...rest.map((text) => ' '.repeat(indent) + text)];
      }
      const under = first + 2;
      const narrow = Math.max(12, width - under);
      const lines = [...wrapWords(label, narrow), ...wrapWords(value, narrow - 2).map((text) => `  ${text}`)];
      return lines.map((text, i) => `${i === 0 ? pad(stage, first) : ' '.repeat(first)}  ${text}`);
    })
    .map((line) => line.trimEnd())
    .join('\n');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}
