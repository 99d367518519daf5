/**
 * R's XDR serialization (versions 2 and 3) → values. Knows no data frames, no containers, no compression.
 * Vectors, lists, pairlists, symbols and the compact forms (ALTREP) that R writes for them; functions and environments are refused.
 * Throws RangeError with the byte offset. Source: R Internals §1.8. Pinned by test/formats/rdata.test.ts (files written by R; DoOR's own).
 */
import { HAS_ATTRIBUTES, HAS_TAG, LATIN1, sexp } from './r-codes.ts';
import { NA_INTEGER, type RAttributes, type RValue } from './r-value.ts';

const NULL: RValue = { type: 'null' };
const utf8 = new TextDecoder();
const latin1 = new TextDecoder('latin1');
/** Nesting beyond this is damage, not data. */
const MOST_DEPTH = 200;
/** Longest sequence that a compact form may stand for (free parameter). */
const MOST_EXPANDED = 1 << 24;

export class RReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;
  private readonly references: RValue[] = [];
  private depth = 0;

  /** `at` is the offset of the two bytes `X\n`. */
  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Header and value; throws unless they end with the bytes. */
  read(): RValue {
    this.header();
    const value = this.item();
    if (this.at !== this.bytes.length) throw this.damage(`${this.bytes.length - this.at} bytes left over`);
    return value;
  }

  private header(): void {
    const format = utf8.decode(this.take(2));
    if (format !== 'X\n')
      throw this.damage(`serialization format ${JSON.stringify(format)}, only XDR ("X\\n") is read`);
    const version = this.int();
    if (version !== 2 && version !== 3) throw this.damage(`serialization version ${version}, want 2 or 3`);
    this.take(8);
    if (version === 3) this.take(this.length());
  }

  private damage(message: string): RangeError {
    return new RangeError(`R serialization: ${message} (at byte ${this.at})`);
  }

  private take(length: number): Uint8Array {
    if (!(length >= 0 && this.at + length <= this.bytes.length)) throw this.damage('the data end early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private int(): number {
    this.take(4);
    return this.view.getInt32(this.at - 4);
  }

  private length(): number {
    const length = this.int();
    if (length < 0) throw this.damage(`length ${length} (vectors beyond 2^31 are not read)`);
    return length;
  }

  private item(): RValue {
    this.depth += 1;
    if (this.depth > MOST_DEPTH) throw this.damage('nested too deep');
    const flags = this.int();
    const value = this.itemOf(flags & 0xff, flags);
    this.depth -= 1;
    return value;
  }

  private itemOf(type: number, flags: number): RValue {
    switch (type) {
      case sexp.null:
      case sexp.globalEnvironment:
      case sexp.baseEnvironment:
      case sexp.emptyEnvironment:
      case sexp.baseNamespace:
        return NULL;
      case sexp.reference:
        return this.reference(flags);
      case sexp.symbol:
        return this.symbol();
      case sexp.pairlist:
      case sexp.language:
        return this.pairlist(flags);
      case sexp.altrep:
        return this.altrep();
      default:
        return this.vector(type, flags);
    }
  }

  private reference(flags: number): RValue {
    const index = flags >>> 8 || this.int();
    const found = this.references[index - 1];
    if (found === undefined) throw this.damage(`reference ${index} of ${this.references.length}`);
    return found;
  }

  private symbol(): RValue {
    const symbol: RValue = { type: 'symbol', name: this.characters() ?? 'NA' };
    this.references.push(symbol);
    return symbol;
  }

  /** A CHARSXP; null is NA. */
  private characters(): string | null {
    const flags = this.int();
    if ((flags & 0xff) !== sexp.characters) throw this.damage(`item type ${flags & 0xff}, want characters`);
    const length = this.int();
    if (length === -1) return null;
    const bytes = this.take(length);
    return (flags & LATIN1 ? latin1 : utf8).decode(bytes);
  }

  /** Read in a loop, not by recursion: a pairlist is as long as it likes. A dotted tail (in compact forms) becomes the last value. */
  private pairlist(first: number): RValue {
    const values: { tag: string; value: RValue }[] = [];
    let attributes: RAttributes = {};
    let flags = first;
    while ((flags & 0xff) === sexp.pairlist || (flags & 0xff) === sexp.language) {
      if (flags & HAS_ATTRIBUTES) attributes = this.attributes();
      const tag = flags & HAS_TAG ? this.item() : NULL;
      values.push({ tag: tag.type === 'symbol' ? tag.name : '', value: this.item() });
      flags = this.int();
    }
    if ((flags & 0xff) !== sexp.null) values.push({ tag: '', value: this.itemOf(flags & 0xff, flags) });
    return { type: 'pairlist', values, attributes };
  }

  private attributes(): RAttributes {
    const list = this.item();
    if (list.type !== 'pairlist') throw this.damage(`attributes of type ${list.type}`);
    return Object.fromEntries(list.values.map(({ tag, value }) => [tag, value]));
  }

  private vector(type: number, flags: number): RValue {
    const bare = this.vectorValues(type);
    return flags & HAS_ATTRIBUTES ? ({ ...bare, attributes: this.attributes() } as RValue) : bare;
  }

  private vectorValues(type: number): RValue {
    const attributes = {};
    switch (type) {
      case sexp.logical:
        return { type: 'logical', values: this.integers(), attributes };
      case sexp.integer:
        return { type: 'integer', values: this.integers(), attributes };
      case sexp.double:
        return { type: 'double', values: this.doubles(this.length()), attributes };
      case sexp.complex:
        return { type: 'complex', values: this.doubles(2 * this.length()), attributes };
      case sexp.raw:
        return { type: 'raw', values: new Uint8Array(this.take(this.length())), attributes };
      case sexp.string:
        return { type: 'string', values: this.repeat(() => this.characters()), attributes };
      case sexp.list:
      case sexp.expression:
        return { type: 'list', values: this.repeat(() => this.item()), attributes };
      default:
        throw this.damage(`item type ${type} is not data (functions and environments are not read)`);
    }
  }

  private repeat<T>(one: () => T): T[] {
    const length = this.length();
    if (length > this.bytes.length - this.at) throw this.damage(`a vector of ${length} items in fewer bytes`);
    const values: T[] = [];
    for (let i = 0; i < length; i++) values.push(one());
    return values;
  }

  private integers(): Int32Array {
    const length = this.length();
    const start = this.at;
    this.take(4 * length);
    return Int32Array.from({ length }, (_, i) => this.view.getInt32(start + 4 * i));
  }

  /** Reverses bytes, so that the bits of NA stay what they are. */
  private doubles(length: number): Float64Array {
    const big = this.take(8 * length);
    const little = new Uint8Array(8 * length);
    for (let i = 0; i < big.length; i++) little[i] = big[i ^ 7]!;
    return new Float64Array(little.buffer);
  }

  /** R's compact forms: a pairlist (class, package, type), the state, the attributes. */
  private altrep(): RValue {
    const info = this.item();
    const state = this.item();
    const list = this.item();
    const first = info.type === 'pairlist' ? info.values[0]?.value : undefined;
    const name = first?.type === 'symbol' ? first.name : '?';
    const bare = expandAltrep(name, state);
    if (bare === undefined) throw this.damage(`compact form '${name}' is not known or too long`);
    if (list.type !== 'pairlist') return bare;
    const attributes = Object.fromEntries(list.values.map(({ tag, value }) => [tag, value]));
    return { ...bare, attributes } as RValue;
  }
}

