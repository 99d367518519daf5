/** An odour task ⇄ the bytes of one safetensors file (artifact kind `odour-task`). Knows no file system, no DoOR. */
import { canonicalJson } from '../base/canonical-json.ts';
import { decodeSafetensors, encodeSafetensors, tensor, tensorData } from '../formats/safetensors.ts';
import type { OdourTask } from './odour-task.ts';

const FORMAT = 'cc-snn/odour-task/1';

type Head = Omit<OdourTask, 'onProbability' | 'offProbability'>;

function headOf(task: OdourTask): Head {
  const { onProbability: _on, offProbability: _off, ...head } = task;
  return head;
}

/** Throws RangeError that names the array, its length and the length that the sizes ask for. */
function checkShapes(task: OdourTask): void {
  const { odours, inputSize, onProbability, offProbability } = task;
  const wanted = odours.length * inputSize;
  if (onProbability.length !== wanted) {
    throw new RangeError(
      `odour task: onProbability has ${onProbability.length} values, want [${odours.length}, ${inputSize}]`,
    );
  }
  if (offProbability.length !== inputSize) {
    throw new RangeError(`odour task: offProbability has ${offProbability.length} values, want [${inputSize}]`);
  }
  for (const [name, values] of Object.entries({ onProbability, offProbability })) {
    const bad = values.findIndex((p) => !(p >= 0 && p <= 1));
    if (bad >= 0) throw new RangeError(`odour task: ${name}[${bad}] is ${values[bad]}, want 0 … 1`);
  }
}

/** Bytes of a task; the same task gives the same bytes. Throws RangeError on shapes that do not fit. */
export function encodeOdourTask(task: OdourTask): Uint8Array {
  checkShapes(task);
  return encodeSafetensors({
    tensors: {
      on_probability: tensor(task.onProbability, [task.odours.length, task.inputSize]),
      off_probability: tensor(task.offProbability),
    },
    metadata: { format: FORMAT, task: canonicalJson(headOf(task)) },
  });
}

/** The task of such bytes; throws RangeError when they hold something else. */
export function decodeOdourTask(bytes: Uint8Array): OdourTask {
  const file = decodeSafetensors(bytes);
  if (file.metadata['format'] !== FORMAT) {
    throw new RangeError(`odour task: format '${file.metadata['format'] ?? 'none'}', want '${FORMAT}'`);
  }
  const task: OdourTask = {
    ...(JSON.parse(file.metadata['task'] ?? '{}') as Head),
    onProbability: tensorData(file, 'on_probability', Float32Array),
    offProbability: tensorData(file, 'off_probability', Float32Array),
  };
  checkShapes(task);
  return task;
}
