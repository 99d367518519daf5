/** A raster of all layers on a canvas, with rates over time, that tells what is under the pointer or the cursor keys. */

import type { DrawnSpikes } from '../../base/draw-spikes.ts';
import { colourOf } from '../../drawing/colours.ts';
import { hideSay, showSay, speak } from './say.ts';

/** One population's spikes. */
interface Band {
  readonly name: string;
  readonly cells: number;
  /** Steps and cells of its spikes, cells from 0. */
  readonly steps: number[];
  readonly rows: number[];
  readonly labelOf: (row: number) => string;
  top: number;
  height: number;
}

export interface RasterContent {
  readonly steps: number;
  readonly dtMs: number;
  readonly bands: readonly Omit<Band, 'top' | 'height'>[];
  /** When odours are there. */
  readonly puffs: readonly { readonly fromMs: number; readonly toMs: number }[];
}

const LEFT = 52;
const RIGHT = 10;
const TOP = 16;
const BOTTOM = 26;
const GAP = 9;
/** Bin of the rates, ms. */
const BIN_MS = 10;

export class RasterCanvas {
  private readonly canvas: HTMLCanvasElement;
  private content: RasterContent | undefined;
  private bands: Band[] = [];
  private cursor: { band: number; ms: number } | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.leave());
    canvas.addEventListener('blur', () => this.leave());
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  show(content: RasterContent): void {
    this.content = content;
    this.draw();
  }

  draw(): void {
    const { canvas, content } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const pen = canvas.getContext('2d');
    if (content === undefined || pen === null || width === 0) return;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    pen.scale(scale, scale);
    this.place(height);
    this.drawPuffs(pen, width, height);
    for (const [k, band] of this.bands.entries()) this.drawBand(pen, band, k, width);
    this.drawAxis(pen, width, height);
    this.drawCursor(pen, width);
  }

  /** Heights by the root of their cells, so that few cells are seen too. */
  private place(height: number): void {
    const given = this.content!.bands;
    const weights = given.map(({ cells }) => Math.max(5, Math.sqrt(cells)));
    const room = height - TOP - BOTTOM - GAP * (given.length - 1);
    const all = weights.reduce((a, b) => a + b, 0);
    let top = TOP;
    this.bands = given.map((band, k) => {
      const own = { ...band, top, height: (room * weights[k]!) / all };
      top += own.height + GAP;
      return own;
    });
  }

  private x(ms: number, width: number): number {
    const { steps, dtMs } = this.content!;
    return LEFT + (ms / (steps * dtMs)) * (width - LEFT - RIGHT);
  }

  private drawPuffs(pen: CanvasRenderingContext2D, width: number, height: number): void {
    pen.fillStyle = colour('stimulus');
    this.content!.puffs.forEach(({ fromMs, toMs }, k) => {
      const [from, to] = [this.x(fromMs, width), this.x(toMs, width)];
      pen.globalAlpha = 0.09;
      pen.fillRect(from, TOP - 4, to - from, height - TOP - BOTTOM + 8);
      pen.globalAlpha = 0.95;
      pen.fillRect(from, 3 + 5 * k, to - from, 3.5);
    });
    pen.globalAlpha = 1;
  }

  private drawBand(pen: CanvasRenderingContext2D, band: Band, k: number, width: number): void {
    const { dtMs } = this.content!;
    const ink = colour(colourOf(band.name, k));
    const sy = band.height / band.cells;
    const dense = band.steps.length / (band.height * width) > 0.02;
    const mark = Math.max(dense ? 1 : 1.7, Math.min(sy, 3));
    const wide = Math.max(dense ? 1.1 : 1.6, ((width - LEFT - RIGHT) / this.content!.steps) * 1.1);
    this.drawRate(pen, band, ink, width);
    pen.fillStyle = ink;
    pen.globalAlpha = dense ? 0.6 : 0.92;
    for (let e = 0; e < band.steps.length; e++)
      pen.fillRect(this.x(band.steps[e]! * dtMs, width), band.top + (band.rows[e]! + 0.5) * sy - mark / 2, wide, mark);
    pen.globalAlpha = 1;
    pen.fillStyle = ink;
    pen.font = '600 12px system-ui,sans-serif';
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    pen.fillText(band.name, LEFT - 9, band.top + band.height / 2);
  }

  /** Mean rate of the band as a hill behind its spikes, its peak the band's height. */
  private drawRate(pen: CanvasRenderingContext2D, band: Band, ink: string, width: number): void {
    const rates = this.rates(band);
    const most = Math.max(...rates);
    if (!(most > 0)) return;
    const base = band.top + band.height;
    const points = rates.map(
      (hz, k) => [this.x((k + 0.5) * BIN_MS, width), base - 0.94 * band.height * (hz / most)] as const,
    );
    pen.beginPath();
    pen.moveTo(points[0]![0], base);
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.lineTo(points.at(-1)![0], base);
    pen.fillStyle = ink;
    pen.globalAlpha = 0.13;
    pen.fill();
    pen.globalAlpha = 1;
  }

  private rates(band: Band): number[] {
    const { steps, dtMs } = this.content!;
    const counts = new Array<number>(Math.ceil((steps * dtMs) / BIN_MS)).fill(0);
    for (const step of band.steps) counts[Math.floor((step * dtMs) / BIN_MS)]! += 1;
    return counts.map((count) => (1000 * count) / (band.cells * BIN_MS));
  }

  private drawAxis(pen: CanvasRenderingContext2D, width: number, height: number): void {
    const { steps, dtMs } = this.content!;
    pen.fillStyle = colour('soft');
    pen.font = '11px system-ui,sans-serif';
    pen.textBaseline = 'alphabetic';
    const every = width < 420 ? 200 : 100;
    for (let ms = 0; ms <= steps * dtMs; ms += every) {
      pen.textAlign = ms === 0 ? 'left' : ms === steps * dtMs ? 'right' : 'center';
      pen.fillText(ms === 0 ? '0 ms' : String(ms), this.x(ms, width), height - 8);
    }
  }

  private drawCursor(pen: CanvasRenderingContext2D, width: number): void {
    const band = this.cursor === undefined ? undefined : this.bands[this.cursor.band];
    if (band === undefined) return;
    pen.fillStyle = colour('ink');
    pen.fillRect(this.x(this.cursor!.ms, width), band.top - 3, 1.5, band.height + 6);
  }

  private point(event: PointerEvent): void {
    const { content, canvas } = this;
    if (content === undefined) return;
    const ms = ((event.offsetX - LEFT) / (canvas.clientWidth - LEFT - RIGHT)) * content.steps * content.dtMs;
    const band = this.bands.find(
      ({ top, height }) => event.offsetY >= top - GAP / 2 && event.offsetY <= top + height + GAP / 2,
    );
    if (band === undefined || ms < 0 || ms >= content.steps * content.dtMs) {
      hideSay();
      return;
    }
    const row = Math.max(
      0,
      Math.min(band.cells - 1, Math.floor(((event.offsetY - band.top) / band.height) * band.cells)),
    );
    const own = band.rows.reduce((sum, r) => sum + (r === row ? 1 : 0), 0);
    showSay(`${band.labelOf(row)}: ${own} spikes. ${this.told(band, ms)}`, event.clientX, event.clientY);
  }

  private told(band: Band, ms: number): string {
    const hz = this.rates(band)[Math.floor(ms / BIN_MS)]!;
    return `${band.name} at ${Math.round(ms)} ms: ${hz.toPrecision(2)} Hz`;
  }

  private key(event: KeyboardEvent): void {
    const { content } = this;
    const move = { ArrowLeft: [0, -BIN_MS], ArrowRight: [0, BIN_MS], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (content === undefined || move === undefined) return;
    event.preventDefault();
    const { band, ms } = this.cursor ?? { band: 0, ms: 0 };
    const last = content.steps * content.dtMs - BIN_MS;
    this.cursor = {
      band: Math.max(0, Math.min(this.bands.length - 1, band + move[0]!)),
      ms: Math.max(0, Math.min(last, ms + move[1]!)),
    };
    const text = this.told(this.bands[this.cursor.band]!, this.cursor.ms);
    this.draw();
    const { left, top } = this.canvas.getBoundingClientRect();
    showSay(text, left + this.x(this.cursor.ms, this.canvas.clientWidth), top + this.bands[this.cursor.band]!.top);
    speak(text);
  }

  private leave(): void {
    hideSay();
    if (this.cursor === undefined) return;
    this.cursor = undefined;
    this.draw();
  }
}

/** The colour that a class has in the present scheme. */
function colour(kind: string): string {
  const probe = document.createElement('i');
  probe.className = kind === 'stimulus' ? 'kc' : kind;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Spikes of the input cells as a band. */
export function inputBand(
  name: string,
  cells: number,
  input: DrawnSpikes,
  labelOf: (row: number) => string,
): RasterContent['bands'][number] {
  const steps: number[] = [];
  const rows: number[] = [];
  for (let t = 0; t + 1 < input.stepPtr.length; t++)
    for (let e = input.stepPtr[t]!; e < input.stepPtr[t + 1]!; e++) {
      steps.push(t);
      rows.push(input.cell[e]!);
    }
  return { name, cells, steps, rows, labelOf };
}
