/** `--epochs 3` → `--set train.epochs=3`: a flag that nobody knows may be meant for a parameter. */
import { loadPlan } from '../load/load-plan.ts';
import { dottedKeys, isObject, valueAt } from '../load/params.ts';
import { findProjectRoot } from '../model/find-project.ts';
import type { UnknownFlag } from './command-line.ts';

/** The parameters whose name or last part is the flag's; undefined where there are none, or no plan to read. */
export async function settingHint(cwd: string, { name, value }: UnknownFlag): Promise<string | undefined> {
  const plan = await loadPlan({ projectDir: findProjectRoot(cwd), profiles: [], sets: [], cacheDir: null });
  if (!plan.ok) return undefined;
  const { params } = plan.value;
  const wanted = plain(name);
  const keys = dottedKeys(params).filter(
    (key) => !isObject(valueAt(params, key)) && (plain(key) === wanted || plain(key.split('.').at(-1)!) === wanted),
  );
  if (keys.length === 0) return undefined;
  const settings = keys.slice(0, 3).map((key) => `--set ${key}=${value ?? 'VALUE'}`);
  return `a parameter is set by ${settings.join(' or ')}`;
}

/** Without case, dashes and underscores. */
function plain(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}
