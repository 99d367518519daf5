/** Writes protocol buffer messages field by field. Knows no message types. Source: protobuf.dev/programming-guides/encoding. */

/** Bytes of one message, appended to field by field. */
export class ProtobufWriter {
  private readonly bytes: number[] = [];

  /** Unsigned varint field; throws RangeError unless 0 ≤ value ≤ 2^53 − 1. */
  varint(field: number, value: number): this {
    this.key(field, 0);
    this.rawVarint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.key(field, 1);
    return this.fixed(8, (view) => view.setFloat64(0, value, true));
  }

  float(field: number, value: number): this {
    this.key(field, 5);
    return this.fixed(4, (view) => view.setFloat32(0, value, true));
  }

  /** Packed repeated double field. */
  doubles(field: number, values: readonly number[]): this {
    return this.data(field, new Uint8Array(Float64Array.from(values).buffer));
  }

  text(field: number, value: string): this {
    return this.data(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.data(field, value.finish());
  }

  data(field: number, value: Uint8Array): this {
    this.key(field, 2);
    this.rawVarint(value.length);
    for (const byte of value) this.bytes.push(byte);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private key(field: number, wireType: number): void {
    this.rawVarint(field * 8 + wireType);
  }

  private rawVarint(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new RangeError(`protobuf: ${value} is not an unsigned varint`);
    let rest = value;
    while (rest >= 128) {
      this.bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }

  private fixed(size: number, write: (view: DataView) => void): this {
    const buffer = new Uint8Array(size);
    write(new DataView(buffer.buffer));
    this.bytes.push(...buffer);
    return this;
  }
}
