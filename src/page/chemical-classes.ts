/** DoOR's list of odours → the chemical class of each. Knows no files. */
import { canonicalJson } from '../base/canonical-json.ts';
import { columnTexts, dataFrameOf } from '../formats/r/r-value.ts';
import { decodeRData } from '../formats/r/rdata.ts';

/** InChIKey → class, of those that have one; canonical JSON. Throws RangeError on a missing table or column. */
export async function chemicalClasses(odor: Uint8Array): Promise<string> {
  const table = (await decodeRData(odor))['odor'];
  if (table === undefined) throw new RangeError("odor.RData: no value 'odor'");
  const frame = dataFrameOf(table, 'odor');
  const classes = columnTexts(frame, 'Class');
  const keys = columnTexts(frame, 'InChIKey');
  return canonicalJson(Object.fromEntries(keys.flatMap((key, k) => (key && classes[k] ? [[key, classes[k]]] : []))));
}
