/** A finished run → the bytes of a Weights & Biases offline file (`run-ID.wandb`). Knows no clock and no network. */
import { crc32 } from '../crc32.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

export interface WandbRun {
  /** Letters and digits, e.g. 8 of them. */
  readonly id: string;
  readonly project: string;
  readonly name: string;
  /** Seconds since 1970; fixed by a rule, not by a clock. */
  readonly startTime: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** One record a step, in order. */
  readonly history: readonly { readonly step: number; readonly values: Readonly<Record<string, number>> }[];
  readonly summary: Readonly<Record<string, number>>;
}

const FILE_HEADER = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00);
const BLOCK = 32768;
const RECORD_HEADER = 7;

/**
 * LevelDB-log blocks of 32,768 bytes (7-byte header: crc32 of type and data, length, type 1 full 2 first 3 middle 4 last) of Record
 * messages: num 1, history 2, summary 3, run 17, exit 18, header 21, footer 22. `wandb sync` uploads the folder it lies in; read back by
 * `wandb leet inspect`, see test/formats/wandb-run.test.ts.
 */
export function encodeWandbRun(run: WandbRun): Uint8Array {
  const log = new BlockLog();
  recordsOf(run).forEach((record, i) => {
    log.append(record.varint(1, i + 1).finish());
  });
  return log.finish();
}

function recordsOf(run: WandbRun): ProtobufWriter[] {
  const record = () => new ProtobufWriter();
  const history = run.history.map(({ step, values }) => {
    const items = Object.entries({ ...values, _step: step });
    const message = itemsMessage(items, 1, 1);
    return record().message(2, message.message(2, new ProtobufWriter().varint(1, step)));
  });
  return [
    record().message(21, new ProtobufWriter().message(1, new ProtobufWriter())),
    record().message(17, runMessage(run)),
    ...history,
    record().message(3, itemsMessage(Object.entries(run.summary), 1, 1)),
    record().message(18, new ProtobufWriter().varint(1, 0)),
    record().message(22, new ProtobufWriter()),
  ];
}

/** RunRecord: run_id 1, project 3, config 4, display_name 8, start_time 17 (Timestamp: seconds 1). */
function runMessage(run: WandbRun): ProtobufWriter {
  return new ProtobufWriter()
    .text(1, run.id)
    .text(3, run.project)
    .message(4, itemsMessage(Object.entries(run.config), 1, 1))
    .text(8, run.name)
    .message(17, new ProtobufWriter().varint(1, run.startTime));
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
  private readonly parts: Uint8Array[] = [FILE_HEADER];
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

  finish(): Uint8Array {
    const out = new Uint8Array(this.used);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
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