/** The vector that a compact form stands for; undefined when the form is not known. */
function expandAltrep(name: string, state: RValue): RValue | undefined {
  const attributes = {};
  if (state.type === 'double' && /^compact_(int|real)seq$/.test(name)) {
    const [length = 0, first = 0, step = 1] = state.values;
    if (!(Number.isInteger(length) && length >= 0 && length <= MOST_EXPANDED)) return undefined;
    if (name === 'compact_intseq') {
      return { type: 'integer', values: Int32Array.from({ length }, (_, i) => first + i * step), attributes };
    }
    return { type: 'double', values: Float64Array.from({ length }, (_, i) => first + i * step), attributes };
  }
  if (name.startsWith('wrap_')) return wrapped(state);
  if (name === 'deferred_string') return deferredString(state);
  return undefined;
}

/** wrap_*: the vector itself, with notes on order and missing values. */
function wrapped(state: RValue): RValue | undefined {
  if (state.type === 'list') return state.values[0];
  return state.type === 'pairlist' ? state.values[0]?.value : undefined;
}

/** deferred_string: numbers that R has not turned into text yet; only whole numbers are read, whose text is certain. */
function deferredString(state: RValue): RValue | undefined {
  const numbers = wrapped(state);
  if (numbers?.type !== 'integer') return undefined;
  const values = Array.from(numbers.values, (x) => (x === NA_INTEGER ? null : String(x)));
  return { type: 'string', values, attributes: {} };
}
