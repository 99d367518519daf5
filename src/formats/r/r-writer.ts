/** Values → R's XDR serialization, version 2: what R's save() writes. Knows no data frames, no compression. Source: R Internals §1.8. */
import { ASCII, HAS_ATTRIBUTES, HAS_TAG, IS_OBJECT, sexp, UTF8 } from './r-codes.ts';
import type { RAttributes, RValue } from './r-value.ts';

const encoder = new TextEncoder();

export class RWriter {
  private bytes: Uint8Array = new Uint8Array(1 << 16);
  private at = 0;
  private readonly symbols: Map<string, number> = new Map();

  /** The bytes so far. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  ascii(text: string): this {
    return this.raw(encoder.encode(text));
  }

  int(value: number): this {
    this.reserve(4);
    new DataView(this.bytes.buffer).setInt32(this.at, value);
    this.at += 4;
    return this;
  }

  item(value: RValue): void {
    if (value.type === 'null') this.int(sexp.null);
    else if (value.type === 'symbol') this.symbol(value.name);
    else if (value.type === 'pairlist') this.pairlist(value.values);
    else this.vector(value);
  }

  /** Tagged values in their order, then NULL. */
  pairlist(values: readonly { readonly tag: string; readonly value: RValue }[]): void {
    for (const { tag, value } of values) {
      this.int(sexp.pairlist | (tag === '' ? 0 : HAS_TAG));
      if (tag !== '') this.symbol(tag);
      this.item(value);
    }
    this.int(sexp.null);
  }

  private vector(value: Exclude<RValue, { readonly type: 'null' | 'symbol' | 'pairlist' }>): void {
    const { attributes } = value;
    const tags = Object.keys(attributes);
    const flags = ('class' in attributes ? IS_OBJECT : 0) | (tags.length > 0 ? HAS_ATTRIBUTES : 0);
    this.int(sexp[value.type] | flags);
    this.int(value.type === 'complex' ? value.values.length / 2 : value.values.length);
    this.values(value);
    if (tags.length > 0) this.attributes(attributes);
  }

  private values(value: Exclude<RValue, { readonly type: 'null' | 'symbol' | 'pairlist' }>): void {
    switch (value.type) {
      case 'logical':
      case 'integer':
        for (const x of value.values) this.int(x);
        break;
      case 'double':
      case 'complex':
        this.doubles(value.values);
        break;
      case 'raw':
        this.raw(value.values);
        break;
      case 'string':
        for (const text of value.values) this.characters(text);
        break;
      case 'list':
        for (const item of value.values) this.item(item);
    }
  }

  private attributes(attributes: RAttributes): void {
    this.pairlist(Object.entries(attributes).map(([tag, value]) => ({ tag, value })));
  }

  /** A symbol is written once and referred to by number afterwards. */
  private symbol(name: string): void {
    const known = this.symbols.get(name);
    if (known !== undefined) {
      this.int((known << 8) | sexp.reference);
      return;
    }
    this.symbols.set(name, this.symbols.size + 1);
    this.int(sexp.symbol);
    this.characters(name);
  }

  private characters(text: string | null): void {
    if (text === null) {
      this.int(sexp.characters).int(-1);
      return;
    }
    const bytes = encoder.encode(text);
    this.int(sexp.characters | (bytes.every((byte) => byte < 0x80) ? ASCII : UTF8));
    this.int(bytes.length).raw(bytes);
  }

  private doubles(values: Float64Array): void {
    const little = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const big = Uint8Array.from(little, (_, i) => little[i ^ 7]!);
    this.raw(big);
  }

  private raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  private reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.at + length, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
