/** Opens the tfjs backend that holds readouts, losses and the optimizer. Knows no network. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { userError } from '../../base/located-error.ts';

/** `wasm` comes with the package; `tensorflow` is the native one of the optional @tensorflow/tfjs-node. */
export type BackendName = 'wasm' | 'tensorflow';

/** What was opened, for the provenance of a model: backends agree to float tolerance, not in bits. */
export interface OpenedBackend {
  readonly name: BackendName;
  readonly version: string;
}

/** Makes the backend current. Never falls back to another: throws a UserError that says what to install or choose instead. */
export async function openBackend(name: BackendName): Promise<OpenedBackend> {
  if (name === 'wasm') await loadWasm();
  else await loadNative();
  const set = await tf.setBackend(name);
  await tf.ready();
  if (!set || tf.getBackend() !== name) {
    throw userError(
      `train.backend: tfjs could not start its backend '${name}' (it offers '${tf.getBackend()}')`,
      name === 'wasm' ? 'reinstall with npm ci' : 'use backend: wasm',
    );
  }
  return { name, version: tf.version_core };
}

async function loadWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const entry = fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm'));
  if (tf.findBackend('wasm') === null) setWasmPaths(`${dirname(entry)}/`);
}

/** A name that the compiler does not resolve: the package is optional and may be absent. */
const NATIVE_PACKAGE: string = '@tensorflow/tfjs-node';

async function loadNative(): Promise<void> {
  // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  try {
    if (legacy.isNullOrUndefined === undefined) {
      const { default: mutable } = (await import('node:util')) as unknown as { default: typeof legacy };
      mutable.isNullOrUndefined = (value) => value === null || value === undefined;
    }
    await import(NATIVE_PACKAGE);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw userError(
      `train.backend: 'tensorflow' needs @tensorflow/tfjs-node, which does not load: ${reason}`,
      'use backend: wasm, or build the native one with scripts/build-tfjs-node.sh',
    );
  }
}
