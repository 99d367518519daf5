/** Scalars → the bytes of a TensorBoard event file. Knows no clock: wall times are given. */
import { crc32c } from './crc32c.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Scalars of one step. */
export interface ScalarStep {
  readonly step: number;
  /** Seconds; any fixed rule will do, e.g. the step itself, so that the same run is the same bytes. */
  readonly wallTime: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/**
 * An event file: TFRecord frames of Event messages (wall_time = 1, step = 2, file_version = 3, summary = 5; Summary.Value tag = 1,
 * simple_value = 2). Read back by tensorboard's EventAccumulator, see test/formats/tensorboard-events.test.ts.
 */
export function encodeTensorboardEvents(steps: readonly ScalarStep[]): Uint8Array {
  const version = new ProtobufWriter().double(1, steps[0]?.wallTime ?? 0).text(3, 'brain.Event:2');
  const frames = [version, ...steps.map(eventOf)].map((event) => tfRecord(event.finish()));
  const out = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    out.set(frame, at);
    at += frame.length;
  }
  return out;
}

function eventOf({ step, wallTime, scalars }: ScalarStep): ProtobufWriter {
  const summary = new ProtobufWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    summary.message(1, new ProtobufWriter().text(1, tag).float(2, value));
  }
  return new ProtobufWriter().double(1, wallTime).varint(2, step).message(5, summary);
}

/** u64 length, masked crc32c of it, data, masked crc32c of the data; little-endian. */
function tfRecord(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(16 + data.length);
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(frame.subarray(0, 8)), true);
  frame.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return frame;
}

function masked(bytes: Uint8Array): number {
  const c = crc32c(bytes);
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
}
