/** An activity record ⇄ the bytes of one safetensors file (docs/files.md). Knows no network and no file system. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { decodeSafetensors, encodeSafetensors, tensor, tensorData } from '../../formats/safetensors.ts';
import type { ActivityRecord } from './activity-record.ts';

const FORMAT = 'cc-snn/record/1';

type Head = Pick<
  ActivityRecord,
  'odours' | 'steps' | 'dtMs' | 'binMs' | 'inputSize' | 'populations' | 'typeNames' | 'driveTypes' | 'provenance'
>;

/** Bytes of a record; the same record is the same bytes. cost: one copy. */
export function encodeRecord(record: ActivityRecord): Uint8Array {
  const { odours, steps, dtMs, binMs, inputSize, populations, typeNames, driveTypes, provenance } = record;
  const head: Head = { odours, steps, dtMs, binMs, inputSize, populations, typeNames, driveTypes, provenance };
  const { trials, spikes } = record;
  return encodeSafetensors({
    tensors: {
      type_idx: tensor(record.typeIdx),
      'trial.odour': tensor(trials.odour),
      'trial.number': tensor(trials.number),
      'trial.on_steps': tensor(trials.onSteps),
      count: tensor(record.counts, [trials.odour.length, record.typeIdx.length]),
      'spike.cell_ptr': tensor(spikes.cellPtr),
      'spike.trial': tensor(spikes.trial),
      'spike.step': tensor(spikes.step),
      drive: tensor(record.drive, [odours.length, driveTypes.length]),
    },
    metadata: { format: FORMAT, record: canonicalJson(head) },
  });
}

/** The record of such bytes; throws RangeError that names the array whose length does not fit. cost: one copy. */
export function decodeRecord(bytes: Uint8Array): ActivityRecord {
  const file = decodeSafetensors(bytes);
  if (file.metadata['format'] !== FORMAT) {
    throw new RangeError(`record file: format '${file.metadata['format'] ?? 'none'}', want '${FORMAT}'`);
  }
  const head = JSON.parse(file.metadata['record'] ?? '{}') as Head;
  const record: ActivityRecord = {
    ...head,
    typeIdx: tensorData(file, 'type_idx', Int32Array),
    trials: {
      odour: tensorData(file, 'trial.odour', Int32Array),
      number: tensorData(file, 'trial.number', Int32Array),
      onSteps: tensorData(file, 'trial.on_steps', Int32Array),
    },
    counts: tensorData(file, 'count', Uint16Array),
    spikes: {
      cellPtr: tensorData(file, 'spike.cell_ptr', Int32Array),
      trial: tensorData(file, 'spike.trial', Uint16Array),
      step: tensorData(file, 'spike.step', Uint16Array),
    },
    drive: tensorData(file, 'drive', Float32Array),
  };
  checkSizes(record);
  return record;
}

function checkSizes(record: ActivityRecord): void {
  const { typeIdx, trials, counts, spikes, populations, inputSize, odours, driveTypes, drive } = record;
  const cells = typeIdx.length;
  const last = populations.at(-1);
  const wanted: readonly (readonly [name: string, got: number, want: number])[] = [
    ['populations', (last?.offset ?? 0) + (last?.size ?? 0), cells],
    ['count', counts.length, trials.odour.length * cells],
    ['trial.number', trials.number.length, trials.odour.length],
    ['trial.on_steps', trials.onSteps.length, trials.odour.length],
    ['spike.cell_ptr', spikes.cellPtr.length, cells - inputSize + 1],
    ['spike.trial', spikes.trial.length, spikes.cellPtr.at(-1) ?? 0],
    ['spike.step', spikes.step.length, spikes.cellPtr.at(-1) ?? 0],
    ['drive', drive.length, odours.length * driveTypes.length],
  ];
  for (const [name, got, want] of wanted) {
    if (got !== want) throw new RangeError(`record file: '${name}' has ${got} elements, want ${want}`);
  }
}
