/** The licences of several data sets → what they mean for something made of all of them, in words. A reading, not legal advice. */
import type { DataSource } from './data-sources.ts';

/** Sentences; '' where no licence asks anything but to be named, or none is declared. */
export function derivedTermsInWords(sources: readonly DataSource[]): string {
  const real = sources.filter(({ synthetic, licence }) => !synthetic && licence !== '');
  const naming = (pattern: RegExp): readonly string[] => [
    ...new Set(real.filter(({ licence }) => pattern.test(licence)).map(({ licence }) => licence)),
  ];
  const [nobody, closed, private_, alike] = [/none stated|not to pass on/i, /\bND\b/, /\bNC\b/, /\bSA\b/].map(
    naming,
  ) as [readonly string[], readonly string[], readonly string[], readonly string[]];
  const sentences = [
    ...(nobody.length > 0 ? ['Of a part nobody stated any terms: ask before you pass the network on.'] : []),
    ...(closed.length > 0 ? [`What is derived may not be passed on (${closed.join(', ')}).`] : []),
    ...(private_.length > 0 ? [`Not for commercial use (${private_.join(', ')}).`] : []),
    ...(alike.length > 0 ? [`What is derived is passed on under the same licence (${alike.join(', ')}).`] : []),
    ...(private_.length > 0 && alike.some((licence) => !private_.includes(licence)) ? [conflict] : []),
  ];
  return sentences.length === 0 ? '' : `${sentences.join(' ')} This is a reading of the terms, not legal advice.`;
}

const conflict =
  'These two cannot both be met by one licence: the second allows commercial use, the first forbids it. Whether trained weights are derived from data in the sense of ' +
  'copyright is not settled; the safe reading is: name both, no commercial use, and ask the holders before you pass the network on.';
