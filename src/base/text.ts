/** Numbers and names as people and markup read them, each rule defined once. Knows no pages and no tables. */

/** A share as a percentage with one decimal: 0.9451 → `94.5 %`; `–` where it is not finite. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–';
}

/** A whole number with a comma between thousands: `1,234,567`; the same in every locale. */
export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Text that is safe in XML and HTML, inside elements and inside attributes in double quotes. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
