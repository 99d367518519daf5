/** A user's own configuration of sPyNNaker, for boards that are reached through it: spalloc, a remote service, an address. Runs nothing. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { userError } from '../../src/base/located-error.ts';

/** Where it lies; `~` is the home folder. */
function pathOf(written: string): string {
  return written.startsWith('~/') ? join(homedir(), written.slice(2)) : resolve(written);
}

const ways = {
  machinename: 'machineName',
  spallocserver: 'spalloc_server',
  remotespinnakerurl: 'remote_spinnaker_url',
};

/** Options of section [Machine] as sPyNNaker reads them: without case and underscores; `None` counts as not given. */
function machineOptions(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const [, name, key, value] = /^(?:\[(.*)\]|([^#;=:][^=:]*?)\s*[=:]\s*(.*))$/.exec(line) ?? [];
    if (name !== undefined) section = name.toLowerCase();
    else if (section === 'machine' && key !== undefined && value !== undefined && !/^(none)?$/i.test(value))
      found.set(key.toLowerCase().replaceAll('_', ''), value);
  }
  return found;
}

/** The file's text, and the way to a machine that it names; throws UserError where it names none, several, or a virtual board. */
export async function ownConfig(written: string): Promise<{ readonly text: string; readonly way: string }> {
  const path = pathOf(written);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw userError(`spinnaker.configFile: ${path} cannot be read (${error.message})`, 'name your .spynnaker.cfg');
  });
  const options = machineOptions(text);
  const given = Object.entries(ways).filter(([key]) => options.has(key));
  if (/^(true|yes|on|1)$/i.test(options.get('virtualboard') ?? ''))
    throw userError(
      `spinnaker.configFile: ${path} names a virtual board`,
      "set virtual_board = False, or take target 'virtual'",
    );
  if (given.length !== 1)
    throw userError(
      `spinnaker.configFile: section [Machine] of ${path} names ${given.length === 0 ? 'no machine' : given.map(([, name]) => name).join(' and ')}`,
      `give one of ${Object.values(ways).join(', ')}`,
    );
  const [key, name] = given[0]!;
  return { text, way: `${name} ${options.get(key)}` };
}
