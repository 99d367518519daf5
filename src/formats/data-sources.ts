/** Which data a product was made from: the manifest of fetched files, carried from artifact to artifact, and said in words. No file access. */

/** One fetched file, in the words of whoever declared it in download.sources. */
export interface DataSource {
  /** File name as fetched, e.g. `connections.csv.gz`. */
  readonly name: string;
  /** Of the file as fetched. */
  readonly sha256: string;
  /** Made by this program from published statistics: says nothing about a fly. */
  readonly synthetic: boolean;
  /** What it is, e.g. `FlyWire FAFB v783, connections (Codex)`; '' where nobody said. */
  readonly about: string;
  /** E.g. `CC BY-NC 4.0`; '' where nobody said. */
  readonly licence: string;
  /** What to cite, e.g. a DOI; '' where nobody said. */
  readonly cite: string;
}

/** The sources of a manifest (JSON text as `download` writes it); none where there is none or it says nothing. */
export function sourcesOfManifest(text: string | undefined): readonly DataSource[] {
  if (text === undefined) return [];
  const { files = [] } = JSON.parse(text) as { readonly files?: readonly Partial<DataSource>[] };
  return files.map(({ name = '', sha256 = '', synthetic = false, about = '', licence = '', cite = '' }) => ({
    name,
    sha256,
    synthetic,
    about,
    licence,
    cite,
  }));
}

/** Those whose file, packed or not, is one of the names. */
export function sourcesNamed(sources: readonly DataSource[], names: readonly string[]): readonly DataSource[] {
  return sources.filter(({ name }) => names.includes(name) || names.includes(name.replace(/\.gz$/, '')));
}

/** What an artifact's provenance says; none where it is of an older version or was made by hand. */
export function sourcesOf(provenance: Readonly<Record<string, unknown>>): readonly DataSource[] {
  const { data } = provenance;
  return Array.isArray(data) ? (data as readonly DataSource[]) : [];
}

/** Each file once, in the order of their first mention. */
export function mergeSources(...lists: readonly (readonly DataSource[])[]): readonly DataSource[] {
  const seen = new Map(lists.flat().map((source) => [`${source.name} ${source.sha256}`, source]));
  return [...seen.values()];
}

/** One sentence for people: synthetic, real, a mixture, or unknown. */
export function dataInWords(sources: readonly DataSource[]): string {
  if (sources.length === 0) return 'data of unknown origin: no manifest came with the tables';
  const real = sources.filter(({ synthetic }) => !synthetic);
  if (real.length === 0) return 'SYNTHETIC data, made from published statistics: says nothing about a fly';
  const named = unique(
    real.map(({ about, name, sha256 }) => about || `${name} of undeclared origin (sha256 ${sha256.slice(0, 12)}…)`),
  );
  const mixed = real.length < sources.length ? '; the other tables are SYNTHETIC' : '';
  return `real data: ${named.join('; ')}${mixed}`;
}

/** Whether nothing in it was measured. */
export function isSynthetic(sources: readonly DataSource[]): boolean {
  return sources.length > 0 && sources.every(({ synthetic }) => synthetic);
}

/** `licence: what to cite`, each once, of what was declared. */
export function termsOf(sources: readonly DataSource[]): readonly string[] {
  return unique(
    sources
      .filter(({ licence, cite }) => licence !== '' || cite !== '')
      .map(({ about, licence, cite }) => [about, licence, cite].filter((part) => part !== '').join(', ')),
  );
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
