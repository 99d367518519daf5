/** Text made to fit a width in terminal cells: cut, or wrapped at words. Counts cells, not characters. */
import stringWidth from 'string-width';

/** Without a stage's own escapes and control characters, which would break the table. */
export function flat(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** At most `width` cells; what is cut ends in …. */
export function cut(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  let text = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const cells = stringWidth(segment);
    if (used + cells > width - 1) break;
    text += segment;
    used += cells;
  }
  return width < 1 ? '' : `${text}…`;
}

/** Lines of at most `width` cells, broken at blanks where there are any; a word longer than a line is broken anywhere. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = word;
      while (stringWidth(line) > width && width > 1) {
        const head = cut(line, width).slice(0, -1);
        if (head === '') break;
        lines.push(head);
        line = line.slice(head.length);
      }
    }
  }
  return [...lines, line];
}
