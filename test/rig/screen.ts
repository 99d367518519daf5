/** A terminal emulator's screen to draw on: what a person would see, and what scrolled away. */
import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';

export class Screen extends EventEmitter {
  readonly isTTY = true as const;
  columns: number;
  rows: number;
  /** How often anything was written. */
  writes = 0;
  private readonly terminal: xterm.Terminal;

  constructor(columns: number, rows: number, convertEol = true) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true, convertEol });
  }

  write(text: string): boolean {
    this.writes++;
    this.terminal.write(text);
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.terminal.resize(columns, rows);
    this.emit('resize');
  }

  /** Everything from the first line in the scrollback to the last that is not empty. */
  async lines(): Promise<readonly string[]> {
    await this.settled();
    const { buffer } = this.terminal;
    const all = Array.from({ length: buffer.active.length }, (_, y) =>
      buffer.active.getLine(y)!.translateToString(true),
    );
    while (all.at(-1) === '') all.pop();
    return all;
  }

  /** Whether any cell of the line that holds the text has a colour or is faint. */
  async isInked(text: string): Promise<boolean> {
    await this.settled();
    const { active } = this.terminal.buffer;
    for (let y = 0; y < active.length; y++) {
      const line = active.getLine(y)!;
      const at = line.translateToString().indexOf(text);
      if (at < 0) continue;
      const cell = line.getCell(at)!;
      return !cell.isFgDefault() || cell.isDim() !== 0;
    }
    throw new Error(`'${text}' is not on the screen`);
  }

  private settled(): Promise<void> {
    return new Promise((resolve) => this.terminal.write('', resolve));
  }
}
