/** A run → the bytes of a Weights & Biases offline file (`run-ID.wandb`), whole or as it grows. Knows no clock and no network. */
import { concat } from '../../base/concat.ts';
import { crc32 } from '../crc.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

export interface WandbHead {
  /** Letters and digits, e.g. 8 of them; two runs with one id overwrite each other at W&B. */
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly group?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
  /** Seconds since 1970; for a file that is hashed fixed by a rule, not by a clock. */
  readonly startTime: number;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface WandbRun extends WandbHead {
  /** One record a step, in order. */
  readonly history: readonly { readonly step: number; readonly values: Readonly<Record<string, unknown>> }[];
  readonly summary: Readonly<Record<string, unknown>>;
}

const FILE_HEADER = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00);
const BLOCK = 32768;
const RECORD_HEADER = 7;

/**
 * LevelDB-log blocks of 32,768 bytes (7-byte header: crc32 of type and data, length, type 1 full 2 first 3 middle 4 last) of Record
 * messages: num 1, history 2, summary 3, run 17, exit 18, header 21, footer 22. `wandb sync` uploads the folder it lies in; read back by
 * `wandb leet inspect`, see test/formats/wandb-run.test.ts.
 */
export function encodeWandbRun({ history, summary, ...head }: WandbRun): Uint8Array {
  const log = new WandbLog(head);
  return concat([log.head(), ...history.map(({ step, values }) => log.step(step, values)), log.end(summary)]);
}

/** The same file as it grows: each call gives the bytes to append. `head` comes first, `end` last. */
export class WandbLog {
  private readonly run: WandbHead;
  private readonly blocks = new BlockLog();
  private records = 0;

  constructor(run: WandbHead) {
    this.run = run;
  }

  head(): Uint8Array {
    this.add(new ProtobufWriter().message(21, new ProtobufWriter().message(1, new ProtobufWriter())));
    this.add(new ProtobufWriter().message(17, runMessage(this.run)));
    return this.blocks.take();
  }

  /** Steps must grow. Values are JSON data: numbers, or what W&B draws otherwise, such as {_type: 'histogram', values, bins}. */
  step(step: number, values: Readonly<Record<string, unknown>>): Uint8Array {
    const message = itemsMessage(Object.entries({ ...values, _step: step }), 1, 1);
    this.add(new ProtobufWriter().message(2, message.message(2, new ProtobufWriter().varint(1, step))));
    return this.blocks.take();
  }

  /** `exitCode` 0: it ended well. */
  end(summary: Readonly<Record<string, unknown>>, exitCode = 0): Uint8Array {
    this.add(new ProtobufWriter().message(3, itemsMessage(Object.entries(summary), 1, 1)));
    this.add(new ProtobufWriter().message(18, new ProtobufWriter().varint(1, exitCode)));
    this.add(new ProtobufWriter().message(22, new ProtobufWriter()));
    return this.blocks.take();
  }

  private add(record: ProtobufWriter): void {
    this.records += 1;
    this.blocks.append(record.varint(1, this.records).finish());
  }
}

/** RunRecord: run_id 1, project 3, config 4, run_group 6, display_name 8, notes 9, tags 10, start_time 17 (Timestamp: seconds 1). */
function runMessage(run: WandbHead): ProtobufWriter {
  const message = new ProtobufWriter()
    .text(1, run.id)
    .text(3, run.project)
    .message(4, itemsMessage(Object.entries(run.config), 1, 1));
  if (run.group !== undefined) message.text(6, run.group);
  message.text(8, run.name);
  if (run.notes !== undefined) message.text(9, run.notes);
  for (const tag of run.tags ?? []) message.text(10, tag);
  return message.message(17, new ProtobufWriter().varint(1, run.startTime));
}

/** Repeated items {key 1, value_json 16} under one field. */
function itemsMessage(
  entries: readonly (readonly [string, unknown])[],
  field: number,
  keyField: number,
): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const [key, value] of entries) {
    message.message(field, new ProtobufWriter().text(keyField, key).text(16, JSON.stringify(value)));
  }
  return message;
}

/** Cuts records into blocks; the file's header counts within the first block. */
class BlockLog {
  private parts: Uint8Array[] = [FILE_HEADER];
  private used = FILE_HEADER.length;

  append(data: Uint8Array): void {
    let rest = data;
    let first = true;
    do {
      const room = BLOCK - (this.used % BLOCK);
      if (room < RECORD_HEADER) this.push(new Uint8Array(room));
      const space = BLOCK - (this.used % BLOCK) - RECORD_HEADER;
      const piece = rest.subarray(0, space);
      rest = rest.subarray(piece.length);
      const last = rest.length === 0;
      this.pushRecord(piece, first ? (last ? 1 : 2) : last ? 4 : 3);
      first = false;
    } while (rest.length > 0);
  }

  /** What was appended since the last call. */
  take(): Uint8Array {
    const out = concat(this.parts);
    this.parts = [];
    return out;
  }

  private pushRecord(piece: Uint8Array, type: number): void {
    const frame = new Uint8Array(RECORD_HEADER + piece.length);
    const view = new DataView(frame.buffer);
    frame[6] = type;
    frame.set(piece, RECORD_HEADER);
    view.setUint32(0, crc32(frame.subarray(6)), true);
    view.setUint16(4, piece.length, true);
    this.push(frame);
  }

  private push(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.used += bytes.length;
  }
}
