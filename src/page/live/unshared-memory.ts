/** A WebAssembly module whose imported memory is shared → the same module with memory that is not. Source: WebAssembly core specification 5.4–5.5. */

const MAGIC_BYTES = 8;
const IMPORTS = 2;
const FUNCTION = 0;
const MEMORY = 2;
/** Bit of a memory's limits. */
const SHARED = 2;

/** Clears one bit of one byte; every other byte is as it was. Throws where no memory is imported. */
export function unsharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(module);
  let at = MAGIC_BYTES;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const skipName = (): void => {
    const length = number();
    at += length;
  };
  while (at < bytes.length) {
    const section = bytes[at++]!;
    const end = number();
    if (section !== IMPORTS) {
      at += end;
      continue;
    }
    for (let count = number(); count > 0; count--) {
      skipName();
      skipName();
      const kind = bytes[at++];
      if (kind === MEMORY) {
        bytes[at]! &= ~SHARED;
        return bytes;
      }
      if (kind !== FUNCTION) throw new Error(`kernel: an import of kind ${kind} before its memory`);
      number();
    }
  }
  throw new Error('kernel: it imports no memory');
}
