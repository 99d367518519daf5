/** `pipeline --version`. */
import { readFileSync } from 'node:fs';

/** The version in package.json, alone on a line, so that a script can read it. */
export function versionText(json: boolean): string {
  const { name, version } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  ) as Readonly<Record<'name' | 'version', string>>;
  return json ? `${JSON.stringify({ event: 'version', name, version })}\n` : `${version}\n`;
}
