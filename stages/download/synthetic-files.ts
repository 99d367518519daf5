/** The synthetic data set by file name, made when first asked for. Knows no folders. */
import { userError } from '../../src/base/located-error.ts';
import { didYouMean } from '../../src/base/suggest.ts';
import { syntheticCodexTables } from '../../src/connectome/synthetic/synthetic.ts';
import { encodeStoredGzip } from '../../src/formats/gzip.ts';
import { syntheticDoor } from '../../src/odour/synthetic/synthetic-door.ts';
import type { SyntheticParams } from './params.ts';

function codexFiles(scale: number, seed: number): Record<string, Uint8Array> {
  const encoder = new TextEncoder();
  const tables = Object.entries(syntheticCodexTables({ scale, seed }));
  return Object.fromEntries(tables.map(([name, text]) => [`${name}.gz`, encodeStoredGzip(encoder.encode(text))]));
}

/** Gives the bytes of a synthetic file; throws UserError that lists the names there are. */
export function syntheticFiles(params: SyntheticParams, seed: number): (name: string) => Uint8Array {
  let files: Record<string, Uint8Array> | undefined;
  return (name) => {
    files ??= { ...codexFiles(params.scale, seed), ...syntheticDoor({ odours: params.odours, seed }) };
    const bytes = files[name];
    if (bytes !== undefined) return bytes;
    const names = Object.keys(files);
    throw userError(
      `download.sources: no synthetic file '${name}', there are: ${names.join(', ')}`,
      didYouMean(name, names),
    );
  };
}
