/** What `module:` in pipeline.yaml may name: a file of the project, or a stage of an installed package. Knows text only, no files. */
import { refusePath } from './path-rules.ts';

const stageFile = /\.(ts|mts|js|mjs)$/;
const packageStage = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:\/[^/]+)*$/;

/** Why a text names no stage module, or undefined where it does. */
export function refuseModule(module: string): string | undefined {
  const refusal = refusePath(module);
  if (refusal !== undefined || stageFile.test(module)) return refusal;
  const ending = /\.[A-Za-z]\w{0,4}$/.test(module);
  if (packageStage.test(module) && !ending) return undefined;
  return "is not a .ts, .js or .mjs file, nor a package's stage such as cc-snn/stages/train";
}

/** Whether it is a package's stage: `cc-snn/stages/train`, as an import would name it, or a file below node_modules/. */
export function isPackageModule(module: string): boolean {
  return !stageFile.test(module) || module.startsWith('node_modules/');
}
