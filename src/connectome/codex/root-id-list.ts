/** A list of root ids as text (root_ids_<keyword>.txt, as Codex search results are saved) → ids. Reads no files. */
import { userError } from '../../base/located-error.ts';

const MOST = 1n << 63n;

/** Ids separated by commas or white space, `#` comments and a heading `root_id` allowed. Throws UserError with file and line on anything else. */
export function parseRootIdList(text: string, file: string): bigint[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) =>
    line
      .replace(/^\uFEFF|#.*$/g, '')
      .split(/[\s,;]+/)
      .filter((word) => word !== '' && word !== 'root_id')
      .map((word) => {
        const at = { file, line: i + 1 };
        if (!/^\d{1,19}$/.test(word)) throw userError(`'${word.slice(0, 40)}' is not a root id`, undefined, at);
        const id = BigInt(word);
        if (id >= MOST) throw userError(`root id ${word} is not below 2^63`, undefined, at);
        return id;
      }),
  );
}
