/** Licences and citations of fetched files, as a manifest.json among the outputs says them. Knows no licence by name. */

export interface Terms {
  readonly about: string;
  readonly licence: string;
  readonly cite: string;
}

/** `files[]` of a manifest with `sha256` and any of `about`, `licence`, `cite`; nothing where the text is something else. */
export function termsIn(manifest: string): [string, Terms][] {
  let value: unknown;
  try {
    value = JSON.parse(manifest);
  } catch {
    return [];
  }
  const files = isFields(value) && Array.isArray(value['files']) ? (value['files'] as unknown[]) : [];
  return files.flatMap((file): [string, Terms][] => {
    if (!isFields(file)) return [];
    const { sha256, about, licence, cite } = file;
    const terms = { about: textOf(about), licence: textOf(licence), cite: textOf(cite) };
    return typeof sha256 === 'string' && (terms.licence !== '' || terms.cite !== '') ? [[sha256, terms]] : [];
  });
}

/** Each licence once, with what it is of. */
export function licencesInWords(terms: Iterable<Terms>): readonly string[] {
  const words = [...terms].filter(({ licence }) => licence !== '').map(({ about, licence }) => `${licence} (${about})`);
  return [...new Set(words)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
