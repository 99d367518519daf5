/** Scalars, histograms and texts → the bytes of a TensorBoard event file, whole or as it grows. Knows no clock: wall times are given. */
import { concat } from '../../base/concat.ts';
import { crc32c } from '../crc.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** What is told of one step. */
export interface EventStep {
  readonly step: number;
  /** Seconds; for a file that is hashed any fixed rule will do, e.g. the step itself, so that the same run is the same bytes. */
  readonly wallTime: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** Tag → values, shown as their distribution. */
  readonly histograms?: Readonly<Record<string, readonly number[]>>;
  /** Tag → Markdown. */
  readonly texts?: Readonly<Record<string, string>>;
}

const bins = 30;

/**
 * An event file: TFRecord frames of Event messages (wall_time = 1, step = 2, file_version = 3, summary = 5; Summary.Value tag = 1,
 * simple_value = 2, histo = 5, tensor = 8, metadata = 9). Read back by tensorboard's EventAccumulator, see
 * test/formats/tensorboard-events.test.ts.
 */
export function encodeTensorboardEvents(steps: readonly EventStep[]): Uint8Array {
  return concat([tensorboardHead(steps[0]?.wallTime ?? 0), ...steps.map(tensorboardEvent)]);
}

/** What the file begins with. */
export function tensorboardHead(wallTime: number): Uint8Array {
  return tfRecord(new ProtobufWriter().double(1, wallTime).text(3, 'brain.Event:2').finish());
}

/** What is appended for one step. */
export function tensorboardEvent({ step, wallTime, scalars, histograms = {}, texts = {} }: EventStep): Uint8Array {
  const summary = new ProtobufWriter();
  const value = (tag: string) => new ProtobufWriter().text(1, tag);
  for (const [tag, number] of Object.entries(scalars)) summary.message(1, value(tag).float(2, number));
  for (const [tag, values] of Object.entries(histograms)) summary.message(1, value(tag).message(5, histogram(values)));
  for (const [tag, text] of Object.entries(texts))
    summary.message(1, value(tag).message(8, textTensor(text)).message(9, plugin('text')));
  return tfRecord(new ProtobufWriter().double(1, wallTime).varint(2, step).message(5, summary).finish());
}

/** HistogramProto: min 1, max 2, num 3, sum 4, sum_squares 5, upper edges 6, counts 7 (both packed doubles). */
function histogram(values: readonly number[]): ProtobufWriter {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const width = (most - least) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - least) / width))]!++;
  return new ProtobufWriter()
    .double(1, values.length === 0 ? 0 : least)
    .double(2, values.length === 0 ? 0 : most)
    .double(3, values.length)
    .double(
      4,
      values.reduce((a, b) => a + b, 0),
    )
    .double(
      5,
      values.reduce((a, b) => a + b * b, 0),
    )
    .doubles(
      6,
      counts.map((_, i) => (values.length === 0 ? i : least + (i + 1) * width)),
    )
    .doubles(7, counts);
}

/** TensorProto: dtype 1 (7, a string), shape 2 with one dimension of size 1, string_val 8. */
function textTensor(text: string): ProtobufWriter {
  const shape = new ProtobufWriter().message(2, new ProtobufWriter().varint(1, 1));
  return new ProtobufWriter().varint(1, 7).message(2, shape).text(8, text);
}

function plugin(name: string): ProtobufWriter {
  return new ProtobufWriter().message(1, new ProtobufWriter().text(1, name));
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
