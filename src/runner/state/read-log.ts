/** A stage's log, read in pieces: it may be longer than a text can be. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { isMissing } from '../store/atomic-file.ts';

const pieceBytes = 1 << 20;
const newline = 0x0a;

export class LogReader {
  private readonly fd: number;
  private readonly decoder = new StringDecoder('utf8');
  private at = 0;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Undefined where the stage has printed nothing. */
  static open(path: string): LogReader | undefined {
    try {
      return new LogReader(openSync(path, 'r'));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  /** From where it stands to the present end, at most 1 MiB at a time. */
  *rest(): Generator<string> {
    const buffer = Buffer.alloc(pieceBytes);
    for (;;) {
      const count = readSync(this.fd, buffer, 0, pieceBytes, this.at);
      if (count === 0) return;
      this.at += count;
      yield this.decoder.write(buffer.subarray(0, count));
    }
  }

  /** Goes to where its last `count` lines begin; reads no more than these. */
  skipToLast(count: number): void {
    const size = fstatSync(this.fd).size;
    const buffer = Buffer.alloc(pieceBytes);
    let missing = count + (this.endsWithNewline(size) ? 1 : 0);
    this.at = size;
    for (let end = size; end > 0 && missing > 0; ) {
      const begin = Math.max(0, end - pieceBytes);
      readSync(this.fd, buffer, 0, end - begin, begin);
      let place = end - begin;
      while (missing > 0 && place > 0) if (buffer[--place] === newline) missing--;
      this.at = missing > 0 ? begin : begin + place + 1;
      end = begin;
    }
  }

  private endsWithNewline(size: number): boolean {
    const last = Buffer.alloc(1);
    return size > 0 && readSync(this.fd, last, 0, 1, size - 1) === 1 && last[0] === newline;
  }
}
