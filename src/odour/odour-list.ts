/** A list of odours as text, one a line → names. Reads no files. */

/** InChIKeys or names, each once; blank lines and those that begin with `#` are passed over. */
export function parseOdourList(text: string): readonly string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))];
}
